package channel_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/hooks"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/redact"
	"github.com/kanava-go/kanava/webhook"
)

// TestWhatIsCarriedComesThroughTheStore follows a trace from a webhook to the ticketing, from a
// reply to its sending and to what the host is told of it, and from a status to the host.
func TestWhatIsCarriedComesThroughTheStore(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	seen := map[string][]string{}
	saw := func(ctx context.Context, what string) {
		mu.Lock()
		defer mu.Unlock()
		seen[what] = append(seen[what], fmt.Sprint(ctx.Value(traceKey{})))
	}
	o := channeltest.LabOptions{Config: func(c *channel.Config) {
		c.Hooks = hooks.Hooks{
			Carry: func(ctx context.Context) map[string]string {
				if trace, ok := ctx.Value(traceKey{}).(string); ok {
					return map[string]string{"trace": trace}
				}
				return nil
			},
			Resume: func(ctx context.Context, carried map[string]string) context.Context {
				return context.WithValue(ctx, traceKey{}, carried["trace"])
			},
			ApplyDone: func(ctx context.Context, _ hooks.ApplyInfo, _ error) { saw(ctx, "apply") },
			HostStart: func(ctx context.Context, i hooks.HostInfo) context.Context {
				saw(ctx, "host "+string(i.Kind))
				return ctx
			},
			SendStart: func(ctx context.Context, _ hooks.SendInfo) context.Context { saw(ctx, "send"); return ctx },
		}
	}}
	experiment(t, o, func(t *testing.T, l *lab) {
		trace := func(name string) context.Context { return context.WithValue(t.Context(), traceKey{}, name) }
		accept := func(name string, items ...channeltest.Item) {
			d, err := webhook.Parse(channeltest.Body(items...))
			require.NoError(t, err)
			d.Scope = webhook.Scope{All: true}
			require.NoError(t, l.Hub.Accept(trace(name), d))
			l.Pass(5 * time.Second)
		}
		accept("post", channeltest.Kim.Text(time.Now(), "wamid.1", "hello"))
		_, err := l.Hub.Reply(trace("reply"), conversation.Author{Kind: conversation.Agent, ID: "a"}, channel.Reply{
			Conversation: l.Conversation().ID, Content: &message.Text{Body: "hello to you"},
		})
		require.NoError(t, err)
		l.Pass(5 * time.Second)
		accept("status", channeltest.Kim.Status(time.Now(), channeltest.OutWAMID("hello to you"), "", "delivered"))
		l.Post(channeltest.Kim.Text(time.Now(), "wamid.2", "nobody traces this"))
		l.Pass(5 * time.Second)
		mu.Lock()
		defer mu.Unlock()
		require.Equal(t, []string{"post", "status", "<nil>"}, seen["apply"])
		require.Equal(t, []string{"post", "<nil>"}, seen["host "])
		require.Equal(t, []string{"reply"}, seen["host "+string(conversation.MessageQueued)])
		require.Equal(t, []string{"reply"}, seen["send"])
		require.Equal(t, []string{"reply", "status"}, slices.Compact(seen["host "+string(conversation.DeliveryChanged)]))
	})
}

// TestAnAgentSeesThatALogMaskedACard has a card number masked before the hub ever sees it.
func TestAnAgentSeesThatALogMaskedACard(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		d, err := webhook.Parse(channeltest.Body(
			channeltest.Kim.Text(time.Now(), "wamid.1", "my card is 4111 1111 1111 1111"), channeltest.Kim.Text(time.Now(), "wamid.2", "bye")))
		require.NoError(t, err)
		d.Scope = webhook.Scope{All: true}
		records, err := (&webhook.Recorder{Redact: redact.Cards}).Records(t.Context(), d)
		require.NoError(t, err)
		fromLog, _, err := records[0].Delivery()
		require.NoError(t, err)
		require.NoError(t, l.Hub.Accept(t.Context(), fromLog))
		l.Pass(5 * time.Second)
		var masked []bool
		for _, m := range l.Messages(l.Conversation().ID) {
			masked = append(masked, m.Redacted)
		}
		require.ElementsMatch(t, []bool{true, false}, masked)
	})
}

// TestWhatIsCarriedIsTheHubs has a host that carries one map for everything, and writes into all it has.
func TestWhatIsCarriedIsTheHubs(t *testing.T) {
	t.Parallel()
	own := map[string]string{}
	var told []string
	o := channeltest.LabOptions{Config: func(c *channel.Config) {
		c.Hooks = hooks.Hooks{
			Carry: func(context.Context) map[string]string { return own },
			Resume: func(ctx context.Context, carried map[string]string) context.Context {
				trace := carried["trace"]
				clear(carried)
				return context.WithValue(ctx, traceKey{}, trace)
			},
			HostStart: func(ctx context.Context, i hooks.HostInfo) context.Context {
				if i.Kind == "" {
					told = append(told, ctx.Value(traceKey{}).(string))
				}
				return ctx
			},
		}
	}}
	experiment(t, o, func(t *testing.T, l *lab) {
		l.Host.Fails(func(_ string, try int) error {
			if try == 1 {
				return errors.New("not yet")
			}
			return nil
		})
		own["trace"] = "first"
		l.Post(channeltest.Kim.Text(time.Now(), "wamid.1", "hello"))
		own["trace"] = "second"
		l.Pass(time.Hour)
		require.Equal(t, []string{"first", "first"}, told)
	})
}
