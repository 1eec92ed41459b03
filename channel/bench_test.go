package channel_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/kanava-go/kanava/webhook"
)

// instant is a Sender and a Ticketing that need no time, and a count of what they got.
type instant struct {
	mu   sync.Mutex
	sent int
	told int
	want int
	done chan struct{}
}

func (s *instant) Send(_ context.Context, out message.Outbound) (message.Receipt, error) {
	s.note(&s.sent)
	return message.Receipt{ID: "wamid." + out.OpaqueID}, nil
}

func (s *instant) MarkRead(context.Context, string, bool) error { return nil }

func (s *instant) Receive(context.Context, *conversation.Received) (string, error) {
	s.note(&s.told)
	return "", nil
}

func (s *instant) Changed(context.Context, *conversation.Change) error { return nil }

func (s *instant) note(n *int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if *n++; *n == s.want {
		close(s.done)
	}
}

// expect returns what is closed after n further items, of sends or of received messages.
func (s *instant) expect(n int) <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sent, s.told, s.want, s.done = 0, 0, n, make(chan struct{})
	return s.done
}

// bench is a hub in memory.
func bench(b *testing.B) (*channel.Hub, *instant) {
	b.Helper()
	end := &instant{}
	hub, err := channel.New(channel.Config{
		Store: memstore.New(), Ticketing: end,
		Channels: []channel.Channel{{Sender: end, Settings: settings.Settings{
			ID: "support", Name: "Support", Number: channeltest.LabNumber, Account: channeltest.LabAccount, Enabled: true,
		}}},
	})
	require.NoError(b, err)
	return hub, end
}

func runs(b *testing.B, hub *channel.Hub) {
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := hub.Run(ctx); err != nil {
			b.Error(err)
		}
	})
	b.Cleanup(func() { cancel(); wg.Wait() })
}

// deliveries are POSTs of texts, from 100 customers.
func deliveries(b *testing.B, n int) []*webhook.Delivery {
	b.Helper()
	all := make([]*webhook.Delivery, n)
	for i := range all {
		d, err := webhook.Parse(channeltest.Body(channeltest.Stranger(i%100).Text(time.Now(), fmt.Sprint("wamid.", i), "is my bicycle ready?")))
		require.NoError(b, err)
		d.Scope = webhook.Scope{All: true}
		all[i] = d
	}
	return all
}

// BenchmarkIntake is one text from the parsed webhook to the host's ticket system.
func BenchmarkIntake(b *testing.B) {
	hub, end := bench(b)
	runs(b, hub)
	all := deliveries(b, b.N)
	done := end.expect(b.N)
	b.ReportAllocs()
	b.ResetTimer()
	for _, d := range all {
		if err := hub.Accept(b.Context(), d); err != nil {
			b.Fatal(err)
		}
	}
	<-done
}

// answering is a hub at rest with conversations that wait for an answer.
func answering(b *testing.B) (*channel.Hub, *instant, []string) {
	b.Helper()
	hub, end := bench(b)
	ctx, cancel := context.WithCancel(b.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := hub.Run(ctx); err != nil {
			b.Error(err)
		}
	})
	done := end.expect(100)
	for _, d := range deliveries(b, 100) {
		require.NoError(b, hub.Accept(b.Context(), d))
	}
	<-done
	cancel()
	wg.Wait()
	list, err := hub.Conversations(b.Context(), channel.ConversationQuery{Channel: "support", Limit: 1000})
	require.NoError(b, err)
	require.Len(b, list, 100)
	var ids []string
	for _, c := range list {
		ids = append(ids, c.ID)
	}
	return hub, end, ids
}

func answer(conv string) channel.Reply {
	return channel.Reply{
		Conversation: conv, Content: &message.Text{Body: "It is. " + strings.Repeat("Come by any time! ", 5)},
	}
}

// BenchmarkReply is one answer from the call to its record in the outbox.
func BenchmarkReply(b *testing.B) {
	hub, _, convs := answering(b)
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		if _, err := hub.Reply(b.Context(), alice, answer(convs[i%len(convs)])); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkDispatch is one answer out of the outbox to a Sender that takes no time, and
// what became of it written down and told to the host. The baseline is a program that
// writes the same message as JSON and sends it, and would lose it in a crash.
func BenchmarkDispatch(b *testing.B) {
	b.Run("hub", func(b *testing.B) {
		hub, end, convs := answering(b)
		for i := range b.N {
			if _, err := hub.Reply(b.Context(), alice, answer(convs[i%len(convs)])); err != nil {
				b.Fatal(err)
			}
		}
		done := end.expect(b.N)
		b.ReportAllocs()
		b.ResetTimer()
		runs(b, hub)
		<-done
	})
	b.Run("baseline", func(b *testing.B) {
		_, end, convs := answering(b)
		end.expect(b.N)
		b.ReportAllocs()
		b.ResetTimer()
		for i := range b.N {
			out := message.Outbound{
				To: message.Recipient{Phone: channeltest.Stranger(i % 100).Phone}, Content: answer(convs[0]).Content, OpaqueID: convs[0],
			}
			if _, err := json.Marshal(out); err != nil {
				b.Fatal(err)
			}
			if _, err := end.Send(b.Context(), out); err != nil {
				b.Fatal(err)
			}
		}
	})
}
