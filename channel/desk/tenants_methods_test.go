package desk_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"iter"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/campaign"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/deadletter"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/deskapi"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/webhook"
)

// withoutActor are the methods that the host's own code calls, for nobody.
var withoutActor = []string{"Hub"}

// TestNoMethodServesAnotherTenant calls every method that takes an actor with actors of another
// tenant and with everything that names what is not theirs: new methods are covered by being there.
func TestNoMethodServesAnotherTenant(t *testing.T) {
	t.Parallel()
	ann := channeltest.Face{Phone: "13125550187", Bsuid: "US.1", Name: "Canary Ann"}
	apart := func(s *desk.Settings) {
		s.Access = access.Policy{Users: map[string]access.Role{"alice": access.Supervisor}}
	}
	var line channeltest.Wire
	config := func(c *channel.Config) {
		otherTenant(&line)(c)
		c.Poll, c.Feed, c.Search = time.Hour, true, true
	}
	experiment(t, labOptions{Config: config, own: apart}, func(t *testing.T, l *lab) {
		l.Host.Fails(func(id string, _ int) error { return channel.ErrPermanent }) // for dead letters
		l.From(webhook.Scope{All: true}, channeltest.LabAccount, ann.Text(time.Now(), "wamid.1", "Canary text"))
		l.From(webhook.Scope{All: true}, tenantAccount, ann.Text(time.Now(), "wamid.2", "to other").On(tenantNumber))
		conv := l.Conversation()
		doubtful := l.Uncertain(conv.ID)
		support, err := l.Hub.Channel(t.Context(), "support")
		require.NoError(t, err)
		letter := l.Letters("host")[0]
		inbound := l.Messages(conv.ID)[0]
		before := l.snapshot()
		sent := len(l.Line.Texts())

		names := []string{"support", conv.ID, inbound.ID, doubtful, conv.Customer}
		for _, actor := range []access.Actor{bob, ownerOther, {Kind: access.Bot, ID: "alice", Teams: []string{"other"}}, {}} {
			for m := range reflect.TypeFor[*desk.Desk]().Methods() {
				if slices.Contains(withoutActor, m.Name) {
					continue
				}
				for _, name := range names {
					var out bytes.Buffer
					args := foreignArgs(t, m, actor, name, given{
						conv: conv, msg: inbound, channel: support, key: letter.Key, person: channeltest.Recipient(ann), out: &out,
					})
					args[0] = reflect.ValueOf(l.agents)
					for _, v := range m.Func.Call(args) {
						if feed, ok := v.Interface().(iter.Seq2[*conversation.News, error]); ok {
							for news := range feed { // until its context ends
								if raw, _ := json.Marshal(news); news.Kind != "" {
									out.Write(raw)
								}
							}
							continue
						}
						if deeds, ok := v.Interface().(iter.Seq2[*deskapi.Deed, error]); ok {
							for d, err := range deeds {
								require.Error(t, err)
								require.Nil(t, d)
							}
							continue
						}
						if results, ok := v.Interface().(iter.Seq[*campaign.Result]); ok {
							for result := range results {
								require.Error(t, result.Err)
								out.WriteString(result.Err.Error())
							}
							continue
						}
						raw, err := json.Marshal(v.Interface())
						require.NoError(t, err)
						out.Write(raw)
					}
					for _, secret := range []string{"Canary", ann.Phone, ann.Bsuid, "support", channeltest.LabNumber, conv.ID, inbound.ID} {
						if secret == name {
							continue // said by the actor
						}
						require.NotContains(t, out.String(), secret, "%s(%s) by %v", m.Name, name, actor)
					}
				}
			}
		}
		l.Pass(time.Minute)
		require.Empty(t, cmp.Diff(before, l.snapshot()), "nothing was changed")
		require.Len(t, l.Line.Texts(), sent, "nothing was sent")
	})
}

// given is what exists of the tenant that is attacked.
type given struct {
	conv    *conversation.Conversation
	msg     *conversation.Message
	channel channel.Channel
	key     store.WorkKey
	person  message.Recipient
	out     io.Writer
}

// foreignArgs makes arguments for a method that name what belongs to another tenant; every text
// among them is name.
func foreignArgs(t *testing.T, m reflect.Method, a access.Actor, name string, g given) []reflect.Value {
	t.Helper()
	reply := channel.Reply{Conversation: name, Content: &message.Text{Body: "hi"}, Quote: g.msg.ID}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond) // ends what follows
	t.Cleanup(cancel)
	values := []any{
		ctx, a, g.person, g.channel, g.channel.Settings, g.out, time.Now(), name,
		reply, []channel.Reply{reply, reply}, []string{name}, 10, rules.QueueResolved, conversation.Handover{}, desk.Viewing, true, []store.WorkKey{g.key},
		conversation.Consent{At: time.Now(), Where: "form", Wording: "v1"},
		message.Upload{Name: "a.png", MIME: "image/png", Body: strings.NewReader("x")},
		channel.Macro{Conversation: name, Text: "hi {{name}}"},
		channel.Notification{Channel: name, To: g.person, Template: &channel.Template{Name: "reminder"}},
		desk.ConversationQuery{Channel: name, Before: g.conv},
		campaign.Campaign{Key: "sale"}, rows(channel.Notification{Channel: name, To: g.person, Template: &channel.Template{Name: "reminder"}}),
		desk.InboxQuery{Channels: []string{name}}, channel.FeedQuery{Channels: []string{name}}, channel.SearchQuery{Text: "Canary", Channels: []string{name}},
		channel.MessageQuery{Conversation: name, Before: g.msg},
		deadletter.Query{Channel: name, Work: "host"},
		deadletter.Replay{Channel: name, Work: "host"}, deskapi.DeedQuery{Channel: name},
		desk.ReportQuery{Channel: name, From: channeltest.Dawn, To: time.Now()},
	}
	args := make([]reflect.Value, m.Type.NumIn())
	for i := 1; i < len(args); i++ {
		want := m.Type.In(i)
		at := slices.IndexFunc(values, func(v any) bool {
			got := reflect.TypeOf(v)
			return got == want || want.Kind() == reflect.Interface && got.Implements(want)
		})
		require.GreaterOrEqual(t, at, 0, "%s takes a %v: say here what an attacker would give", m.Name, want)
		args[i] = reflect.ValueOf(values[at])
	}
	if m.Type.IsVariadic() {
		last := len(args) - 1
		spread := slices.Clone(args[:last])
		for i := range args[last].Len() {
			spread = append(spread, args[last].Index(i))
		}
		return spread
	}
	return args
}

// rows are those of a campaign.
func rows(list ...channel.Notification) iter.Seq2[channel.Notification, error] {
	return func(yield func(channel.Notification, error) bool) {
		for _, n := range list {
			if !yield(n, nil) {
				return
			}
		}
	}
}

// snapshot is all that is stored, apart from signs of life.
func (l *lab) snapshot() []string {
	l.T.Helper()
	var all []string
	channeltest.Everything(l.T, l.Store, func(text string) {
		if !strings.Contains(text, `"numbers"`) && !strings.HasPrefix(text, "upkeep") && !strings.Contains(text, `"outcome":"denied"`) {
			all = append(all, text)
		}
	})
	slices.Sort(all)
	return all
}

func TestRepliesThatGoTogetherAreOfOneConversation(t *testing.T) {
	t.Parallel()
	ann := channeltest.Face{Phone: "13125550187", Bsuid: "US.1"}
	apart := func(s *desk.Settings) {
		s.Access = access.Policy{Users: map[string]access.Role{"alice": access.Supervisor}}
	}
	var line channeltest.Wire
	experiment(t, labOptions{Config: otherTenant(&line), own: apart}, func(t *testing.T, l *lab) {
		l.From(webhook.Scope{All: true}, channeltest.LabAccount, ann.Text(time.Now(), "wamid.1", "to support"))
		l.From(webhook.Scope{All: true}, tenantAccount, ann.Text(time.Now(), "wamid.2", "to other").On(tenantNumber))
		theirs, own := l.Conversation(), l.others()[0]
		text := func(conv string) channel.Reply {
			return channel.Reply{Conversation: conv, Content: &message.Text{Body: "hi"}}
		}
		for name, replies := range map[string][]channel.Reply{
			"the second in another's conversation": {text(own.ID), text(theirs.ID)},
			"the first in another's conversation":  {text(theirs.ID), text(own.ID)},
			"all in another's conversation":        {text(theirs.ID), text(theirs.ID)},
		} {
			_, err := l.agents.ReplyAll(t.Context(), bob, replies)
			require.Error(t, err, name)
		}
		quoting := text(own.ID)
		quoting.Quote = l.Messages(theirs.ID)[0].ID
		_, err := l.agents.Reply(t.Context(), bob, quoting)
		require.ErrorIs(t, err, channel.ErrNotFound)
		reacting := text(own.ID)
		for _, id := range []string{quoting.Quote, "wamid.1"} {
			reacting.Content = &message.Reaction{MessageID: id, Emoji: "👍"}
			_, err = l.agents.Reply(t.Context(), bob, reacting)
			require.ErrorIs(t, err, channel.ErrNotFound)
		}
		l.Pass(time.Minute)
		require.Empty(t, line.Texts())
		require.Empty(t, l.Line.Texts())
	})
}

func TestNoItemSpeaksForAnotherTenantsNumber(t *testing.T) {
	t.Parallel()
	ann := channeltest.Face{Phone: "13125550187", Bsuid: "US.1", Name: "Ann"}
	mal := channeltest.Face{Phone: ann.Phone, Bsuid: ann.Bsuid, Name: "Mallory", Username: "mallory"}
	ours := webhook.Scope{Accounts: []string{channeltest.LabAccount}, Numbers: []string{channeltest.LabNumber}}
	const answer = "an answer"
	items := func(m string) map[string]channeltest.Item {
		at := time.Now()
		standby := mal.Text(at, "wamid.s", "forged")
		return map[string]channeltest.Item{
			"a text":                      mal.Text(at, "wamid.t", "forged"),
			"a picture":                   mal.Message(at, "wamid.p", "image", map[string]any{"id": "77", "mime_type": "image/png"}),
			"a message of a later kind":   mal.Message(at, "wamid.h", "hologram", map[string]any{}),
			"a message in a group":        mal.Text(at, "wamid.g", "forged", "group_id", "G1"),
			"an edit":                     mal.Edit(at, "wamid.e", "wamid.2", "forged"),
			"a deletion":                  mal.Revoke(at, "wamid.d", "wamid.2"),
			"a reaction":                  mal.Reaction(at, "wamid.r", channeltest.OutWAMID(answer), "👎"),
			"a new number":                mal.Moved(at, "wamid.n", channeltest.Face{Phone: "19998887777", Bsuid: "US.666"}),
			"a stop":                      mal.Preference(at, "stop"),
			"a call":                      mal.Call(at, "wacid.1", "connect"),
			"an echo":                     mal.Echo(at, "wamid.o", "text", map[string]any{"body": "forged"}),
			"a reaction of ours":          mal.Echo(at, "wamid.or", "reaction", map[string]any{"message_id": "wamid.2", "emoji": "👎"}),
			"the history":                 mal.Past(at, "wamid.y", "forged", false),
			"our history":                 mal.Past(at, "wamid.z", "forged", true),
			"a standby message":           {Field: "standby", Value: map[string]any{"standby": standby.Value}},
			"a status by our ID":          mal.Status(at, "wamid.other", m, "read"),
			"a status by the wamid":       mal.Status(at, channeltest.OutWAMID(answer), "", "read"),
			"a failure":                   mal.Fails(channeltest.OutWAMID(answer), m, 131050),
			"a failure for lack of funds": mal.Fails(channeltest.OutWAMID(answer), m, 131042),
		}
	}
	for _, tt := range []struct {
		name, account, number string
	}{
		{"on the other's number under one's own account", channeltest.LabAccount, tenantNumber},
		{"on the other's number under its account", tenantAccount, tenantNumber},
		{"on one's own number, about the other's messages", channeltest.LabAccount, channeltest.LabNumber},
	} {
		for kind := range items("") {
			t.Run(tt.name+": "+kind, func(t *testing.T) {
				t.Parallel()
				var line channeltest.Wire
				experiment(t, labOptions{Config: otherTenant(&line)}, func(t *testing.T, l *lab) {
					l.From(webhook.Scope{All: true}, tenantAccount, ann.Text(time.Now(), "wamid.2", "hello").On(tenantNumber))
					conv := l.others()[0]
					m, err := l.agents.Reply(t.Context(), bob, channel.Reply{Conversation: conv.ID, Content: &message.Text{Body: answer}})
					require.NoError(t, err)
					l.Pass(time.Minute)
					of := func() (all []string) {
						for _, text := range l.snapshot() {
							if strings.Contains(text, conv.ID) || strings.Contains(text, conv.Customer) || strings.Contains(text, `"channel":"other"`) {
								all = append(all, text)
							}
						}
						return all
					}
					before := of()
					require.NotEmpty(t, before)
					changes := len(l.Host.Changes)
					l.From(ours, tt.account, items(m.ID)[kind].On(tt.number))
					l.Pass(2 * time.Minute)
					require.Empty(t, cmp.Diff(before, of()))
					for _, c := range l.Host.Changes[changes:] {
						require.NotEqual(t, conv.ID, c.Conversation.ID)
					}
				})
			})
		}
	}
}
