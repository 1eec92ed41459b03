package otelhooks_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/sdk/trace"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/otelhooks"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/kanava-go/kanava/webhook"
)

// tickets answers what it receives.
type tickets struct {
	hub      **channel.Hub
	accepted chan struct{}
}

func (d tickets) Receive(ctx context.Context, in *conversation.Received) (string, error) {
	_, err := (*d.hub).Reply(ctx, conversation.Author{Kind: conversation.Agent, ID: "a"}, channel.Reply{
		Conversation: in.Conversation.ID, Content: &message.Text{Body: "Canary answer"}, Key: in.ID,
	})
	return "ticket", err
}

func (d tickets) Changed(_ context.Context, c *conversation.Change) error {
	if c.Kind == conversation.DeliveryChanged {
		select {
		case d.accepted <- struct{}{}:
		default:
		}
	}
	return nil
}

// TestOneTraceFromThePOSTToTheAnswer runs a hub and a client and looks at what they leave.
func TestOneTraceFromThePOSTToTheAnswer(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"messaging_product":"whatsapp","contacts":[{"input":"13125550187","wa_id":"13125550187"}],"messages":[{"id":"wamid.Canary"}]}`)
	}))
	defer server.Close()
	r := newRig(t, otelhooks.Config{})
	client, err := cloudapi.New(cloudapi.Config{Token: "EAA", BaseURL: server.URL, InsecureHTTP: true, Hooks: r.Graph()})
	require.NoError(t, err)
	var hub *channel.Hub
	desk := tickets{&hub, make(chan struct{}, 1)}
	hub, err = channel.New(channel.Config{
		Store: memstore.New(), Ticketing: desk, Hooks: r.Hub(),
		Channels: []channel.Channel{{
			Settings: settings.Settings{ID: "support", Name: "Support", Number: "106540352242922", Enabled: true}, Sender: client.Number("106540352242922"),
		}},
	})
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- hub.Run(ctx) }()

	d, err := webhook.Parse(fmt.Appendf(nil, `{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{`+
		`"metadata":{"phone_number_id":"106540352242922"},"contacts":[{"profile":{"name":"Canary"},"wa_id":"13125550187"}],`+
		`"messages":[{"from":"13125550187","id":"wamid.Canary","timestamp":"%d","type":"text","text":{"body":"Canary"}}]}}]}]}`, time.Now().Unix()))
	require.NoError(t, err)
	d.Scope = webhook.Scope{All: true}
	post, span := trace.NewTracerProvider().Tracer("host").Start(t.Context(), "POST /webhook")
	require.NoError(t, hub.Accept(post, d))
	span.End()
	<-desk.accepted
	stop()
	require.NoError(t, <-done)

	want := []string{"kanava accept", "kanava ticketing received", "kanava send text", "graph send message"}
	seen := map[string]bool{}
	for _, s := range r.spans.GetSpans() {
		require.NotContains(t, fmt.Sprint(s.Name, s.Attributes, s.Events, s.Status), "Canary")
		require.NotContains(t, fmt.Sprint(s.Name, s.Attributes, s.Events, s.Status), "13125550187")
		if slices.Contains(want, s.Name) { // and not what the hub asks by itself, such as its limit
			seen[s.Name] = true
			require.Equal(t, span.SpanContext().TraceID(), s.SpanContext.TraceID(), "%s is in a trace of its own", s.Name)
		}
	}
	for _, name := range want {
		require.True(t, seen[name], "there is no %s", name)
	}
}
