package natslog_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/kanava-go/kanava/webhook"
	"github.com/kanava-go/kanava/webhook/natslog"
)

// desk is a ticket system that writes down what it receives.
type desk chan string

func (d desk) Receive(_ context.Context, in *conversation.Received) (string, error) {
	d <- fmt.Sprint(in.Message.Channel, ": ", in.Message.Text, " ", in.Message.Redacted)
	return "ticket", nil
}

func (desk) Changed(context.Context, *conversation.Change) error { return nil }

// nowhere is a sender that sends nothing.
type nowhere struct{ message.Sender }

func (nowhere) Send(context.Context, message.Outbound) (message.Receipt, error) {
	return message.Receipt{}, nil
}

// TestTheHubBehindTheLogBelievesNoMoreThanWithoutIt has two tenants with secrets of their own, of
// whom one signs messages in the name of the other.
func TestTheHubBehindTheLogBelievesNoMoreThanWithoutIt(t *testing.T) {
	t.Parallel()
	n := single(t, syncAlways, "")
	l, err := natslog.Open(patient(t), natslog.Config{Conn: connect(t, "app", n), System: connect(t, "sys", n), Replicas: 1})
	require.NoError(t, err)
	handler, err := webhook.NewHandler(webhook.Config{
		VerifyToken: "token", Sink: l, Timeout: patience,
		Secrets: []webhook.Secret{
			{Value: "secret of one", Scope: webhook.Scope{Accounts: []string{"100"}, Numbers: []string{"7"}}},
			{Value: "secret of two", Scope: webhook.Scope{Accounts: []string{"200"}, Numbers: []string{"8"}}},
		},
	})
	require.NoError(t, err)
	received := make(desk, 10)
	setting := func(id, number string) channel.Channel {
		return channel.Channel{Settings: settings.Settings{ID: id, Name: id, Number: number, Enabled: true}, Sender: nowhere{}}
	}
	hub, err := channel.New(channel.Config{
		Store: memstore.New(), Ticketing: received, Channels: []channel.Channel{setting("one", "7"), setting("two", "8")},
	})
	require.NoError(t, err)

	post := func(secret, account, number, id, text string) int {
		body := fmt.Sprintf(`{"object":"whatsapp_business_account","entry":[{"id":%q,"changes":[{"field":"messages","value":{"metadata":{"phone_number_id":%q},`+
			`"messages":[{"id":%q,"from":"13125550143","timestamp":"%d","type":"text","text":{"body":%q}}]}}]}]}`, account, number, id, time.Now().Unix(), text)
		req := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		req.Header.Set(webhook.SignatureHeader, webhook.Sign(secret, []byte(body)))
		rec := httptest.NewRecorder()
		handler.ServeHTTP(rec, req)
		return rec.Code
	}
	require.Equal(t, http.StatusOK, post("secret of two", "100", "7", "wamid.1", "forged"))
	require.Equal(t, http.StatusOK, post("secret of one", "100", "7", "wamid.1", "my card is 4111 1111 1111 1111"))
	require.Equal(t, http.StatusOK, post("secret of two", "200", "8", "wamid.2", "hello"))
	require.Equal(t, http.StatusUnauthorized, post("secret of nobody", "100", "7", "wamid.3", "forged"))

	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 2)
	go func() { done <- hub.Run(ctx) }()
	go func() { done <- l.Run(ctx, hub) }()
	require.ElementsMatch(t, []string{"one: my card is XXXX XXXX XXXX 1111 true", "two: hello false"}, []string{<-received, <-received})
	require.Eventually(t, func() bool {
		health, err := hub.Health(t.Context())
		return err == nil && health.NotCovered == 1
	}, patience, 10*time.Millisecond, "the forged one is kept aside and counted")
	stop()
	require.NoError(t, <-done)
	require.NoError(t, <-done)
	require.Empty(t, received)
}
