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
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/settings"
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

func TestWhoIsWho(t *testing.T) {
	t.Parallel()
	var (
		phone    = channeltest.Face{Phone: "13125550187"}
		both     = channeltest.Face{Phone: "13125550187", Bsuid: "US.1"}
		hidden   = channeltest.Face{Bsuid: "US.1"}
		named    = channeltest.Face{Bsuid: "US.1", Username: "robin"}
		renamed  = channeltest.Face{Bsuid: "US.1", Username: "robin.s"}
		moved    = channeltest.Face{Phone: "13125550199", Bsuid: "US.12"}
		again    = channeltest.Face{Phone: "13125550155", Bsuid: "US.123"}
		stranger = channeltest.Face{Phone: "13125550187", Bsuid: "US.9"}
		inGroup  = []any{"group_id", "G1"}
	)
	for _, tt := range []struct {
		name  string
		items []channeltest.Item
		want  []someone
		// inOrder: another order cannot be told from another story.
		inOrder bool
	}{
		{
			"a phone number gets a BSUID",
			[]channeltest.Item{phone.Says(1, "a"), both.Says(2, "b")},
			[]someone{{phone: "13125550187", bsuid: "US.1", texts: "a b"}}, false,
		},
		{
			"a number that is hidden from now on",
			[]channeltest.Item{phone.Says(1, "a"), both.Says(2, "b"), hidden.Says(3, "c")},
			[]someone{{phone: "13125550187", bsuid: "US.1", texts: "a b c"}}, false,
		},
		{
			"nothing links a number and a BSUID",
			[]channeltest.Item{phone.Says(1, "a"), hidden.Says(2, "b")},
			[]someone{{phone: "13125550187", texts: "a"}, {bsuid: "US.1", texts: "b"}}, false,
		},
		{
			"one message links a number and a BSUID that wrote before",
			[]channeltest.Item{phone.Says(1, "a"), hidden.Says(2, "b"), both.Says(3, "c"), phone.Says(4, "d")},
			[]someone{{phone: "13125550187", bsuid: "US.1", texts: "a b c d"}}, false,
		},
		{
			"a username comes, changes, and is no name of its own",
			[]channeltest.Item{both.Says(1, "a"), named.Says(2, "b"), renamed.Says(3, "c")},
			[]someone{{phone: "13125550187", bsuid: "US.1", username: "robin.s", texts: "a b c"}}, false,
		},
		{
			"two people with the same username",
			[]channeltest.Item{named.Says(1, "a"), channeltest.Face{Bsuid: "US.2", Username: "robin"}.Says(2, "b")},
			[]someone{{bsuid: "US.1", username: "robin", texts: "a"}, {bsuid: "US.2", username: "robin", texts: "b"}}, false,
		},
		{
			"a parent BSUID is one person",
			[]channeltest.Item{channeltest.Face{Bsuid: "US.1", Parent: "US.ENT.1"}.Says(1, "a"), channeltest.Face{Bsuid: "US.2", Parent: "US.ENT.1"}.Says(2, "b")},
			[]someone{{bsuid: "US.2", parent: "US.ENT.1", texts: "a b"}}, false,
		},
		{
			"a new number is announced",
			[]channeltest.Item{both.Says(1, "a"), both.Moved(channeltest.Minute(2), "wamid.s", moved), moved.Says(3, "b")},
			[]someone{{phone: "13125550199", bsuid: "US.12", texts: "a b"}}, false,
		},
		{
			"a new number is announced as in older versions, without BSUIDs",
			[]channeltest.Item{phone.Says(1, "a"), phone.Moved(channeltest.Minute(2), "wamid.s", channeltest.Face{Phone: "13125550199"}), channeltest.Face{Phone: "13125550199"}.Says(3, "b")},
			[]someone{{phone: "13125550199", texts: "a b"}}, false,
		},
		{
			"a new BSUID is announced, the new number stays hidden",
			[]channeltest.Item{both.Says(1, "a"), both.Moved(channeltest.Minute(2), "wamid.s", channeltest.Face{Bsuid: "US.12"}), channeltest.Face{Bsuid: "US.12"}.Says(3, "b")},
			[]someone{{bsuid: "US.12", texts: "a b"}}, false,
		},
		{
			"two new numbers, one after the other",
			[]channeltest.Item{
				both.Says(1, "a"), both.Moved(channeltest.Minute(2), "wamid.s", moved), moved.Says(3, "b"),
				moved.Moved(channeltest.Minute(4), "wamid.t", again), again.Says(5, "c"),
			},
			[]someone{{phone: "13125550155", bsuid: "US.123", texts: "a b c"}}, false,
		},
		{
			"back to the old number",
			[]channeltest.Item{
				both.Says(1, "a"), both.Moved(channeltest.Minute(2), "wamid.s", moved), moved.Says(3, "b"),
				moved.Moved(channeltest.Minute(4), "wamid.t", channeltest.Face{Phone: both.Phone, Bsuid: "US.13"}),
				channeltest.Face{Phone: both.Phone, Bsuid: "US.13"}.Says(5, "c"),
			},
			[]someone{{phone: "13125550187", bsuid: "US.13", texts: "a b c"}}, false,
		},
		{
			"the old number goes to somebody else",
			[]channeltest.Item{both.Says(1, "a"), both.Moved(channeltest.Minute(2), "wamid.s", moved), stranger.Says(3, "x"), moved.Says(4, "b")},
			[]someone{
				{phone: "13125550199", bsuid: "US.12", texts: "a b"},
				{phone: "13125550187", bsuid: "US.9", texts: "x"},
			}, false,
		},
		{
			"a number goes to somebody else and nobody said so",
			[]channeltest.Item{both.Says(1, "a"), stranger.Says(2, "x"), hidden.Says(3, "b")},
			[]someone{
				{bsuid: "US.1", texts: "a b"},
				{phone: "13125550187", bsuid: "US.9", texts: "x"},
			}, false,
		},
		{
			"the old number goes to somebody of whom only the number shows",
			[]channeltest.Item{both.Says(1, "a"), both.Moved(channeltest.Minute(2), "wamid.s", moved), phone.Says(3, "x"), moved.Says(4, "b")},
			[]someone{
				{phone: "13125550199", bsuid: "US.12", texts: "a b"},
				{phone: "13125550187", texts: "x"},
			}, true,
		},
		{
			"of somebody whose old number went on, only the number had shown",
			[]channeltest.Item{
				phone.Says(1, "a"), phone.Moved(channeltest.Minute(2), "wamid.s", channeltest.Face{Phone: moved.Phone}), stranger.Says(3, "x"),
				channeltest.Face{Phone: moved.Phone}.Says(4, "b"),
			},
			[]someone{
				{phone: "13125550199", texts: "a b"},
				{phone: "13125550187", bsuid: "US.9", texts: "x"},
			}, true,
		},
		{
			"the same, but the notice comes late: what is past cannot be told apart, what follows is",
			[]channeltest.Item{
				phone.Says(1, "a"), stranger.Says(3, "x"), phone.Moved(channeltest.Minute(2), "wamid.s", channeltest.Face{Phone: moved.Phone}),
				channeltest.Face{Phone: moved.Phone}.Says(4, "b"), stranger.Says(5, "y"), moved.Says(6, "c"),
			},
			[]someone{
				{phone: "13125550187", bsuid: "US.9", texts: "a x y"},
				{phone: "13125550199", bsuid: "US.12", texts: "b c"},
			}, true,
		},
		{
			"two people exchange their numbers",
			[]channeltest.Item{
				both.Says(1, "a"), moved.Says(2, "x"),
				both.Moved(channeltest.Minute(3), "wamid.s", channeltest.Face{Phone: moved.Phone, Bsuid: "US.A"}),
				moved.Moved(channeltest.Minute(4), "wamid.t", channeltest.Face{Phone: both.Phone, Bsuid: "US.X"}),
				channeltest.Face{Phone: moved.Phone, Bsuid: "US.A"}.Says(5, "b"), channeltest.Face{Phone: both.Phone, Bsuid: "US.X"}.Says(6, "y"),
			},
			[]someone{
				{phone: "13125550199", bsuid: "US.A", texts: "a b"},
				{phone: "13125550187", bsuid: "US.X", texts: "x y"},
			}, false,
		},
		{
			"Brazil's ninth digit",
			[]channeltest.Item{channeltest.Face{Phone: "5511955501234"}.Says(1, "a"), channeltest.Face{Phone: "551155501234"}.Says(2, "b"), channeltest.Face{Phone: "+5511955501234"}.Says(3, "c")},
			[]someone{{phone: "5511955501234", texts: "a b c"}}, false,
		},
		{
			"Mexico's one",
			[]channeltest.Item{channeltest.Face{Phone: "5215555501234"}.Says(1, "a"), channeltest.Face{Phone: "525555501234"}.Says(2, "b")},
			[]someone{{phone: "525555501234", texts: "a b"}}, false,
		},
		{
			"Argentina's nine",
			[]channeltest.Item{channeltest.Face{Phone: "5491155501234"}.Says(1, "a"), channeltest.Face{Phone: "541155501234"}.Says(2, "b")},
			[]someone{{phone: "541155501234", texts: "a b"}}, false,
		},
		{
			"elsewhere a digit more is another number",
			[]channeltest.Item{channeltest.Face{Phone: "4915955501234"}.Says(1, "a"), channeltest.Face{Phone: "491555501234"}.Says(2, "b"), channeltest.Face{Phone: "13125550187"}.Says(3, "c"), channeltest.Face{Phone: "1312550187"}.Says(4, "d")},
			[]someone{
				{phone: "4915955501234", texts: "a"}, {phone: "491555501234", texts: "b"},
				{phone: "13125550187", texts: "c"}, {phone: "1312550187", texts: "d"},
			}, false,
		},
		{
			"a group is one customer, its members are others",
			[]channeltest.Item{
				both.Text(channeltest.Minute(1), "wamid.a", "a", inGroup...), stranger.Text(channeltest.Minute(2), "wamid.b", "b", inGroup...),
				both.Says(3, "x"), both.Text(channeltest.Minute(4), "wamid.d", "d", "group_id", "G2"),
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
				experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
					for _, it := range items {
						l.Post(it)
						if i%2 == 0 {
							l.Pass(time.Second)
						}
					}
					l.Pass(10 * time.Second)
					require.Empty(t, cmp.Diff(tt.want, l.people(), cmp.AllowUnexported(someone{})), "order %d", i)
				})
			}
		})
	}
}

func TestAnAnswerGoesToTheNewestIdentity(t *testing.T) {
	t.Parallel()
	old, hidden := channeltest.Face{Phone: "13125550187", Bsuid: "US.1"}, channeltest.Face{Bsuid: "US.12"}
	moved := channeltest.Face{Phone: "13125550199", Bsuid: "US.12"}
	for name, tt := range map[string]struct {
		items []channeltest.Item
		want  message.Recipient
	}{
		"number and BSUID":      {[]channeltest.Item{old.Says(1, "a")}, message.Recipient{Phone: old.Phone, BSUID: old.Bsuid}},
		"BSUID only":            {[]channeltest.Item{hidden.Says(1, "a")}, message.Recipient{BSUID: hidden.Bsuid}},
		"after a change":        {[]channeltest.Item{old.Says(1, "a"), old.Moved(channeltest.Minute(2), "wamid.s", moved), moved.Says(3, "b")}, message.Recipient{Phone: moved.Phone, BSUID: moved.Bsuid}},
		"the change comes last": {[]channeltest.Item{old.Says(1, "a"), moved.Says(3, "b"), old.Moved(channeltest.Minute(2), "wamid.s", moved)}, message.Recipient{Phone: moved.Phone, BSUID: moved.Bsuid}},
		"a change to a hidden number": {
			[]channeltest.Item{old.Says(1, "a"), old.Moved(channeltest.Minute(2), "wamid.s", hidden), hidden.Says(3, "b")}, message.Recipient{BSUID: hidden.Bsuid},
		},
		"a group": {[]channeltest.Item{old.Text(channeltest.Minute(1), "wamid.a", "a", "group_id", "G1")}, message.Recipient{Group: "G1"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
				for _, it := range tt.items {
					l.Post(it)
					l.Pass(time.Second)
				}
				conv := l.Conversations()[0]
				_, err := l.Reply(conv.ID, "hello")
				require.NoError(t, err)
				l.Pass(time.Second)
				require.Len(t, l.Line.Sent, 1)
				to := l.Line.Sent[0].To
				to.Phone = strings.TrimPrefix(to.Phone, "+")
				require.Equal(t, tt.want, to)
			})
		})
	}
}

func TestTheWindowDoesNotMoveToTheNewNumber(t *testing.T) {
	t.Parallel()
	old, moved := channeltest.Face{Phone: "13125550187", Bsuid: "US.1"}, channeltest.Face{Phone: "13125550199", Bsuid: "US.12"}
	for name, keeps := range map[string]bool{"by default": false, "unless the channel says so": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := channeltest.LabOptions{Settings: func(s *settings.Settings) { s.Window.NumberChangeKeepsWindow = keeps }}
			for _, late := range []bool{false, true} {
				experiment(t, o, func(t *testing.T, l *lab) {
					first, change := old.Says(1, "a"), old.Moved(channeltest.Minute(2), "wamid.s", moved)
					if late {
						first, change = change, first
					}
					l.Post(first)
					l.Pass(time.Second)
					l.Post(change)
					l.Pass(time.Second)
					_, err := l.Reply(l.Conversation().ID, "too late?")
					require.Equal(t, keeps, err == nil)
				})
			}
		})
	}
}

func TestOnePersonOnTwoChannelsIsTwoCustomers(t *testing.T) {
	t.Parallel()
	o := channeltest.LabOptions{Config: func(c *channel.Config) {
		second := c.Channels[0]
		second.ID, second.Name, second.Number = "sales", "Sales", "999000111222333"
		c.Channels = append(c.Channels, second)
	}}
	experiment(t, o, func(t *testing.T, l *lab) {
		f := channeltest.Face{Phone: "13125550187", Bsuid: "US.1"}
		l.Post(f.Says(1, "a"))
		other := f.Says(2, "b")
		other.Number = "999000111222333"
		l.Post(other)
		l.Pass(time.Second)
		require.Len(t, l.Records("customer"), 2)
		require.Len(t, l.Conversations(), 1)
		second, err := l.Hub.Conversations(t.Context(), channel.ConversationQuery{Channel: "sales"})
		require.NoError(t, err)
		require.Len(t, second, 1)
		require.NotEqual(t, l.Conversation().Customer, second[0].Customer)
	})
}

func TestWhatTheHostSaysOfAPersonGivesWayToWhatsApp(t *testing.T) {
	t.Parallel()
	catalog := newCatalog(t)
	o := channeltest.LabOptions{
		Settings: func(s *settings.Settings) { s.ConsentElsewhere, s.Language = true, "en" },
		Config:   func(c *channel.Config) { c.Channels[0].Templates = catalog },
	}
	notify := func(t *testing.T, l *lab, to message.Recipient, name string) *conversation.Message {
		m, err := l.Hub.Notify(t.Context(), alice, channel.Notification{
			Channel: "support", To: to, Name: name, Template: &channel.Template{Name: "parcel"},
		})
		require.NoError(t, err)
		l.Pass(time.Second)
		return m
	}
	f := channeltest.Face{Phone: "13125550187", Bsuid: "US.1", Name: "Robin"}
	t.Run("the answer to a notification finds its conversation", func(t *testing.T) {
		t.Parallel()
		experiment(t, o, func(t *testing.T, l *lab) {
			m := notify(t, l, message.Recipient{Phone: "+" + f.Phone}, "Mx Sample")
			l.Post(f.Says(1, "a")) // by its time before the notification: people are slow, networks too
			l.Pass(time.Second)
			conv := l.Conversation()
			require.Equal(t, m.Conversation, conv.ID)
			_, customer, err := l.Hub.Conversation(t.Context(), conv.ID)
			require.NoError(t, err)
			require.Equal(t, "Robin", customer.Name)
			require.Equal(t, f.Bsuid, customer.BSUID)
		})
	})
	t.Run("a name of the host does not replace the one of the profile", func(t *testing.T) {
		t.Parallel()
		experiment(t, o, func(t *testing.T, l *lab) {
			l.Post(f.Says(1, "a"))
			l.Pass(time.Second)
			notify(t, l, message.Recipient{Phone: f.Phone}, "Mx Sample")
			_, customer, err := l.Hub.Conversation(t.Context(), l.Conversation().ID)
			require.NoError(t, err)
			require.Equal(t, "Robin", customer.Name)
		})
	})
	t.Run("the host cannot give a number to somebody who had it once", func(t *testing.T) {
		t.Parallel()
		experiment(t, o, func(t *testing.T, l *lab) {
			l.Post(f.Says(1, "a"))
			l.Post(channeltest.Face{Phone: f.Phone, Bsuid: "US.9"}.Says(5, "x"))
			l.Pass(10 * time.Second) // a new BSUID on a known number waits a moment
			notify(t, l, message.Recipient{Phone: f.Phone, BSUID: f.Bsuid}, "")
			l.Post(channeltest.Face{Phone: f.Phone}.Says(9, "y"))
			l.Pass(time.Second)
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
	require.NoError(t, catalog.Sync(channeltest.Dawn.Add(-time.Hour), func(yield func(template.Definition, error) bool) { yield(def, nil) }))
	return catalog
}

func TestWhatWaitsInTheOutboxGoesToTheNewNumber(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{Config: channeltest.WithTemplates(t)}, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		s := l.Hub.Channels()[0].Settings
		l.Stop()
		_, err := l.Hub.Reply(t.Context(), alice, channel.Reply{
			Conversation: l.Conversation().ID, Template: &channel.Template{Name: "reminder", Language: "en"},
		})
		require.NoError(t, err)
		s.Enabled = false
		require.NoError(t, l.Hub.UpdateSettings(t.Context(), s))
		l.Run()
		l.Post(channeltest.Kim.Moved(time.Now(), "wamid.2", channeltest.Face{Phone: "13125550199", Bsuid: "US.12"}))
		l.Pass(time.Minute)
		s.Enabled = true
		require.NoError(t, l.Hub.UpdateSettings(t.Context(), s))
		l.Pass(time.Minute)
		require.Len(t, l.Line.Sent, 1)
		require.Equal(t, message.Recipient{Phone: "13125550199", BSUID: "US.12"}, l.Line.Sent[0].To, "the old one may be somebody else's")
	})
}
