package channel_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/kanava-go/kanava/webhook"
)

// crowded is a POST of n messages with one contact whose name has size bytes.
func crowded(n, size int) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `{"object":"whatsapp_business_account","entry":[{"id":%q,"changes":[{"field":"messages","value":{"metadata":{"phone_number_id":%q},
		"contacts":[{"wa_id":"13125550187","profile":{"name":%q}}],"messages":[`, channeltest.LabAccount, channeltest.LabNumber, strings.Repeat("n", size))
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
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		require.NoError(t, l.Accept(crowded(200, 200_000)))
		kept := 0
		work, err := l.Store.Work(t.Context(), store.WorkQuery{Queue: "in", Limit: 1000})
		require.NoError(t, err)
		for _, w := range work {
			kept += len(w.Body)
		}
		require.Less(t, kept, 200*8<<10)
		l.Pass(time.Minute)
		require.Len(t, l.Host.Texts(), 200)
		require.LessOrEqual(t, len([]rune(l.Host.Received[0].Customer.Name)), 256)
	})
}

func TestAcceptHonoursItsContext(t *testing.T) {
	t.Parallel()
	l := newLab(t, channeltest.LabOptions{})
	d, err := webhook.Parse(crowded(100, 10))
	require.NoError(t, err)
	d.Scope = webhook.Scope{All: true}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, l.Hub.Accept(ctx, d), context.Canceled)
	require.NoError(t, l.Hub.Accept(t.Context(), d), "it may come again")
}

func TestADeliveryIsRecordedInPiecesThatAreNotTooLarge(t *testing.T) {
	t.Parallel()
	st := &sizes{Store: memstore.New()}
	l := newLab(t, channeltest.LabOptions{Store: st})
	var items []channeltest.Item
	for i := range 40 {
		items = append(items, channeltest.Kim.Text(time.Now(), fmt.Sprint("wamid.", i), strings.Repeat("x", 300_000)))
	}
	l.Post(items...)
	require.Greater(t, len(st.commits), 1)
	for _, n := range st.commits {
		require.LessOrEqual(t, n, 5<<20)
	}
	work, err := l.Store.Work(t.Context(), store.WorkQuery{Queue: "in", Limit: 1000})
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
	for name, it := range map[string]channeltest.Item{
		"a message": channeltest.Kim.Text(time.Now(), long, "x"),
		"a status":  channeltest.Kim.Status(time.Now(), long, "", "sent"),
		"an echo":   channeltest.Kim.Echo(time.Now(), long, "text", map[string]any{"body": "x"}),
		"a call":    channeltest.Kim.Call(time.Now(), long, "terminate"),
		"history":   channeltest.Kim.Past(time.Now(), long, "x", false),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
				l.Post(it)
				l.Pass(5 * time.Second)
				require.Len(t, l.Letters("in"), 1)
			})
		})
	}
}

func TestATicketThatIsNoReferenceIsNotKept(t *testing.T) {
	t.Parallel()
	long := func(c *channel.Config) { c.Ticketing = longTicket{} }
	experiment(t, channeltest.LabOptions{Config: long}, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		require.Empty(t, l.Conversation().Ticket)
		letters := l.Letters("host")
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
	experiment(t, channeltest.LabOptions{Config: keep}, func(t *testing.T, l *lab) {
		l.Post(channeltest.Kim.Text(time.Now(), "wamid.1", "hello").On("999"))
		l.From(webhook.Scope{Numbers: []string{"1"}}, channeltest.LabAccount, channeltest.Kim.Text(time.Now(), "wamid.2", "hello"))
		l.Pass(24 * time.Hour)
		require.Len(t, l.Letters("in"), 2)
		l.Pass(3 * 24 * time.Hour)
		require.Empty(t, l.Letters("in"))
	})
	_, err := channel.New(channel.Config{Store: memstore.New(), Ticketing: &channeltest.Ticketing{}, StrayRetention: duration.Duration(time.Minute)})
	require.ErrorContains(t, err, "StrayRetention")
}
