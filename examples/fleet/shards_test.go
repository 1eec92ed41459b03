package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/deadletter"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/kanava-go/kanava/webhook"
)

// heard is a sink, and a ticket system, that writes down what it hears.
type heard struct {
	mu    sync.Mutex
	all   []string
	fails error
}

func (h *heard) note(what string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.all = append(h.all, what)
}

func (h *heard) Accept(_ context.Context, d *webhook.Delivery) error {
	for ev := range d.Events() {
		h.note(ev.Field + " of " + ev.Number.ID)
	}
	return h.fails
}

func (h *heard) Receive(_ context.Context, in *conversation.Received) (string, error) {
	h.note(in.Conversation.Channel + ": " + in.Message.Text)
	return "", nil
}

func (h *heard) Changed(context.Context, *conversation.Change) error { return nil }

// delivery is a POST with a message to each number, and news about the account if there is none.
func delivery(t *testing.T, numbers ...string) *webhook.Delivery {
	t.Helper()
	changes := ""
	for i, number := range numbers {
		if i > 0 {
			changes += ","
		}
		if number == "" {
			changes += `{"field":"account_update","value":{"event":"VERIFIED_ACCOUNT"}}`
			continue
		}
		changes += fmt.Sprintf(`{"field":"messages","value":{"messaging_product":"whatsapp",
			"metadata":{"display_phone_number":"13125550142","phone_number_id":%q},
			"messages":[{"from":"13125550%03d","id":"wamid.%s-%d","timestamp":"1790000000","type":"text","text":{"body":"to %s"}}]}}`,
			number, i, number, i, number)
	}
	d, err := webhook.Parse([]byte(`{"object":"whatsapp_business_account","entry":[{"id":"2","changes":[` + changes + `]}]}`))
	require.NoError(t, err)
	d.Scope = webhook.Scope{All: true}
	return d
}

func TestEachShardGetsWhatIsItsOwn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		numbers      []string
		north, south []string
	}{
		"one number":                         {[]string{"1"}, []string{"messages of 1"}, nil},
		"numbers of both in one POST":        {[]string{"1", "2", "1"}, []string{"messages of 1", "messages of 1"}, []string{"messages of 2"}},
		"what is about the account, to both": {[]string{"", "2"}, []string{"account_update of "}, []string{"account_update of ", "messages of 2"}},
		"a number that nobody has, to one":   {[]string{"9"}, []string{"messages of 9"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			north, south := &heard{}, &heard{}
			s := &shards{byNumber: map[string]webhook.Sink{"1": north, "2": south}, all: []webhook.Sink{north, south}}
			require.NoError(t, s.Accept(t.Context(), delivery(t, c.numbers...)))
			require.Equal(t, c.north, north.all)
			require.Equal(t, c.south, south.all)
		})
	}
}

// A shard that is out has WhatsApp send again; the others have had theirs, and know it then.
func TestAShardThatIsOutHoldsUpNobodyElse(t *testing.T) {
	t.Parallel()
	out := errors.New("the database is out")
	north, south := &heard{fails: out}, &heard{}
	s := &shards{byNumber: map[string]webhook.Sink{"1": north, "2": south}, all: []webhook.Sink{north, south}}
	require.ErrorIs(t, s.Accept(t.Context(), delivery(t, "1", "2")), out)
	require.Equal(t, []string{"messages of 2"}, south.all)
}

// Two hubs on a database each, behind one handler.
func TestTwoHubsBehindOneHandlerEachHaveTheirNumbers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		tickets := &heard{}
		s := &shards{byNumber: map[string]webhook.Sink{}}
		var hubs []*channel.Hub
		var work sync.WaitGroup
		for i, number := range []string{"1", "2"} {
			hub, err := channel.New(channel.Config{Store: memstore.New(), Ticketing: tickets, Channels: []channel.Channel{{
				Sender: cloudless(t).Number(number), Settings: settings.Settings{ID: fmt.Sprint("shard", i+1), Name: "Shard", Number: number, Enabled: true},
			}}})
			require.NoError(t, err)
			s.byNumber[number], s.all, hubs = hub, append(s.all, hub), append(hubs, hub)
			work.Go(func() { _ = hub.Run(ctx) })
		}
		require.NoError(t, s.Accept(ctx, delivery(t, "1", "2")))
		require.NoError(t, s.Accept(ctx, delivery(t, "1", "2")), "WhatsApp repeats itself")
		time.Sleep(5 * time.Second)
		stop()
		work.Wait()
		require.ElementsMatch(t, []string{"shard1: to 1", "shard2: to 2"}, tickets.all)
		for _, hub := range hubs {
			letters, err := hub.DeadLetters(t.Context(), deadletter.Query{Work: "in", Limit: 10})
			require.NoError(t, err)
			require.Empty(t, letters)
		}
	})
}

func TestFlagsSayEverythingThatIsWrong(t *testing.T) {
	t.Parallel()
	_, err := parse([]string{"-role", "receiver,queue", "-log", "nats", "-limits", "redis"}, func(string) string { return "" }, nil)
	require.EqualError(t, err, `-role "queue": receiver, worker or console
-postgres is missing
-nats is missing
-redis is missing
WHATSAPP_TOKEN is not set
WHATSAPP_APP_SECRET is not set: a receiver needs it
WHATSAPP_VERIFY_TOKEN is not set: a receiver needs it
-channels is missing`)
}

// Receivers, workers and consoles are processes of their own here, with a log between them.
func TestRolesMayBeApart(t *testing.T) {
	t.Parallel()
	nodes, urls := cluster(t)
	for _, n := range nodes {
		n.start(t)
	}
	b := newBench(t, 5, "-log", "nats", "-nats", urls, "-console-agent", "you")
	b.start("worker", "-role", "worker")
	b.start("receiver", "-role", "receiver")
	desk := b.start("console", "-role", "console")
	b.members = b.members[1:2] // WhatsApp knows the receiver only
	b.open()
	ctx, end := context.WithCancel(t.Context())
	defer end()
	go func() { _ = b.world.Run(ctx) }()
	for i, u := range b.users {
		u.Text(b.number, "hello "+word(i))
	}
	require.Eventually(t, func() bool { return b.answered() == 5 }, patience, 20*time.Millisecond)
	require.Equal(t, cloudapitest.Finding{}, first(b.complaints()))
	page := desk.get(t, "/console/")
	require.Contains(t, page, "re: hello aaa")
	for _, m := range []*member{desk, b.members[0]} {
		m.leave()
	}
}

func first(all []cloudapitest.Finding) cloudapitest.Finding {
	if len(all) == 0 {
		return cloudapitest.Finding{}
	}
	return all[0]
}
