package hubtest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
	"github.com/kanava-go/kanava/channel/store/sqlstore/drivertest/pgtest"
	"github.com/kanava-go/kanava/webhook"
)

// A few hours with some customers always; KANAVA_LONG=1 makes them 24 hours and 200.
func TestADayOfStormEndsLikeACalmDay(t *testing.T) {
	customers, hours := 40, 3
	if os.Getenv("KANAVA_LONG") != "" {
		customers, hours = 200, 24
	}
	for _, f := range forms {
		t.Run(f.name, func(t *testing.T) {
			calm := day(t, f.desk, calmWeather, customers, hours)
			storm := day(t, f.desk, weather{
				Faults: cloudapitest.Faults{
					Duplicate: 0.3, Reorder: 0.3, Lose: 0.2, Malform: 0.1, Future: 0.2, Forge: 0.1, Split: 0.3,
					Delay: 0.2, MaxDelay: 20 * time.Minute, Merge: 50,
				},
				refuse: 0.1, lose: 0.2,
			}, customers, hours)
			require.Greater(t, len(calm), customers/3, "customers did write")
			require.Empty(t, cmp.Diff(calm, storm))
		})
	}
}

// weather is what goes wrong on a day: webhooks, and calls that send.
type weather struct {
	cloudapitest.Faults
	refuse, lose float64 // probabilities that a send is refused for now, and that its answer is lost
}

var calmWeather weather

// send decides about one call that sends.
func (w *weather) send(r *cloudapitest.Request) cloudapitest.Verdict {
	if r.Operation != http.MethodPost+" messages" {
		return cloudapitest.Pass()
	}
	const serverUnavailable = 133004
	switch x := rand.Float64(); {
	case x < w.refuse:
		return cloudapitest.Fail(serverUnavailable).Stay()
	case x < w.refuse+w.lose:
		return cloudapitest.Lose().Stay()
	}
	return cloudapitest.Pass()
}

// answering answers every message once. It is shared by two hubs.
type answering struct {
	hub *atomic.Pointer[channel.Hub]
	mu  sync.Mutex
	ids map[string]string // who wrote when → ID
}

func (d *answering) Receive(ctx context.Context, in *conversation.Received) (string, error) {
	wrote := in.Conversation.ID + in.Message.At.Format(time.TimeOnly)
	d.mu.Lock()
	if id := d.ids[wrote]; id != "" && id != in.ID {
		d.mu.Unlock()
		return "", fmt.Errorf("two IDs for one message: %w", channel.ErrPermanent)
	}
	d.ids[wrote] = in.ID
	d.mu.Unlock()
	_, err := d.hub.Load().Reply(ctx, agent, channel.Reply{
		Conversation: in.Conversation.ID, Key: in.ID,
		// Not its text: that may have been edited before it came here.
		Content: &message.Text{Body: "thank you for what you wrote at " + in.Message.At.Format(time.TimeOnly)},
	})
	return "ticket", err
}

func (d *answering) Changed(context.Context, *conversation.Change) error { return nil }

// day lets customers write for some hours to two hubs on one database, one of which speaks to it by
// pgx, and returns what
// each conversation holds in the end: the texts, who wrote them, and how far they got.
func day(t *testing.T, withDesk bool, sky weather, customers, hours int) map[string][]string {
	t.Helper()
	begin := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	world, err := cloudapitest.New(cloudapitest.Config{Seed: 11, Now: cloudapitest.Frozen(begin)})
	require.NoError(t, err)
	world.SetFaults(sky.Faults)
	defer world.Intercept(sky.send)()
	app := world.AddApp(cloudapitest.AppConfig{})
	account := world.AddAccount(cloudapitest.AccountConfig{})
	number := account.AddNumber(cloudapitest.NumberConfig{Coexistence: true, Throughput: 900}) // it hears of edits
	desk := &answering{hub: &atomic.Pointer[channel.Hub]{}, ids: map[string]string{}}
	schema := pgtest.New(t)
	db, err := schema.Open()
	require.NoError(t, err)
	defer db.Close()
	db.SetMaxIdleConns(32) // a new connection costs more than many commits
	plain, err := sqlstore.Open(t.Context(), sqlstore.Config{DB: db, Dialect: sqlstore.PostgreSQL})
	require.NoError(t, err)
	defer plain.Close()
	byPgx, closePgx, err := openPgx(t.Context(), schema)
	require.NoError(t, err)
	defer closePgx()

	client, err := cloudapi.New(cloudapi.Config{Token: app.Token(account), HTTPClient: world.Client()})
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var handlers [2]http.Handler
	var hubs [2]*channel.Hub
	var work sync.WaitGroup
	for i := range hubs {
		hubs[i], err = hubOf(withDesk, channel.Config{
			// The clock leaps from step to step; leases must not end in a leap.
			Store: []store.Store{plain, byPgx}[i], Ticketing: desk, Now: world.Now, Lease: 2 * time.Hour, Poll: 200 * time.Millisecond,
			Heartbeat: time.Minute,
			Channels: []channel.Channel{{
				Settings: settings.Settings{
					ID: "support", Name: "Support", Number: number.ID, Enabled: true,
				},
				Sender: client.Number(number.ID),
			}},
		})
		require.NoError(t, err)
		handlers[i], err = webhook.NewHandler(webhook.Config{
			AppSecrets: []string{app.Secret}, VerifyToken: app.VerifyToken, Sink: hubs[i],
		})
		require.NoError(t, err)
		work.Go(func() { _ = hubs[i].Run(ctx) })
	}
	desk.hub.Store(hubs[0])
	var turn atomic.Uint64
	require.NoError(t, world.Subscribe(app, account, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handlers[turn.Add(1)%2].ServeHTTP(w, r)
	})))

	users := make([]*cloudapitest.User, customers)
	for i := range users {
		users[i] = world.AddUser(cloudapitest.UserConfig{Name: fmt.Sprint("customer ", i), ReadAfter: time.Minute})
	}
	idle := func() { rest(t, hubs[0], func() {}) }
	rng := rand.New(rand.NewPCG(5, 6))
	const step = 15 * time.Minute
	for range hours * int(time.Hour/step) {
		wrote := map[*cloudapitest.User]string{}
		for i, u := range users {
			if rng.IntN(15) == 0 {
				wrote[u] = u.Text(number, fmt.Sprintf("customer %d at %s", i, world.Now().Format(time.TimeOnly)))
			}
		}
		world.Advance(step / 3)
		idle()
		for _, u := range users {
			if id := wrote[u]; id != "" {
				regret(t, rng, u, number, id)
			}
		}
		for range 2 {
			world.Advance(step / 3)
			idle()
		}
	}
	world.SetFaults(cloudapitest.Faults{})
	for range 12 { // what was delayed or lost comes now
		world.Advance(30 * time.Minute)
		idle()
	}
	stop()
	work.Wait()
	require.Empty(t, world.Audit())
	return endState(t, hubs[0], users, number)
}

// regret lets a customer change a message after a while, or not.
func regret(t *testing.T, rng *rand.Rand, u *cloudapitest.User, number *cloudapitest.Number, wamid string) {
	t.Helper()
	switch rng.IntN(8) {
	case 0:
		require.NoError(t, u.Edit(number, wamid, "no, it is different"))
	case 1:
		require.NoError(t, u.Delete(number, wamid))
	case 2:
		require.NoError(t, u.React(number, wamid, "👍"))
	case 3:
		number.AppText(u, "written in the app after "+u.Name()+" wrote")
	}
}

// endState is what the hub says about each customer's conversation.
func endState(t *testing.T, hub *channel.Hub, users []*cloudapitest.User, number *cloudapitest.Number) map[string][]string {
	t.Helper()
	names := map[string]bool{}
	for _, u := range users {
		names[u.Name()] = true
	}
	state := map[string][]string{}
	convs, err := hub.Conversations(t.Context(), channel.ConversationQuery{Channel: "support", Limit: 1000})
	require.NoError(t, err)
	for _, c := range convs {
		conv, customer, err := hub.Conversation(t.Context(), c.ID)
		require.NoError(t, err)
		require.True(t, names[customer.Name])
		require.Nil(t, state[customer.Name], "one conversation for each customer")
		messages, err := hub.Messages(t.Context(), channel.MessageQuery{Conversation: conv.ID, Limit: 1000})
		require.NoError(t, err)
		lines := []string{}
		for _, m := range messages {
			line := fmt.Sprint(m.Direction, " ", m.Text, " ", m.Delivery.State(), " ", m.Edited, m.Deleted)
			for _, r := range m.Reactions {
				line += " " + r.By + r.Emoji
			}
			lines = append(lines, line)
		}
		slices.Sort(lines) // the order of what was written in the same second is nobody's promise
		state[customer.Name] = lines
	}
	return state
}
