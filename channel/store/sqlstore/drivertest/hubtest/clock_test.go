package hubtest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/health"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
	"github.com/kanava-go/kanava/channel/store/sqlstore/drivertest/pgtest"
	"github.com/kanava-go/kanava/webhook"
)

// jealous is a ticket system and a Sender that take their time and count what they get.
type jealous struct {
	hub      func() *channel.Hub
	mu       sync.Mutex
	busy     map[string]bool
	overlaps int
	offered  map[string]int // by ID
	sent     map[string]int // by text
}

func (j *jealous) Receive(ctx context.Context, in *conversation.Received) (string, error) {
	j.mu.Lock()
	if j.busy[in.Conversation.ID] {
		j.overlaps++
	}
	j.busy[in.Conversation.ID] = true
	j.offered[in.ID]++
	j.mu.Unlock()
	_, err := j.hub().Reply(ctx, agent, channel.Reply{
		Conversation: in.Conversation.ID, Key: in.ID, Content: &message.Text{Body: "re: " + in.Message.Text},
	})
	<-time.After(200 * time.Millisecond)
	j.mu.Lock()
	defer j.mu.Unlock()
	j.busy[in.Conversation.ID] = false
	return "ticket", err
}

func (j *jealous) Changed(context.Context, *conversation.Change) error { return nil }

func (j *jealous) Send(_ context.Context, out message.Outbound) (message.Receipt, error) {
	<-time.After(200 * time.Millisecond)
	j.mu.Lock()
	defer j.mu.Unlock()
	text := out.Content.(*message.Text).Body
	j.sent[text]++
	return message.Receipt{ID: "wamid." + text}, nil
}

func (j *jealous) MarkRead(context.Context, string, bool) error { return nil }

// Three machines on PostgreSQL whose clocks are right, five minutes ahead and five behind.
func TestClocksThatDifferDoNoHarmOnPostgreSQL(t *testing.T) {
	t.Parallel()
	schema := pgtest.New(t)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var hubs []*channel.Hub
	j := &jealous{
		hub:  func() *channel.Hub { return hubs[0] },
		busy: map[string]bool{}, offered: map[string]int{}, sent: map[string]int{},
	}
	var work sync.WaitGroup
	for _, ahead := range []time.Duration{0, 5 * time.Minute, -5 * time.Minute} {
		db, err := schema.Open()
		require.NoError(t, err)
		defer db.Close()
		st, err := sqlstore.Open(ctx, sqlstore.Config{DB: db, Dialect: sqlstore.PostgreSQL})
		require.NoError(t, err)
		defer st.Close()
		hub, err := hubOf(true, channel.Config{
			Store: st, Ticketing: j, Lease: time.Minute, Poll: 50 * time.Millisecond, Heartbeat: time.Minute,
			Now: func() time.Time { return time.Now().Add(ahead) },
			Channels: []channel.Channel{{Sender: j, Settings: settings.Settings{
				ID: "support", Name: "Support", Number: "3", Enabled: true, Uncertain: settings.Resend,
			}}},
		})
		require.NoError(t, err)
		hubs = append(hubs, hub)
	}
	for _, hub := range hubs {
		work.Go(func() { _ = hub.Run(ctx) })
	}
	const items, people = 60, 6
	for n := range items {
		d, err := webhook.Parse(fmt.Appendf(nil, `{"object":"whatsapp_business_account","entry":[{"id":"2","changes":[{"field":"messages","value":{
			"messaging_product":"whatsapp","metadata":{"display_phone_number":"13125550142","phone_number_id":"3"},
			"messages":[{"from":"1312555%04d","id":"wamid.%d","timestamp":"%d","type":"text","text":{"body":"%c%c"}}]}}]}]}`,
			n%people, n, time.Now().Unix(), 'a'+n/26, 'a'+n%26))
		require.NoError(t, err)
		d.Scope = webhook.Scope{All: true}
		require.NoError(t, hubs[n%3].Accept(ctx, d))
	}
	require.Eventually(t, func() bool {
		j.mu.Lock()
		defer j.mu.Unlock()
		return len(j.sent) == items
	}, 2*time.Minute, 50*time.Millisecond)
	var processes []health.Process
	require.Eventually(t, func() bool { // the others may have done all of it before the third one has signed
		var err error
		processes, err = hubs[0].Processes(ctx)
		return err == nil && len(processes) == 3
	}, 2*time.Minute, 50*time.Millisecond)
	for _, p := range processes {
		off := p.Ahead.Std().Abs() % (5 * time.Minute)
		require.Less(t, min(off, 5*time.Minute-off), time.Minute, "the skew is measured, as exactly as the machine is quick")
	}
	stop()
	work.Wait()
	require.Zero(t, j.overlaps, "calls of one conversation")
	for id, n := range j.offered {
		require.Equal(t, 1, n, id)
	}
	for text, n := range j.sent {
		require.Equal(t, 1, n, text)
	}
}

// balky is a ticket system and a Sender of which each first call fails, just when somebody sets a clock.
type balky struct {
	hub   func() *channel.Hub
	set   func()
	mu    sync.Mutex
	tried map[string]int // by ID, or text
}

// try reports whether to fail.
func (b *balky) try(what string) (first bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tried[what]++
	if b.tried[what] > 1 {
		return false
	}
	b.set()
	return true
}

func (b *balky) Receive(ctx context.Context, in *conversation.Received) (string, error) {
	if b.try(in.ID) {
		return "", errors.New("the ticket system is busy")
	}
	_, err := b.hub().Reply(ctx, agent, channel.Reply{
		Conversation: in.Conversation.ID, Key: in.ID, Content: &message.Text{Body: "re: " + in.Message.Text},
	})
	return "ticket", err
}

func (*balky) Changed(context.Context, *conversation.Change) error { return nil }

func (b *balky) Send(_ context.Context, out message.Outbound) (message.Receipt, error) {
	text := out.Content.(*message.Text).Body
	if b.try(text) {
		return message.Receipt{}, refused{}
	}
	return message.Receipt{ID: "wamid." + text}, nil
}

func (*balky) MarkRead(context.Context, string, bool) error { return nil }

// refused is the error of a Sender that did not reach WhatsApp.
type refused struct{}

func (refused) Error() string { return "connection refused" }

func (refused) Failure() message.Failure {
	return message.Failure{Class: message.ClassTemporary, Retry: message.Retry{Advice: message.RetryAfter}}
}

// Two machines on PostgreSQL work for two tenants. Whenever something fails, somebody sets the clock of one
// of them by most of an hour, forth or back: what is put off just then comes again in a moment.
func TestWhatIsPutOffJustAfterAClockWasSetComesInTimeOnPostgreSQL(t *testing.T) {
	t.Parallel()
	schema := pgtest.New(t)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var ahead atomic.Int64
	var hubs []*channel.Hub
	jump := 50 * time.Minute
	b := &balky{hub: func() *channel.Hub { return hubs[0] }, tried: map[string]int{}}
	b.set = func() {
		ahead.Add(int64(jump))
		jump = -jump
	}
	var work sync.WaitGroup
	for i := range 2 {
		db, err := schema.Open()
		require.NoError(t, err)
		defer db.Close()
		st, err := sqlstore.Open(ctx, sqlstore.Config{DB: db, Dialect: sqlstore.PostgreSQL})
		require.NoError(t, err)
		defer st.Close()
		cfg := channel.Config{Store: st, Ticketing: b, Changes: []conversation.ChangeKind{conversation.TopicChanged}, Heartbeat: time.Minute}
		if i == 0 {
			cfg.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
		}
		for _, number := range []string{"3", "4"} {
			cfg.Channels = append(cfg.Channels, channel.Channel{Sender: b, Settings: settings.Settings{
				ID: "support" + number, Name: "Support " + number, Number: number, Enabled: true,
			}})
		}
		hub, err := hubOf(false, cfg)
		require.NoError(t, err)
		hubs = append(hubs, hub)
	}
	for _, hub := range hubs {
		work.Go(func() { _ = hub.Run(ctx) })
	}
	for n := range 6 {
		d, err := webhook.Parse(fmt.Appendf(nil, `{"object":"whatsapp_business_account","entry":[{"id":"2","changes":[{"field":"messages","value":{
			"messaging_product":"whatsapp","metadata":{"display_phone_number":"13125550142","phone_number_id":"%d"},
			"messages":[{"from":"1312555%04d","id":"wamid.%d","timestamp":"%d","type":"text","text":{"body":"%c"}}]}}]}]}`,
			3+n%2, n, n, time.Now().Unix(), 'a'+n))
		require.NoError(t, err)
		d.Scope = webhook.Scope{All: true}
		require.NoError(t, hubs[0].Accept(ctx, d))
		require.Eventually(t, func() bool {
			b.mu.Lock()
			defer b.mu.Unlock()
			return b.tried[fmt.Sprintf("re: %c", 'a'+n)] == 2
		}, 5*time.Minute, 20*time.Millisecond, "that clock was wrong by fifty minutes")
	}
	stop()
	work.Wait()
	require.Len(t, b.tried, 12, "each message, and its answer")
	for what, n := range b.tried {
		require.Equal(t, 2, n, what)
	}
}
