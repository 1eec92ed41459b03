package channel_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/webhook"
)

var (
	alice = access.Actor{Kind: access.Agent, ID: "alice"}
	admin = access.Actor{Kind: access.Agent, ID: "root", Admin: true}
)

// ticketing is a host's ticket system that remembers everything it was told.
type ticketing struct {
	mu       sync.Mutex
	received []*conversation.Received
	changes  []*conversation.Change
	seen     map[string]int // how often each ID was offered
	fail     func(id string, try int) error
}

func (d *ticketing) Receive(_ context.Context, in *conversation.Received) (string, error) {
	if err := d.offer(in.ID); err != nil {
		return "", err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.seen[in.ID] == 1 || d.fail != nil {
		d.received = append(d.received, in)
	}
	return "T-" + in.Conversation.ID[:6], nil
}

func (d *ticketing) Changed(_ context.Context, c *conversation.Change) error {
	if err := d.offer(c.ID); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.changes = append(d.changes, c)
	return nil
}

func (d *ticketing) offer(id string) error {
	d.mu.Lock()
	if d.seen == nil {
		d.seen = map[string]int{}
	}
	d.seen[id]++
	try, fail := d.seen[id], d.fail
	d.mu.Unlock()
	if fail != nil {
		return fail(id, try)
	}
	return nil
}

// fails makes the desk fail from now on as f says; nil: no more.
func (d *ticketing) fails(f func(id string, try int) error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fail = f
}

func (d *ticketing) texts() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	var all []string
	for _, in := range d.received {
		all = append(all, in.Message.Text)
	}
	return all
}

// kinds lists the changes of some kinds, or all.
func (d *ticketing) of(kind conversation.ChangeKind) []*conversation.Change {
	d.mu.Lock()
	defer d.mu.Unlock()
	var all []*conversation.Change
	for _, c := range d.changes {
		if c.Kind == kind {
			all = append(all, c)
		}
	}
	return all
}

// rig is a hub on one simulated number, inside a synctest bubble.
type rig struct {
	t       *testing.T
	world   *cloudapitest.World
	app     *cloudapitest.App
	account *cloudapitest.Account
	number  *cloudapitest.Number
	user    *cloudapitest.User
	hub     *channel.Hub
	agents  *desk.Desk
	store   store.Store
	host    *ticketing
	logs    *bytes.Buffer
	webhook http.Handler
	client  *cloudapi.Client
	stop    func()
}

type options struct {
	store    store.Store
	settings func(*channel.Settings)
	config   func(*channel.Config)
	own      func(*desk.Settings) // of the desk on the channel
	desk     func(*desk.Config)
	user     cloudapitest.UserConfig
	number   cloudapitest.NumberConfig
}

// ownSettings are those of a desk with the usual rules, where every user may do everything, changed
// as change says.
func ownSettings(change func(*desk.Settings)) json.RawMessage {
	own := desk.Settings{Rules: rules.Default(), Access: access.Policy{AllUsers: access.Supervisor}}
	if change != nil {
		change(&own)
	}
	return own.JSON()
}

func newDesk(t *testing.T, hub channel.Config, change func(*desk.Config)) *desk.Desk {
	t.Helper()
	config := desk.Config{Hub: hub}
	if change != nil {
		change(&config)
	}
	d, err := desk.New(config)
	require.NoError(t, err)
	return d
}

// start builds a rig and runs its hub.
func start(t *testing.T, o options) *rig {
	t.Helper()
	r := &rig{t: t, host: &ticketing{}, logs: &bytes.Buffer{}, store: o.store}
	if r.store == nil {
		r.store = memstore.New()
	}
	var err error
	r.world, err = cloudapitest.New(cloudapitest.Config{Seed: 7})
	require.NoError(t, err)
	r.app = r.world.AddApp(cloudapitest.AppConfig{})
	r.account = r.world.AddAccount(cloudapitest.AccountConfig{})
	r.number = r.account.AddNumber(o.number)
	if o.user.Name == "" {
		o.user = cloudapitest.UserConfig{Name: "Robin Sample", Phone: "13125550187"}
	}
	r.user = r.world.AddUser(o.user)
	_, err = r.account.AddTemplate(`{"name":"we_answered","language":"en","category":"UTILITY","parameter_format":"NAMED","components":[
		{"type":"BODY","text":"Hello {{first_name}}, we have an answer for you.","example":{"body_text_named_params":[{"param_name":"first_name","example":"Alex"}]}},
		{"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"Tell me"}]}]}`)
	require.NoError(t, err)
	_, err = r.account.AddTemplate(`{"name":"spring_sale","language":"en","category":"MARKETING","components":[
		{"type":"BODY","text":"Our spring sale has begun."}]}`)
	require.NoError(t, err)

	r.client, err = cloudapi.New(cloudapi.Config{Token: r.app.Token(r.account), HTTPClient: r.world.Client()})
	require.NoError(t, err)
	catalog, err := template.NewCatalog(template.CatalogConfig{})
	require.NoError(t, err)
	require.NoError(t, catalog.Sync(time.Now().Add(-time.Minute),
		r.client.Account(r.account.ID).Templates(t.Context(), cloudapi.TemplateQuery{})))
	settings := channel.Settings{
		ID: "support", Name: "Support", Number: r.number.ID, Account: r.account.ID, Enabled: true, Language: "en",
		Desk: ownSettings(o.own),
	}
	if o.settings != nil {
		o.settings(&settings)
	}
	number := r.client.Number(r.number.ID)
	config := channel.Config{
		Store: r.store, Ticketing: r.host, Now: r.world.Now, Poll: 5 * time.Second,
		Logger:   slog.New(slog.NewTextHandler(r.logs, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Channels: []channel.Channel{{Settings: settings, Sender: number, Media: number, Templates: catalog}},
	}
	if o.config != nil {
		o.config(&config)
	}
	r.agents = newDesk(t, config, o.desk)
	r.hub = r.agents.Hub()
	r.webhook, err = webhook.NewHandler(webhook.Config{
		AppSecrets: []string{r.app.Secret}, VerifyToken: r.app.VerifyToken, Sink: r.hub,
	})
	require.NoError(t, err)
	require.NoError(t, r.world.Subscribe(r.app, r.account, r.webhook))
	go r.world.Run(t.Context())
	r.run()
	return r
}

func (r *rig) run() {
	ctx, cancel := context.WithCancel(r.t.Context())
	done := make(chan error, 1)
	go func() { done <- r.hub.Run(ctx) }()
	r.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			r.t.Error(err)
		}
	})
	r.t.Cleanup(r.stop)
	synctest.Wait()
}

// settle lets everything under way arrive, in both directions.
func (r *rig) settle() { r.pass(15 * time.Second) }

// pass lets time go by, for the world and the hub alike. It takes no time: the bubble's
// clock jumps from one event to the next.
func (r *rig) pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// conversation returns the only conversation.
func (r *rig) conversation() *conversation.Conversation {
	r.t.Helper()
	list, err := r.agents.Conversations(r.t.Context(), alice, desk.ConversationQuery{Channel: "support"})
	require.NoError(r.t, err)
	require.Len(r.t, list, 1)
	return list[0]
}

func (r *rig) messages() []*conversation.Message {
	r.t.Helper()
	list, err := r.agents.Messages(r.t.Context(), alice, channel.MessageQuery{Conversation: r.conversation().ID})
	require.NoError(r.t, err)
	return list
}

// reply answers in the only conversation.
func (r *rig) reply(text string) (*conversation.Message, error) {
	r.t.Helper()
	return r.agents.Reply(r.t.Context(), alice, channel.Reply{
		Conversation: r.conversation().ID, Content: &message.Text{Body: text},
	})
}

// sees are the texts on the customer's phone.
func (r *rig) sees() []string {
	var all []string
	for _, b := range r.user.Sees(r.number) {
		all = append(all, b.Text)
	}
	return all
}

// slowPolls make long spans of time cheap.
func slowPolls(c *channel.Config) { c.Poll = 30 * time.Minute }

// test runs f in a bubble and checks at the end that the platform's rules were kept.
func test(t *testing.T, o options, f func(t *testing.T, r *rig)) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, o)
		f(t, r)
		r.stop()
		require.Empty(t, r.world.Audit(), "rules of the platform that were broken")
	})
}
