// Package channeltest is what the tests of a channel stand on, alone or with a desk: a [Rig] is a hub on
// a simulated number, a [Lab] one that is fed with webhook bodies of the test's own making.
package channeltest

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/webhook"
)

// Alice is an agent.
var Alice = conversation.Author{Kind: conversation.Agent, ID: "alice"}

// newHub makes a hub.
func newHub(t *testing.T, make func(channel.Config) (*channel.Hub, error), config channel.Config) *channel.Hub {
	t.Helper()
	if make == nil {
		make = channel.New
	}
	hub, err := make(config)
	require.NoError(t, err)
	return hub
}

// Ticketing is a host's ticket system that remembers everything it was told.
type Ticketing struct {
	Mu       sync.Mutex
	Received []*conversation.Received
	Changes  []*conversation.Change
	Seen     map[string]int // how often each ID was offered
	Fail     func(id string, try int) error
}

// Receive implements channel.Ticketing: it notes what a customer wrote, once.
func (d *Ticketing) Receive(_ context.Context, in *conversation.Received) (string, error) {
	if err := d.Offer(in.ID); err != nil {
		return "", err
	}
	d.Mu.Lock()
	defer d.Mu.Unlock()
	if d.Seen[in.ID] == 1 || d.Fail != nil {
		d.Received = append(d.Received, in)
	}
	return "T-" + in.Conversation.ID[:6], nil
}

// Changed implements channel.Ticketing: it notes a change.
func (d *Ticketing) Changed(_ context.Context, c *conversation.Change) error {
	if err := d.Offer(c.ID); err != nil {
		return err
	}
	d.Mu.Lock()
	defer d.Mu.Unlock()
	d.Changes = append(d.Changes, c)
	return nil
}

// Offer notes that an ID was offered, and fails if the test wants that.
func (d *Ticketing) Offer(id string) error {
	d.Mu.Lock()
	if d.Seen == nil {
		d.Seen = map[string]int{}
	}
	d.Seen[id]++
	try, fail := d.Seen[id], d.Fail
	d.Mu.Unlock()
	if fail != nil {
		return fail(id, try)
	}
	return nil
}

// Fails makes the desk fail from now on as f says; nil: no more.
func (d *Ticketing) Fails(f func(id string, try int) error) {
	d.Mu.Lock()
	defer d.Mu.Unlock()
	d.Fail = f
}

// Texts are what was written, in the order in which it came.
func (d *Ticketing) Texts() []string {
	d.Mu.Lock()
	defer d.Mu.Unlock()
	var all []string
	for _, in := range d.Received {
		all = append(all, in.Message.Text)
	}
	return all
}

// Of lists the changes of one kind.
func (d *Ticketing) Of(kind conversation.ChangeKind) []*conversation.Change {
	d.Mu.Lock()
	defer d.Mu.Unlock()
	var all []*conversation.Change
	for _, c := range d.Changes {
		if c.Kind == kind {
			all = append(all, c)
		}
	}
	return all
}

// Rig is a hub on one simulated number, inside a synctest bubble.
type Rig struct {
	T       *testing.T
	World   *cloudapitest.World
	App     *cloudapitest.App
	Account *cloudapitest.Account
	Number  *cloudapitest.Number
	User    *cloudapitest.User
	Hub     *channel.Hub
	Store   store.Store
	Host    *Ticketing
	Logs    *bytes.Buffer
	Webhook http.Handler
	Client  *cloudapi.Client
	Stop    func()
}

// RigOptions are what a test wants of its own; what is left out is as usual.
type RigOptions struct {
	Store    store.Store
	Settings func(*settings.Settings)
	Config   func(*channel.Config)
	// New makes the hub; nil means channel.New.
	New    func(channel.Config) (*channel.Hub, error)
	User   cloudapitest.UserConfig
	Number cloudapitest.NumberConfig
}

// Start builds a Rig and runs its hub.
func Start(t *testing.T, o RigOptions) *Rig {
	t.Helper()
	r := &Rig{T: t, Host: &Ticketing{}, Logs: &bytes.Buffer{}, Store: o.Store}
	if r.Store == nil {
		r.Store = memstore.New()
	}
	var err error
	r.World, err = cloudapitest.New(cloudapitest.Config{Seed: 7})
	require.NoError(t, err)
	r.App = r.World.AddApp(cloudapitest.AppConfig{})
	r.Account = r.World.AddAccount(cloudapitest.AccountConfig{})
	r.Number = r.Account.AddNumber(o.Number)
	if o.User.Name == "" {
		o.User = cloudapitest.UserConfig{Name: "Robin Sample", Phone: "13125550187"}
	}
	r.User = r.World.AddUser(o.User)
	_, err = r.Account.AddTemplate(`{"name":"we_answered","language":"en","category":"UTILITY","parameter_format":"NAMED","components":[
		{"type":"BODY","text":"Hello {{first_name}}, we have an answer for you.","example":{"body_text_named_params":[{"param_name":"first_name","example":"Alex"}]}},
		{"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"Tell me"}]}]}`)
	require.NoError(t, err)
	_, err = r.Account.AddTemplate(`{"name":"spring_sale","language":"en","category":"MARKETING","components":[
		{"type":"BODY","text":"Our spring sale has begun."}]}`)
	require.NoError(t, err)

	r.Client, err = cloudapi.New(cloudapi.Config{Token: r.App.Token(r.Account), HTTPClient: r.World.Client()})
	require.NoError(t, err)
	catalog, err := template.NewCatalog(template.CatalogConfig{})
	require.NoError(t, err)
	require.NoError(t, catalog.Sync(time.Now().Add(-time.Minute),
		r.Client.Account(r.Account.ID).Templates(t.Context(), cloudapi.TemplateQuery{})))
	settings := settings.Settings{
		ID: "support", Name: "Support", Number: r.Number.ID, Account: r.Account.ID, Enabled: true, Language: "en",
	}
	if o.Settings != nil {
		o.Settings(&settings)
	}
	number := r.Client.Number(r.Number.ID)
	config := channel.Config{
		Store: r.Store, Ticketing: r.Host, Now: r.World.Now, Poll: 5 * time.Second,
		Logger:   slog.New(slog.NewTextHandler(r.Logs, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Channels: []channel.Channel{{Settings: settings, Sender: number, Media: number, Templates: catalog}},
	}
	if o.Config != nil {
		o.Config(&config)
	}
	r.Hub = newHub(t, o.New, config)
	r.Webhook, err = webhook.NewHandler(webhook.Config{
		AppSecrets: []string{r.App.Secret}, VerifyToken: r.App.VerifyToken, Sink: r.Hub,
	})
	require.NoError(t, err)
	require.NoError(t, r.World.Subscribe(r.App, r.Account, r.Webhook))
	go func() { _ = r.World.Run(t.Context()) }() // it returns nil once the context is done
	r.Run()
	return r
}

// Run runs the hub until Stop is called.
func (r *Rig) Run() {
	ctx, cancel := context.WithCancel(r.T.Context())
	done := make(chan error, 1)
	go func() { done <- r.Hub.Run(ctx) }()
	r.Stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			r.T.Error(err)
		}
	})
	r.T.Cleanup(r.Stop)
	synctest.Wait()
}

// Settle lets everything under way arrive, in both directions.
func (r *Rig) Settle() { r.Pass(15 * time.Second) }

// Pass lets time go by, for the world and the hub alike. It takes no time: the bubble's
// clock jumps from one event to the next.
func (r *Rig) Pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// Conversation returns the only conversation.
func (r *Rig) Conversation() *conversation.Conversation {
	r.T.Helper()
	list, err := r.Hub.Conversations(r.T.Context(), channel.ConversationQuery{Channel: "support"})
	require.NoError(r.T, err)
	require.Len(r.T, list, 1)
	return list[0]
}

// Messages are those of a conversation.
func (r *Rig) Messages() []*conversation.Message {
	r.T.Helper()
	list, err := r.Hub.Messages(r.T.Context(), channel.MessageQuery{Conversation: r.Conversation().ID})
	require.NoError(r.T, err)
	return list
}

// Reply answers in the only conversation.
func (r *Rig) Reply(text string) (*conversation.Message, error) {
	r.T.Helper()
	return r.Hub.Reply(r.T.Context(), Alice, channel.Reply{
		Conversation: r.Conversation().ID, Content: &message.Text{Body: text},
	})
}

// Sees are the texts on the customer's phone.
func (r *Rig) Sees() []string {
	var all []string
	for _, b := range r.User.Sees(r.Number) {
		all = append(all, b.Text)
	}
	return all
}

// SlowPolls make long spans of time cheap.
func SlowPolls(c *channel.Config) { c.Poll = 30 * time.Minute }

// Test runs f in a bubble and checks at the end that the platform's rules were kept.
func Test(t *testing.T, o RigOptions, f func(t *testing.T, r *Rig)) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := Start(t, o)
		f(t, r)
		r.Stop()
		require.Empty(t, r.World.Audit(), "rules of the platform that were broken")
	})
}
