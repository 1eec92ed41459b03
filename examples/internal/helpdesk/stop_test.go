package helpdesk

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/webhook"
)

// stopsSoon ends a program and waits for it, much longer than it may take and shorter than the time
// that a hub has by default.
func stopsSoon(t *testing.T, stop context.CancelFunc, done <-chan error) {
	t.Helper()
	stop()
	select {
	case err := <-done:
		require.NoError(t, err)
	case <-time.After(28 * time.Second):
		t.Fatal("it does not stop")
	}
}

// silent is a Graph API that takes every call and answers none.
func silent(t *testing.T) (url string, called <-chan struct{}) {
	t.Helper()
	calls, over := make(chan struct{}, 100), make(chan struct{})
	graph := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		calls <- struct{}{}
		select {
		case <-r.Context().Done():
		case <-over:
		}
	}))
	t.Cleanup(graph.Close)
	t.Cleanup(func() { close(over) })
	return graph.URL, calls
}

func TestTheHelpdeskStopsWhateverIsOpen(t *testing.T) {
	t.Parallel()
	graph, called := silent(t)
	side, err := Meta(MetaConfig{
		Client: cloudapi.Config{Token: "EAAx", BaseURL: graph, InsecureHTTP: true}, Number: demoNumber, Account: demoAccount, Secret: "secret", VerifyToken: "verify",
	})
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	up, done := make(chan Addresses, 1), make(chan error, 1)
	log := &output{}
	go func() {
		done <- Run(ctx, Options{
			Addr: "localhost:0", WebhookAddr: "localhost:0", Dir: t.TempDir(), WhatsApp: side, Log: newLog(log, false),
			Listening: func(at Addresses) error { up <- at; return nil },
		})
	}()
	at := <-up

	<-called // a question of the hub, which gets no answer
	page, err := http.Get(at.Console + "/console/events")
	require.NoError(t, err)
	defer page.Body.Close()
	require.Equal(t, http.StatusOK, page.StatusCode)
	_, err = page.Body.Read(make([]byte, 1))
	require.NoError(t, err, "a page with a stream")

	host := strings.TrimSuffix(strings.TrimPrefix(at.Webhook, "http://"), "/webhook")
	var body = `{"object":"whatsapp_business_account","entry":[]}`
	slow, err := new(net.Dialer).DialContext(t.Context(), "tcp", host)
	require.NoError(t, err)
	defer slow.Close()
	_, err = io.WriteString(slow, "POST /webhook HTTP/1.1\r\nHost: "+host+"\r\nContent-Length: 49\r\nX-Hub-Signature-256: "+
		webhook.Sign("secret", []byte(body))+"\r\n\r\n"+body[:20])
	require.NoError(t, err, "a webhook whose end does not come")

	stopsSoon(t, stop, done)
	require.NotContains(t, log.String(), "level=ERROR")
}
