package channel_test

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/template"
)

// someone is what is known of a person in the end.
type someone struct {
	phone, bsuid, parent, username, group string
	texts                                 string // what they wrote, in order, one word each
}

// people sums up what the hub knows, in the order of what people wrote.
func (l *lab) people() []someone {
	var all []someone
	for _, p := range l.know().People {
		c := p.Customer
		slices.SortFunc(p.Messages, func(a, b conversation.Message) int { return a.At.Compare(b.At) })
		var texts []string
		for _, m := range p.Messages {
			texts = append(texts, m.Text)
		}
		all = append(all, someone{c.Phone, c.BSUID, c.ParentBSUID, c.Username, c.Group, strings.Join(texts, " ")})
	}
	slices.SortFunc(all, func(a, b someone) int { return strings.Compare(a.texts, b.texts) })
	return all
}

// minute is a time before the bubble began.
func minute(n int) time.Time { return dawn.Add(-10*time.Hour + time.Duration(n)*time.Minute) }

// says is a text that is its own wamid.
func (f face) says(n int, word string) item { return f.text(minute(n), "wamid."+word, word) }

func TestWhoIsWho(t *testing.T) {
	t.Parallel()
	var (
		phone    = face{phone: "13125550187"}
		both     = face{phone: "13125550187", bsuid: "US.1"}
		hidden   = face{bsuid: "US.1"}
		named    = face{bsuid: "US.1", username: "robin"}
		renamed  = face{bsuid: "US.1", username: "robin.s"}
		moved    = face{phone: "13125550199", bsuid: "US.12"}
		again    = face{phone: "13125550155", bsuid: "US.123"}
		stranger = face{phone: "13125550187", bsuid: "US.9"}
		inGroup  = []any{"group_id", "G1"}
	)
	for _, tt := range []struct {
		name  string
		items []item
		want  []someone
		// inOrder: another order cannot be told from another story.
		inOrder bool
	}{
		{
			"a phone number gets a BSUID",
			[]item{phone.says(1, "a"), both.says(2, "b")},
			[]someone{{phone: "13125550187", bsuid: "US.1", texts: "a b"}}, false,
		},
		{
			"a number that is hidden from now on",
			[]item{phone.says(1, "a"), both.says(2, "b"), hidden.says(3, "c")},
			[]someone{{phone: "13125550187", bsuid: "US.1", texts: "a b c"}}, false,
		},
		{
			"nothing links a number and a BSUID",
			[]item{phone.says(1, "a"), hidden.says(2, "b")},
			[]someone{{phone: "13125550187", texts: "a"}, {bsuid: "US.1", texts: "b"}}, false,
		},
		{
			"one message links a number and a BSUID that wrote before",
			[]item{phone.says(1, "a"), hidden.says(2, "b"), both.says(3, "c"), phone.says(4, "d")},
			[]someone{{phone: "13125550187", bsuid: "US.1", texts: "a b c d"}}, false,
		},
		{
			"a username comes, changes, and is no name of its own",
			[]item{both.says(1, "a"), named.says(2, "b"), renamed.says(3, "c")},
			[]someone{{phone: "13125550187", bsuid: "US.1", username: "robin.s", texts: "a b c"}}, false,
		},
		{
			"two people with the same username",
			[]item{named.says(1, "a"), face{bsuid: "US.2", username: "robin"}.says(2, "b")},
			[]someone{{bsuid: "US.1", username: "robin", texts: "a"}, {bsuid: "US.2", username: "robin", texts: "b"}}, false,
		},
		{
			"a parent BSUID is one person",
			[]item{face{bsuid: "US.1", parent: "US.ENT.1"}.says(1, "a"), face{bsuid: "US.2", parent: "US.ENT.1"}.says(2, "b")},
			[]someone{{bsuid: "US.2", parent: "US.ENT.1", texts: "a b"}}, false,
		},
		{
			"a new number is announced",
			[]item{both.says(1, "a"), both.moved(minute(2), "wamid.s", moved), moved.says(3, "b")},
			[]someone{{phone: "13125550199", bsuid: "US.12", texts: "a b"}}, false,
		},
		{
			"a new number is announced as in older versions, without BSUIDs",
			[]item{phone.says(1, "a"), phone.moved(minute(2), "wamid.s", face{phone: "13125550199"}), face{phone: "13125550199"}.says(3, "b")},
			[]someone{{phone: "13125550199", texts: "a b"}}, false,
		},
		{
			"a new BSUID is announced, the new number stays hidden",
			[]item{both.says(1, "a"), both.moved(minute(2), "wamid.s", face{bsuid: "US.12"}), face{bsuid: "US.12"}.says(3, "b")},
			[]someone{{bsuid: "US.12", texts: "a b"}}, false,
		},
		{
			"two new numbers, one after the other",
			[]item{
				both.says(1, "a"), both.moved(minute(2), "wamid.s", moved), moved.says(3, "b"),
				moved.moved(minute(4), "wamid.t", again), again.says(5, "c"),
			},
			[]someone{{phone: "13125550155", bsuid: "US.123", texts: "a b c"}}, false,
		},
		{
			"back to the old number",
			[]item{
				both.says(1, "a"), both.moved(minute(2), "wamid.s", moved), moved.says(3, "b"),
				moved.moved(minute(4), "wamid.t", face{phone: both.phone, bsuid: "US.13"}),
				face{phone: both.phone, bsuid: "US.13"}.says(5, "c"),
			},
			[]someone{{phone: "13125550187", bsuid: "US.13", texts: "a b c"}}, false,
		},
		{
			"the old number goes to somebody else",
			[]item{both.says(1, "a"), both.moved(minute(2), "wamid.s", moved), stranger.says(3, "x"), moved.says(4, "b")},
			[]someone{
				{phone: "13125550199", bsuid: "US.12", texts: "a b"},
				{phone: "13125550187", bsuid: "US.9", texts: "x"},
			}, false,
		},
		{
			"a number goes to somebody else and nobody said so",
			[]item{both.says(1, "a"), stranger.says(2, "x"), hidden.says(3, "b")},
			[]someone{
				{bsuid: "US.1", texts: "a b"},
				{phone: "13125550187", bsuid: "US.9", texts: "x"},
			}, false,
		},
		{
			"the old number goes to somebody of whom only the number shows",
			[]item{both.says(1, "a"), both.moved(minute(2), "wamid.s", moved), phone.says(3, "x"), moved.says(4, "b")},
			[]someone{
				{phone: "13125550199", bsuid: "US.12", texts: "a b"},
				{phone: "13125550187", texts: "x"},
			}, true,
		},
		{
			"of somebody whose old number went on, only the number had shown",
			[]item{
				phone.says(1, "a"), phone.moved(minute(2), "wamid.s", face{phone: moved.phone}), stranger.says(3, "x"),
				face{phone: moved.phone}.says(4, "b"),
			},
			[]someone{
				{phone: "13125550199", texts: "a b"},
				{phone: "13125550187", bsuid: "US.9", texts: "x"},
			}, true,
		},
		{
			"the same, but the notice comes late: what is past cannot be told apart, what follows is",
			[]item{
				phone.says(1, "a"), stranger.says(3, "x"), phone.moved(minute(2), "wamid.s", face{phone: moved.phone}),
				face{phone: moved.phone}.says(4, "b"), stranger.says(5, "y"), moved.says(6, "c"),
			},
			[]someone{
				{phone: "13125550187", bsuid: "US.9", texts: "a x y"},
				{phone: "13125550199", bsuid: "US.12", texts: "b c"},
			}, true,
		},
		{
			"two people exchange their numbers",
			[]item{
				both.says(1, "a"), moved.says(2, "x"),
				both.moved(minute(3), "wamid.s", face{phone: moved.phone, bsuid: "US.A"}),
				moved.moved(minute(4), "wamid.t", face{phone: both.phone, bsuid: "US.X"}),
				face{phone: moved.phone, bsuid: "US.A"}.says(5, "b"), face{phone: both.phone, bsuid: "US.X"}.says(6, "y"),
			},
			[]someone{
				{phone: "13125550199", bsuid: "US.A", texts: "a b"},
				{phone: "13125550187", bsuid: "US.X", texts: "x y"},
			}, false,
		},
		{
			"Brazil's ninth digit",
			[]item{face{phone: "5511955501234"}.says(1, "a"), face{phone: "551155501234"}.says(2, "b"), face{phone: "+5511955501234"}.says(3, "c")},
			[]someone{{phone: "5511955501234", texts: "a b c"}}, false,
		},
		{
			"Mexico's one",
			[]item{face{phone: "5215555501234"}.says(1, "a"), face{phone: "525555501234"}.says(2, "b")},
			[]someone{{phone: "525555501234", texts: "a b"}}, false,
		},
		{
			"Argentina's nine",
			[]item{face{phone: "5491155501234"}.says(1, "a"), face{phone: "541155501234"}.says(2, "b")},
			[]someone{{phone: "541155501234", texts: "a b"}}, false,
		},
		{
			"elsewhere a digit more is another number",
			[]item{face{phone: "4915955501234"}.says(1, "a"), face{phone: "491555501234"}.says(2, "b"), face{phone: "13125550187"}.says(3, "c"), face{phone: "1312550187"}.says(4, "d")},
			[]someone{
				{phone: "4915955501234", texts: "a"}, {phone: "491555501234", texts: "b"},
				{phone: "13125550187", texts: "c"}, {phone: "1312550187", texts: "d"},
			}, false,
		},
		{
			"a group is one customer, its members are others",
			[]item{
				both.text(minute(1), "wamid.a", "a", inGroup...), stranger.text(minute(2), "wamid.b", "b", inGroup...),
				both.says(3, "x"), both.text(minute(4), "wamid.d", "d", "group_id", "G2"),
			},
			[]someone{{group: "G1", texts: "a b"}, {group: "G2", texts: "d"}, {phone: "13125550187", bsuid: "US.1", texts: "x"}}, false,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			rng := rand.New(rand.NewPCG(7, 7))
			orders := 7
			if tt.inOrder || testing.Short() {
				orders = 1
			}
			for i := range orders {
				items := slices.Clone(tt.items)
				switch {
				case i == 1:
					slices.Reverse(items)
				case i > 1:
					rng.Shuffle(len(items), func(a, b int) { items[a], items[b] = items[b], items[a] })
				}
				experiment(t, labOptions{}, func(t *testing.T, l *lab) {
					for _, it := range items {
						l.post(it)
						if i%2 == 0 {
							l.pass(time.Second)
						}
					}
					l.pass(10 * time.Second)
					require.Empty(t, cmp.Diff(tt.want, l.people(), cmp.AllowUnexported(someone{})), "order %d", i)
				})
			}
		})
	}
}

func TestAnAnswerGoesToTheNewestIdentity(t *testing.T) {
	t.Parallel()
	old, hidden := face{phone: "13125550187", bsuid: "US.1"}, face{bsuid: "US.12"}
	moved := face{phone: "13125550199", bsuid: "US.12"}
	for name, tt := range map[string]struct {
		items []item
		want  message.Recipient
	}{
		"number and BSUID":      {[]item{old.says(1, "a")}, message.Recipient{Phone: old.phone, BSUID: old.bsuid}},
		"BSUID only":            {[]item{hidden.says(1, "a")}, message.Recipient{BSUID: hidden.bsuid}},
		"after a change":        {[]item{old.says(1, "a"), old.moved(minute(2), "wamid.s", moved), moved.says(3, "b")}, message.Recipient{Phone: moved.phone, BSUID: moved.bsuid}},
		"the change comes last": {[]item{old.says(1, "a"), moved.says(3, "b"), old.moved(minute(2), "wamid.s", moved)}, message.Recipient{Phone: moved.phone, BSUID: moved.bsuid}},
		"a change to a hidden number": {
			[]item{old.says(1, "a"), old.moved(minute(2), "wamid.s", hidden), hidden.says(3, "b")}, message.Recipient{BSUID: hidden.bsuid},
		},
		"a group": {[]item{old.text(minute(1), "wamid.a", "a", "group_id", "G1")}, message.Recipient{Group: "G1"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			experiment(t, labOptions{}, func(t *testing.T, l *lab) {
				for _, it := range tt.items {
					l.post(it)
					l.pass(time.Second)
				}
				conv := l.conversations()[0]
				_, err := l.reply(conv.ID, "hello")
				require.NoError(t, err)
				l.pass(time.Second)
				require.Len(t, l.line.sent, 1)
				to := l.line.sent[0].To
				to.Phone = strings.TrimPrefix(to.Phone, "+")
				require.Equal(t, tt.want, to)
			})
		})
	}
}

func TestTheWindowDoesNotMoveToTheNewNumber(t *testing.T) {
	t.Parallel()
	old, moved := face{phone: "13125550187", bsuid: "US.1"}, face{phone: "13125550199", bsuid: "US.12"}
	for name, keeps := range map[string]bool{"by default": false, "unless the channel says so": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := labOptions{settings: func(s *channel.Settings) { s.Window.NumberChangeKeepsWindow = keeps }}
			for _, late := range []bool{false, true} {
				experiment(t, o, func(t *testing.T, l *lab) {
					first, change := old.says(1, "a"), old.moved(minute(2), "wamid.s", moved)
					if late {
						first, change = change, first
					}
					l.post(first)
					l.pass(time.Second)
					l.post(change)
					l.pass(time.Second)
					_, err := l.reply(l.conversation().ID, "too late?")
					require.Equal(t, keeps, err == nil)
				})
			}
		})
	}
}

func TestOnePersonOnTwoChannelsIsTwoCustomers(t *testing.T) {
	t.Parallel()
	o := labOptions{config: func(c *channel.Config) {
		second := c.Channels[0]
		second.ID, second.Name, second.Number = "sales", "Sales", "999000111222333"
		c.Channels = append(c.Channels, second)
	}}
	experiment(t, o, func(t *testing.T, l *lab) {
		f := face{phone: "13125550187", bsuid: "US.1"}
		l.post(f.says(1, "a"))
		other := f.says(2, "b")
		other.number = "999000111222333"
		l.post(other)
		l.pass(time.Second)
		require.Len(t, l.records("customer"), 2)
		require.Len(t, l.conversations(), 1)
		second, err := l.agents.Conversations(t.Context(), alice, desk.ConversationQuery{Channel: "sales"})
		require.NoError(t, err)
		require.Len(t, second, 1)
		require.NotEqual(t, l.conversation().Customer, second[0].Customer)
	})
}

func TestWhatTheHostSaysOfAPersonGivesWayToWhatsApp(t *testing.T) {
	t.Parallel()
	catalog := newCatalog(t)
	o := labOptions{
		settings: func(s *channel.Settings) { s.ConsentElsewhere, s.Language = true, "en" },
		config:   func(c *channel.Config) { c.Channels[0].Templates = catalog },
	}
	notify := func(t *testing.T, l *lab, to message.Recipient, name string) *conversation.Message {
		m, err := l.agents.Notify(t.Context(), alice, channel.Notification{
			Channel: "support", To: to, Name: name, Template: &channel.Template{Name: "parcel"},
		})
		require.NoError(t, err)
		l.pass(time.Second)
		return m
	}
	f := face{phone: "13125550187", bsuid: "US.1", name: "Robin"}
	t.Run("the answer to a notification finds its conversation", func(t *testing.T) {
		t.Parallel()
		experiment(t, o, func(t *testing.T, l *lab) {
			m := notify(t, l, message.Recipient{Phone: "+" + f.phone}, "Mx Sample")
			l.post(f.says(1, "a")) // by its time before the notification: people are slow, networks too
			l.pass(time.Second)
			conv := l.conversation()
			require.Equal(t, m.Conversation, conv.ID)
			_, customer, err := l.agents.Conversation(t.Context(), alice, conv.ID)
			require.NoError(t, err)
			require.Equal(t, "Robin", customer.Name)
			require.Equal(t, f.bsuid, customer.BSUID)
		})
	})
	t.Run("a name of the host does not replace the one of the profile", func(t *testing.T) {
		t.Parallel()
		experiment(t, o, func(t *testing.T, l *lab) {
			l.post(f.says(1, "a"))
			l.pass(time.Second)
			notify(t, l, message.Recipient{Phone: f.phone}, "Mx Sample")
			_, customer, err := l.agents.Conversation(t.Context(), alice, l.conversation().ID)
			require.NoError(t, err)
			require.Equal(t, "Robin", customer.Name)
		})
	})
	t.Run("the host cannot give a number to somebody who had it once", func(t *testing.T) {
		t.Parallel()
		experiment(t, o, func(t *testing.T, l *lab) {
			l.post(f.says(1, "a"))
			l.post(face{phone: f.phone, bsuid: "US.9"}.says(5, "x"))
			l.pass(time.Second)
			notify(t, l, message.Recipient{Phone: f.phone, BSUID: f.bsuid}, "")
			l.post(face{phone: f.phone}.says(9, "y"))
			l.pass(time.Second)
			var texts []string
			for _, p := range l.people() {
				texts = append(texts, p.texts)
			}
			require.Contains(t, strings.Join(texts, ";"), "x y", "the number is the stranger's still")
		})
	})
}

func newCatalog(t *testing.T) *template.Catalog {
	t.Helper()
	var def template.Definition
	require.NoError(t, json.Unmarshal([]byte(`{"id":"1","name":"parcel","language":"en","status":"APPROVED","category":"UTILITY","components":[
		{"type":"BODY","text":"Your parcel is here."}]}`), &def))
	catalog, err := template.NewCatalog(template.CatalogConfig{})
	require.NoError(t, err)
	require.NoError(t, catalog.Sync(dawn.Add(-time.Hour), func(yield func(template.Definition, error) bool) { yield(def, nil) }))
	return catalog
}

func TestWhatWaitsInTheOutboxGoesToTheNewNumber(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{config: withTemplates(t)}, func(t *testing.T, l *lab) {
		l.say(kim, "wamid.1", "hello")
		s := l.agents.Channels(admin)[0]
		l.stop()
		_, err := l.agents.Reply(t.Context(), alice, channel.Reply{
			Conversation: l.conversation().ID, Template: &channel.Template{Name: "reminder", Language: "en"},
		})
		require.NoError(t, err)
		s.Enabled = false
		require.NoError(t, l.agents.UpdateSettings(t.Context(), admin, s))
		l.run()
		l.post(kim.moved(time.Now(), "wamid.2", face{phone: "13125550199", bsuid: "US.12"}))
		l.pass(time.Minute)
		s.Enabled = true
		require.NoError(t, l.agents.UpdateSettings(t.Context(), admin, s))
		l.pass(time.Minute)
		require.Len(t, l.line.sent, 1)
		require.Equal(t, message.Recipient{Phone: "13125550199", BSUID: "US.12"}, l.line.sent[0].To, "the old one may be somebody else's")
	})
}
