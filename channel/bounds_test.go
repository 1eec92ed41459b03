package channel_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/kanava-go/kanava/webhook"
)

// crowded is a POST of n messages with one contact whose name has size bytes.
func crowded(n, size int) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `{"object":"whatsapp_business_account","entry":[{"id":%q,"changes":[{"field":"messages","value":{"metadata":{"phone_number_id":%q},
		"contacts":[{"wa_id":"13125550187","profile":{"name":%q}}],"messages":[`, labAccount, labNumber, strings.Repeat("n", size))
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"from":"13125550187","id":"wamid.%d","timestamp":"1700000000","type":"text","text":{"body":"x"}}`, i)
	}
	b.WriteString(`]}}]}]}`)
	return []byte(b.String())
}

func TestALargeNameIsNotKeptWithEachMessage(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{}, func(t *testing.T, l *lab) {
		require.NoError(t, l.accept(crowded(200, 200_000)))
		kept := 0
		work, err := l.store.Work(t.Context(), store.WorkQuery{Queue: "in", Limit: 1000})
		require.NoError(t, err)
		for _, w := range work {
			kept += len(w.Body)
		}
		require.Less(t, kept, 200*8<<10)
		l.pass(time.Minute)
		require.Len(t, l.host.texts(), 200)
		require.LessOrEqual(t, len([]rune(l.host.received[0].Customer.Name)), 256)
	})
}

func TestAcceptHonoursItsContext(t *testing.T) {
	t.Parallel()
	l := newLab(t, labOptions{})
	d, err := webhook.Parse(crowded(100, 10))
	require.NoError(t, err)
	d.Scope = webhook.Scope{All: true}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, l.hub.Accept(ctx, d), context.Canceled)
	require.NoError(t, l.hub.Accept(t.Context(), d), "it may come again")
}

func TestADeliveryIsRecordedInPiecesThatAreNotTooLarge(t *testing.T) {
	t.Parallel()
	st := &sizes{Store: memstore.New()}
	l := newLab(t, labOptions{store: st})
	var items []item
	for i := range 40 {
		items = append(items, kim.text(time.Now(), fmt.Sprint("wamid.", i), strings.Repeat("x", 300_000)))
	}
	l.post(items...)
	require.Greater(t, len(st.commits), 1)
	for _, n := range st.commits {
		require.LessOrEqual(t, n, 5<<20)
	}
	work, err := l.store.Work(t.Context(), store.WorkQuery{Queue: "in", Limit: 1000})
	require.NoError(t, err)
	require.Len(t, work, 40)
}

// sizes notes how many bytes of work each commit has.
type sizes struct {
	store.Store
	commits []int
}

func (s *sizes) Commit(ctx context.Context, b *store.Batch) (store.Committed, error) {
	n := 0
	for _, w := range b.Enqueue {
		n += len(w.Body)
	}
	s.commits = append(s.commits, n)
	return s.Store.Commit(ctx, b)
}

func TestLongIdentifiersBecomeDeadLetters(t *testing.T) {
	t.Parallel()
	long := "wamid." + strings.Repeat("A", 5000)
	for name, it := range map[string]item{
		"a message": kim.text(time.Now(), long, "x"),
		"a status":  kim.status(time.Now(), long, "", "sent"),
		"an echo":   kim.echo(time.Now(), long, "text", map[string]any{"body": "x"}),
		"a call":    kim.call(time.Now(), long, "terminate"),
		"history":   kim.past(time.Now(), long, "x", false),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			experiment(t, labOptions{}, func(t *testing.T, l *lab) {
				l.post(it)
				l.pass(5 * time.Second)
				require.Len(t, l.letters("in"), 1)
			})
		})
	}
}

func TestLongTextsOfTheHostAreRefused(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{}, func(t *testing.T, l *lab) {
		l.say(kim, "wamid.1", "hello")
		conv := l.conversation().ID
		for name, bad := range map[string]string{"long": strings.Repeat("k", 100_000), "a NUL": "a\x00b", "no UTF-8": "a\xffb"} {
			for what, do := range map[string]func() error{
				"the key of a reply": func() error {
					_, err := l.agents.Reply(t.Context(), alice, channel.Reply{Conversation: conv, Key: bad, Content: &message.Text{Body: "x"}})
					return err
				},
				"the key of a notification": func() error {
					_, err := l.agents.Notify(t.Context(), alice, channel.Notification{Channel: "support", Key: bad, To: recipient(kim)})
					return err
				},
				"the name of a notification": func() error {
					_, err := l.agents.Notify(t.Context(), alice, channel.Notification{Channel: "support", Name: bad, To: recipient(kim)})
					return err
				},
				"an agent": func() error { return l.agents.Assign(t.Context(), alice, conv, bad) },
				"a reason": func() error { return l.agents.Resolve(t.Context(), alice, conv, bad) },
			} {
				require.ErrorIs(t, do(), channel.ErrUnusable, "%s: %s", name, what)
			}
			_, err := l.agents.Reply(t.Context(), access.Actor{Kind: access.Agent, ID: bad}, channel.Reply{Conversation: conv, Content: &message.Text{Body: "x"}})
			if name != "a NUL" {
				require.ErrorIs(t, err, access.ErrDenied, name)
			}
		}
	})
}

func TestATicketThatIsNoReferenceIsNotKept(t *testing.T) {
	t.Parallel()
	long := func(c *channel.Config) { c.Ticketing = longTicket{} }
	experiment(t, labOptions{config: long}, func(t *testing.T, l *lab) {
		l.say(kim, "wamid.1", "hello")
		require.Empty(t, l.conversation().Ticket)
		letters := l.letters("host")
		require.Len(t, letters, 1)
		require.Contains(t, letters[0].Reason, "ticket")
	})
}

type longTicket struct{}

func (longTicket) Receive(context.Context, *conversation.Received) (string, error) {
	return strings.Repeat("T", 100_000), nil
}
func (longTicket) Changed(context.Context, *conversation.Change) error { return nil }

func TestDeadLettersOfNoChannelGoWhenTheirTimeIsOver(t *testing.T) {
	t.Parallel()
	keep := func(c *channel.Config) { c.StrayRetention, c.Poll = 3*duration.Day, 30*time.Minute }
	experiment(t, labOptions{config: keep}, func(t *testing.T, l *lab) {
		l.post(kim.text(time.Now(), "wamid.1", "hello").on("999"))
		l.from(webhook.Scope{Numbers: []string{"1"}}, labAccount, kim.text(time.Now(), "wamid.2", "hello"))
		l.pass(24 * time.Hour)
		require.Len(t, l.letters("in"), 2)
		l.pass(3 * 24 * time.Hour)
		require.Empty(t, l.letters("in"))
	})
	_, err := channel.New(channel.Config{Store: memstore.New(), Ticketing: &ticketing{}, StrayRetention: duration.Duration(time.Minute)})
	require.ErrorContains(t, err, "StrayRetention")
}

func TestIDsThatNoStoreCanHoldAreNotFound(t *testing.T) {
	t.Parallel()
	l := newLab(t, labOptions{})
	for _, id := range []string{"a\x00b", "a\xffb", strings.Repeat("a", 100_000), ""} {
		_, _, err := l.agents.Conversation(t.Context(), alice, id)
		require.ErrorIs(t, err, channel.ErrNotFound)
		require.ErrorIs(t, l.agents.CancelMessage(t.Context(), alice, id), channel.ErrNotFound)
		require.ErrorIs(t, l.agents.Resolve(t.Context(), alice, id, ""), channel.ErrNotFound)
	}
}
