package desk_test

import (
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
)

var (
	alice = access.Actor{Kind: access.Agent, ID: "alice"}
	admin = access.Actor{Kind: access.Agent, ID: "root", Admin: true}
)

// rig and lab are those of channeltest with a desk.
type (
	rig struct {
		*channeltest.Rig
		agents *desk.Desk
	}
	lab struct {
		*channeltest.Lab
		agents *desk.Desk
	}
)

type options struct {
	Store    store.Store
	Settings func(*settings.Settings)
	Config   func(*channel.Config)
	User     cloudapitest.UserConfig
	Number   cloudapitest.NumberConfig
	own      func(*desk.Settings) // of the desk on the channel
	desk     func(*desk.Config)
}

type labOptions struct {
	Store    store.Store
	Settings func(*settings.Settings)
	Config   func(*channel.Config)
	own      func(*desk.Settings) // of the desk on the channel
	desk     func(*desk.Config)
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

// withDesk returns what makes a hub with a desk, which it puts where d says.
func withDesk(d **desk.Desk, change func(*desk.Config)) func(channel.Config) (*channel.Hub, error) {
	return func(hub channel.Config) (*channel.Hub, error) {
		config := desk.Config{Hub: hub}
		if change != nil {
			change(&config)
		}
		var err error
		if *d, err = desk.New(config); err != nil {
			return nil, err
		}
		return (*d).Hub(), nil
	}
}

// settled gives a channel the desk's settings before what a test wants of its own.
func settled(own func(*desk.Settings), change func(*settings.Settings)) func(*settings.Settings) {
	return func(s *settings.Settings) {
		s.Desk = ownSettings(own)
		if change != nil {
			change(s)
		}
	}
}

// test runs f with a rig in a bubble, beside other tests.
func test(t *testing.T, o options, f func(t *testing.T, r *rig)) {
	var d *desk.Desk
	all := channeltest.RigOptions{
		Store: o.Store, Config: o.Config, User: o.User, Number: o.Number,
		Settings: settled(o.own, o.Settings), New: withDesk(&d, o.desk),
	}
	channeltest.Test(t, all, func(t *testing.T, r *channeltest.Rig) { f(t, &rig{r, d}) })
}

func (o labOptions) with(d **desk.Desk) channeltest.LabOptions {
	return channeltest.LabOptions{
		Store: o.Store, Config: o.Config, Settings: settled(o.own, o.Settings), New: withDesk(d, o.desk),
	}
}

// experiment runs f with a lab in a bubble.
func experiment(t *testing.T, o labOptions, f func(t *testing.T, l *lab)) {
	t.Helper()
	var d *desk.Desk
	channeltest.Experiment(t, o.with(&d), func(t *testing.T, l *channeltest.Lab) { f(t, &lab{l, d}) })
}

func newLab(t *testing.T, o labOptions) *lab {
	t.Helper()
	var d *desk.Desk
	l := channeltest.NewLab(t, o.with(&d))
	return &lab{l, d}
}

// asked is a lab in which kim asked something a minute ago.
func asked(t *testing.T, o labOptions, f func(t *testing.T, l *lab, conv string)) {
	t.Helper()
	t.Parallel()
	experiment(t, o, func(t *testing.T, l *lab) {
		l.Post(channeltest.Kim.Text(time.Now(), "wamid.1", "hello"))
		l.Pass(time.Minute)
		f(t, l, l.Conversation().ID)
	})
}

// Two faces of one person, of whom WhatsApp does not say at first that they are one.
var (
	kimsPhone = channeltest.Face{Phone: channeltest.Kim.Phone, Name: channeltest.Kim.Name}
	kimHidden = channeltest.Face{Bsuid: channeltest.Kim.Bsuid, Name: channeltest.Kim.Name}
)

// The second tenant of a lab, beside the one with channeltest.LabNumber.
const (
	tenantNumber  = "206540352242922"
	tenantAccount = "202290129340398"
)

// otherTenant adds a channel called other, of an account of its own, where agents of the team
// other may do everything.
func otherTenant(l *channeltest.Wire) func(*channel.Config) {
	return func(c *channel.Config) {
		c.Channels = append(c.Channels, channel.Channel{Settings: settings.Settings{
			ID: "other", Name: "Other", Number: tenantNumber, Account: tenantAccount, Enabled: true,
			Desk: desk.Settings{Rules: rules.Default(), Access: access.Policy{Teams: map[string]access.Role{"other": access.Supervisor}}}.JSON(),
		}, Sender: l})
	}
}

var (
	bob        = access.Actor{Kind: access.Agent, ID: "bob", Teams: []string{"other"}}
	ownerOther = access.Actor{Kind: access.Agent, ID: "olga", Teams: []string{"other"}, AdminOf: []string{"other"}}
)

// others lists the conversations of the second tenant.
func (l *lab) others() []*conversation.Conversation {
	l.T.Helper()
	list, err := l.agents.Conversations(l.T.Context(), bob, desk.ConversationQuery{Channel: "other"})
	require.NoError(l.T, err)
	return list
}

// fleetOfOptions runs f in a bubble with a way to make labs on one store, with options that are not
// their config.
func fleetOfOptions(t *testing.T, o labOptions, f func(t *testing.T, join func(config func(*channel.Config)) *lab)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		st := memstore.New()
		f(t, func(config func(*channel.Config)) *lab {
			o := o
			o.Store, o.Config = st, config
			return newLab(t, o)
		})
	})
}

// inNew returns the only conversation that waits for an agent.
func (l *lab) inNew() *conversation.Conversation {
	l.T.Helper()
	list, err := l.agents.Conversations(l.T.Context(), alice, desk.ConversationQuery{
		Channel: "support", Queues: []rules.Queue{rules.QueueNew},
	})
	require.NoError(l.T, err)
	require.Len(l.T, list, 1)
	return list[0]
}

// inNewOf returns the conversation that waits for an agent with this person.
func (l *lab) inNewOf(f channeltest.Face) *conversation.Conversation {
	l.T.Helper()
	for _, c := range l.Conversations() {
		_, customer, err := l.Hub.Conversation(l.T.Context(), c.ID)
		require.NoError(l.T, err)
		if customer.Phone == f.Phone && c.State.Queue.Open() {
			return c
		}
	}
	l.T.Fatal("no such conversation")
	return nil
}
