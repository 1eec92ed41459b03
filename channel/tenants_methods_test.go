package channel_test

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
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/desk"
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
	ann := face{phone: "13125550187", bsuid: "US.1", name: "Canary Ann"}
	apart := func(s *desk.Settings) {
		s.Access = access.Policy{Users: map[string]access.Role{"alice": access.Supervisor}}
	}
	var line wire
	config := func(c *channel.Config) {
		otherTenant(&line)(c)
		c.Poll, c.Feed, c.Search = time.Hour, true, true
	}
	experiment(t, labOptions{config: config, own: apart}, func(t *testing.T, l *lab) {
		l.host.fails(func(id string, _ int) error { return channel.ErrPermanent }) // for dead letters
		l.from(webhook.Scope{All: true}, labAccount, ann.text(time.Now(), "wamid.1", "Canary text"))
		l.from(webhook.Scope{All: true}, tenantAccount, ann.text(time.Now(), "wamid.2", "to other").on(tenantNumber))
		conv := l.conversation()
		doubtful := l.uncertain(conv.ID)
		support, err := l.hub.Channel(t.Context(), "support")
		require.NoError(t, err)
		letter := l.letters("host")[0]
		inbound := l.messages(conv.ID)[0]
		before := l.snapshot()
		sent := len(l.line.texts())

		names := []string{"support", conv.ID, inbound.ID, doubtful, conv.Customer}
		for _, actor := range []access.Actor{bob, ownerOther, {Kind: access.Bot, ID: "alice", Teams: []string{"other"}}, {}} {
			for m := range reflect.TypeFor[*desk.Desk]().Methods() {
				if slices.Contains(withoutActor, m.Name) {
					continue
				}
				for _, name := range names {
					var out bytes.Buffer
					args := foreignArgs(t, m, actor, name, given{
						conv: conv, msg: inbound, channel: support, key: letter.Key, person: recipient(ann), out: &out,
					})
					args[0] = reflect.ValueOf(l.agents)
					for _, v := range m.Func.Call(args) {
						if feed, ok := v.Interface().(iter.Seq2[*channel.News, error]); ok {
							for news := range feed { // until its context ends
								if raw, _ := json.Marshal(news); news.Kind != "" {
									out.Write(raw)
								}
							}
							continue
						}
						raw, err := json.Marshal(v.Interface())
						require.NoError(t, err)
						out.Write(raw)
					}
					for _, secret := range []string{"Canary", ann.phone, ann.bsuid, "support", labNumber, conv.ID, inbound.ID} {
						if secret == name {
							continue // said by the actor
						}
						require.NotContains(t, out.String(), secret, "%s(%s) by %v", m.Name, name, actor)
					}
				}
			}
		}
		l.pass(time.Minute)
		require.Empty(t, cmp.Diff(before, l.snapshot()), "nothing was changed")
		require.Len(t, l.line.texts(), sent, "nothing was sent")
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
		reply, []channel.Reply{reply, reply}, []string{name}, 10, rules.QueueResolved, true, []store.WorkKey{g.key},
		conversation.Consent{At: time.Now(), Where: "form", Wording: "v1"},
		message.Upload{Name: "a.png", MIME: "image/png", Body: strings.NewReader("x")},
		channel.Macro{Conversation: name, Text: "hi {{name}}"},
		channel.Notification{Channel: name, To: g.person, Template: &channel.Template{Name: "reminder"}},
		desk.ConversationQuery{Channel: name, Before: g.conv},
		channel.FeedQuery{Channels: []string{name}}, channel.SearchQuery{Text: "Canary", Channels: []string{name}},
		channel.MessageQuery{Conversation: name, Before: g.msg},
		channel.DeadLetterQuery{Channel: name, Queue: "host"},
		channel.ReplayQuery{Channel: name, Queue: "host"},
		desk.ReportQuery{Channel: name, From: dawn, To: time.Now()},
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

// snapshot is all that is stored, apart from signs of life.
func (l *lab) snapshot() []string {
	l.t.Helper()
	var all []string
	everything(l.t, l.store, func(text string) {
		if !strings.Contains(text, `"numbers"`) && !strings.HasPrefix(text, "upkeep") {
			all = append(all, text)
		}
	})
	slices.Sort(all)
	return all
}

func TestRepliesThatGoTogetherAreOfOneConversation(t *testing.T) {
	t.Parallel()
	ann := face{phone: "13125550187", bsuid: "US.1"}
	apart := func(s *desk.Settings) {
		s.Access = access.Policy{Users: map[string]access.Role{"alice": access.Supervisor}}
	}
	var line wire
	experiment(t, labOptions{config: otherTenant(&line), own: apart}, func(t *testing.T, l *lab) {
		l.from(webhook.Scope{All: true}, labAccount, ann.text(time.Now(), "wamid.1", "to support"))
		l.from(webhook.Scope{All: true}, tenantAccount, ann.text(time.Now(), "wamid.2", "to other").on(tenantNumber))
		theirs, own := l.conversation(), l.others()[0]
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
		quoting.Quote = l.messages(theirs.ID)[0].ID
		_, err := l.agents.Reply(t.Context(), bob, quoting)
		require.ErrorIs(t, err, channel.ErrNotFound)
		reacting := text(own.ID)
		for _, id := range []string{quoting.Quote, "wamid.1"} {
			reacting.Content = &message.Reaction{MessageID: id, Emoji: "👍"}
			_, err = l.agents.Reply(t.Context(), bob, reacting)
			require.ErrorIs(t, err, channel.ErrNotFound)
		}
		l.pass(time.Minute)
		require.Empty(t, line.texts())
		require.Empty(t, l.line.texts())
	})
}

func TestNoItemSpeaksForAnotherTenantsNumber(t *testing.T) {
	t.Parallel()
	ann := face{phone: "13125550187", bsuid: "US.1", name: "Ann"}
	mal := face{phone: ann.phone, bsuid: ann.bsuid, name: "Mallory", username: "mallory"}
	ours := webhook.Scope{Accounts: []string{labAccount}, Numbers: []string{labNumber}}
	const answer = "an answer"
	items := func(m string) map[string]item {
		at := time.Now()
		standby := mal.text(at, "wamid.s", "forged")
		return map[string]item{
			"a text":                      mal.text(at, "wamid.t", "forged"),
			"a picture":                   mal.message(at, "wamid.p", "image", map[string]any{"id": "77", "mime_type": "image/png"}),
			"a message of a later kind":   mal.message(at, "wamid.h", "hologram", map[string]any{}),
			"a message in a group":        mal.text(at, "wamid.g", "forged", "group_id", "G1"),
			"an edit":                     mal.edit(at, "wamid.e", "wamid.2", "forged"),
			"a deletion":                  mal.revoke(at, "wamid.d", "wamid.2"),
			"a reaction":                  mal.reaction(at, "wamid.r", outWAMID(answer), "👎"),
			"a new number":                mal.moved(at, "wamid.n", face{phone: "19998887777", bsuid: "US.666"}),
			"a stop":                      mal.preference(at, "stop"),
			"a call":                      mal.call(at, "wacid.1", "connect"),
			"an echo":                     mal.echo(at, "wamid.o", "text", map[string]any{"body": "forged"}),
			"a reaction of ours":          mal.echo(at, "wamid.or", "reaction", map[string]any{"message_id": "wamid.2", "emoji": "👎"}),
			"the history":                 mal.past(at, "wamid.y", "forged", false),
			"our history":                 mal.past(at, "wamid.z", "forged", true),
			"a standby message":           {field: "standby", value: map[string]any{"standby": standby.value}},
			"a status by our ID":          mal.status(at, "wamid.other", m, "read"),
			"a status by the wamid":       mal.status(at, outWAMID(answer), "", "read"),
			"a failure":                   mal.fails(outWAMID(answer), m, 131050),
			"a failure for lack of funds": mal.fails(outWAMID(answer), m, 131042),
		}
	}
	for _, tt := range []struct {
		name, account, number string
	}{
		{"on the other's number under one's own account", labAccount, tenantNumber},
		{"on the other's number under its account", tenantAccount, tenantNumber},
		{"on one's own number, about the other's messages", labAccount, labNumber},
	} {
		for kind := range items("") {
			t.Run(tt.name+": "+kind, func(t *testing.T) {
				t.Parallel()
				var line wire
				experiment(t, labOptions{config: otherTenant(&line)}, func(t *testing.T, l *lab) {
					l.from(webhook.Scope{All: true}, tenantAccount, ann.text(time.Now(), "wamid.2", "hello").on(tenantNumber))
					conv := l.others()[0]
					m, err := l.agents.Reply(t.Context(), bob, channel.Reply{Conversation: conv.ID, Content: &message.Text{Body: answer}})
					require.NoError(t, err)
					l.pass(time.Minute)
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
					changes := len(l.host.changes)
					l.from(ours, tt.account, items(m.ID)[kind].on(tt.number))
					l.pass(2 * time.Minute)
					require.Empty(t, cmp.Diff(before, of()))
					for _, c := range l.host.changes[changes:] {
						require.NotEqual(t, conv.ID, c.Conversation.ID)
					}
				})
			})
		}
	}
}
