package twilio_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/twilio"
	"github.com/kanava-go/kanava/channel/twilio/twiliotest"
	"github.com/kanava-go/kanava/webhook"
)

const (
	account  = twiliotest.DefaultAccountSID
	token    = twiliotest.DefaultAuthToken
	line     = "+13125550142"
	public   = "https://desk.example/twilio"
	phone    = "+16505550123"
	messageA = "SM00000000000000000000000000000001"
)

// inbox is a sink that keeps what it is given.
type inbox struct {
	mu         sync.Mutex
	deliveries []*webhook.Delivery
	err        error
}

func (b *inbox) Accept(_ context.Context, d *webhook.Delivery) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err != nil {
		return b.err
	}
	b.deliveries = append(b.deliveries, d)
	return nil
}

func (b *inbox) events() []*webhook.Event {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []*webhook.Event
	for _, d := range b.deliveries {
		for e := range d.Events() {
			all = append(all, e)
		}
	}
	return all
}

var noon = time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)

func handlerConfig(b webhook.Sink) twilio.HandlerConfig {
	return twilio.HandlerConfig{
		PublicURL: public, AuthTokens: []string{token}, Sink: b, Now: func() time.Time { return noon },
	}
}

func newHandler(t *testing.T, cfg twilio.HandlerConfig) *twilio.Handler {
	t.Helper()
	h, err := twilio.NewHandler(cfg)
	require.NoError(t, err)
	return h
}

// post sends a signed form to a path behind the proxy and returns the status.
func post(t *testing.T, h http.Handler, secret, query string, form url.Values) int {
	t.Helper()
	address := public
	if query != "" {
		address += "?" + query
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "http://10.0.0.7:8080/behind?"+query, strings.NewReader(form.Encode()))
	if query == "" {
		r.URL.RawQuery = ""
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
	r.Header.Set(twilio.SignatureHeader, twilio.Sign(secret, address, form))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code
}

// inbound is a text from phone, with changes.
func inbound(change map[string]string) url.Values {
	f := url.Values{
		"MessageSid": {messageA}, "SmsSid": {messageA}, "SmsStatus": {"received"}, "AccountSid": {account},
		"From": {"whatsapp:" + phone}, "To": {"whatsapp:" + line}, "WaId": {"16505550123"}, "ProfileName": {"Dana"},
		"Body": {"hello"}, "NumMedia": {"0"}, "MessageType": {"text"}, "ApiVersion": {"2010-04-01"},
	}
	return changed(f, change)
}

// outbound is a status callback, with changes.
func outbound(change map[string]string) url.Values {
	f := url.Values{
		"MessageSid": {messageA}, "MessageStatus": {"delivered"}, "SmsStatus": {"delivered"}, "AccountSid": {account},
		"From": {"whatsapp:" + line}, "To": {"whatsapp:" + phone}, "ApiVersion": {"2010-04-01"},
	}
	return changed(f, change)
}

func changed(f url.Values, change map[string]string) url.Values {
	for k, v := range change {
		if v == "" {
			f.Del(k)
		} else {
			f.Set(k, v)
		}
	}
	return f
}

func newClient(t *testing.T, sim *twiliotest.Sim, change func(*twilio.Config)) *twilio.Client {
	t.Helper()
	cfg := twilio.Config{AccountSID: account, AuthToken: token, StatusURL: public, HTTPClient: sim.Client(), Templates: new(twilio.Templates)}
	if change != nil {
		change(&cfg)
	}
	c, err := twilio.New(cfg)
	require.NoError(t, err)
	return c
}

// line up a simulator with a sender, and somebody who has just written.
func newSim() (*twiliotest.Sim, *twiliotest.User) {
	sim := twiliotest.New(twiliotest.Config{})
	sim.AddSender(line)
	dana := sim.AddUser(twiliotest.UserConfig{Name: "Dana", Phone: phone})
	dana.Text(line, "hello")
	return sim, dana
}

func to(content message.Content) message.Outbound {
	return message.Outbound{To: message.Recipient{Phone: phone}, Content: content, OpaqueID: "m_1"}
}

func statusOf(t *testing.T, e *webhook.Event) *webhook.Status {
	t.Helper()
	s, ok := e.Payload.(*webhook.Status)
	require.True(t, ok)
	return s
}

type rawJSON = json.RawMessage

// pages answers every listing with a page that names a next one: a fixed one, or itself.
type pages struct {
	next  string
	asked []string
}

func (p *pages) client() *http.Client { return &http.Client{Transport: p} }

func (p *pages) RoundTrip(r *http.Request) (*http.Response, error) {
	p.asked = append(p.asked, r.URL.Host)
	next := p.next
	if next == "" {
		next = r.URL.String()
	}
	list := []any{}
	w := httptest.NewRecorder()
	_ = json.NewEncoder(w).Encode(map[string]any{
		"contents": list, "senders": list, "meta": map[string]any{"next_page_url": next},
	})
	return w.Result(), nil
}
