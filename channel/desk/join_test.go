package desk_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/stretchr/testify/require"
)

func TestTwoConversationsOfOnePersonBecomeOne(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{}, func(t *testing.T, l *lab) {
		l.Say(kimsPhone, "wamid.1", "where is my bike?")
		first := l.Conversation().ID
		require.NoError(t, l.agents.Assign(t.Context(), alice, first, "bob"))
		l.Pass(time.Minute)
		l.Say(kimHidden, "wamid.2", "hello?")
		require.Len(t, l.Conversations(), 2)
		l.Pass(time.Minute)
		l.Say(channeltest.Kim, "wamid.3", "it is me again")

		var open, done []*conversation.Conversation
		for _, c := range l.Conversations() {
			if c.State.Queue.Open() {
				open = append(open, c)
			} else {
				done = append(done, c)
			}
		}
		require.Len(t, open, 1)
		require.Len(t, done, 1)
		require.Equal(t, "bob", open[0].State.Assignee, "whoever had one of them has it now")
		require.Equal(t, rules.QueueNew, open[0].State.Queue)
		require.Equal(t, channeltest.Dawn, open[0].State.WaitingSince.UTC(), "the customer waits since the first message")
		merged := l.Host.Of(conversation.ConversationMerged)
		require.Len(t, merged, 1)
		require.Equal(t, done[0].ID, merged[0].Conversation.ID)
		require.Equal(t, open[0].ID, merged[0].To)
		require.Equal(t, open[0].Ticket, merged[0].Ticket, "the ticket that goes on")
		require.NotEmpty(t, merged[0].Absorbed)
		require.NotEqual(t, merged[0].Customer.ID, merged[0].Absorbed)
		require.Contains(t, merged[0].Customer.Merged, merged[0].Absorbed)
		require.Equal(t, open[0].ID, done[0].MergedInto)
		_, one, err := l.agents.Conversation(t.Context(), alice, open[0].ID)
		require.NoError(t, err)
		_, other, err := l.agents.Conversation(t.Context(), alice, done[0].ID)
		require.NoError(t, err)
		require.Equal(t, one.ID, other.ID, "both lead to the one customer")
		require.Equal(t, open[0].ID, one.Conversation)

		l.Say(kimHidden, "wamid.4", "and again")
		require.Len(t, l.Conversations(), 2, "everything goes to the one that goes on")
		require.Equal(t, []string{"where is my bike?", "hello?", "it is me again", "and again"}, l.Host.Texts())
	})
}

func TestOfTwoConversationsTheOpenOneGoesOn(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{}, func(t *testing.T, l *lab) {
		l.Say(kimsPhone, "wamid.1", "where is my bike?")
		open := l.Conversation().ID
		l.Pass(time.Minute)
		l.Say(kimHidden, "wamid.2", "hello?")
		for _, c := range l.Conversations() {
			if c.ID != open {
				require.NoError(t, l.agents.Resolve(t.Context(), access.Actor{Kind: access.Agent, ID: "bob"}, c.ID, "done"))
			}
		}
		l.Say(channeltest.Kim, "wamid.3", "it is me again")
		require.Equal(t, open, l.inNew().ID, "although the other one was touched later")
		merged := l.Host.Of(conversation.ConversationMerged)
		require.Len(t, merged, 1, "the host hears of it although that one was resolved before")
		require.Equal(t, open, merged[0].To)
		gone := merged[0].Conversation
		require.Equal(t, open, gone.MergedInto)
		require.Equal(t, rules.QueueResolved, gone.State.Queue)
	})
}

func TestAnAnswerToAMergedConversationGoesOnWithIt(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{}, func(t *testing.T, l *lab) {
		l.Say(kimsPhone, "wamid.1", "where is my bike?")
		first := l.Conversation().ID
		l.Pass(time.Minute)
		l.Say(kimHidden, "wamid.2", "hello?")
		early, err := l.Reply(first, "sent before the merge")
		require.NoError(t, err)
		l.Say(channeltest.Kim, "wamid.3", "it is me again")
		var gone, on *conversation.Conversation
		for _, c := range l.Conversations() {
			if c.MergedInto != "" {
				gone = c
			} else {
				on = c
			}
		}
		require.NotNil(t, gone)
		require.Equal(t, on.ID, gone.MergedInto)

		m, err := l.agents.Reply(t.Context(), alice, channel.Reply{
			Conversation: gone.ID, Key: "k", Content: &message.Text{Body: "here I am"},
			Quote: l.Messages(gone.ID)[0].ID,
		})
		require.NoError(t, err)
		require.Equal(t, on.ID, m.Conversation)
		again, err := l.agents.Reply(t.Context(), alice, channel.Reply{
			Conversation: gone.ID, Key: "k", Content: &message.Text{Body: "here I am"}, Quote: m.Quoted,
		})
		require.NoError(t, err)
		require.Equal(t, m.ID, again.ID, "the same key")
		repeated, err := l.Reply(first, "sent before the merge")
		require.NoError(t, err)
		require.Equal(t, early.ID, repeated.ID, "the same key, before and after the merge")
		l.Pass(5 * time.Second)
		require.Equal(t, []string{"sent before the merge", "here I am"}, l.Line.Texts())

		for name, act := range map[string]func() error{
			"reopen":  func() error { return l.agents.Reopen(t.Context(), alice, gone.ID) },
			"assign":  func() error { return l.agents.Assign(t.Context(), alice, gone.ID, "bob") },
			"resolve": func() error { return l.agents.Resolve(t.Context(), alice, gone.ID, "") },
			"note":    func() error { _, err := l.agents.AddNote(t.Context(), alice, gone.ID, "x"); return err },
			"tags":    func() error { return l.agents.SetTags(t.Context(), alice, gone.ID, []string{"x"}) },
		} {
			merged, ok := errors.AsType[*channel.MergedError](act())
			require.True(t, ok, name)
			require.ErrorIs(t, merged, channel.ErrMerged)
			require.Equal(t, on.ID, merged.Into, name)
		}
	})
}

func TestWhatAgentsFiledOfTwoConversationsIsFiledOfTheOne(t *testing.T) {
	t.Parallel()
	file := func(t *testing.T, l *lab, id, team, topic string, tags ...string) {
		if team != "" {
			require.NoError(t, l.agents.AssignTeam(t.Context(), alice, id, team))
		}
		require.NoError(t, l.agents.SetTopic(t.Context(), alice, id, topic))
		require.NoError(t, l.agents.SetTags(t.Context(), alice, id, tags))
	}
	for name, tt := range map[string]struct {
		options labOptions
		file    func(t *testing.T, l *lab, gone, on string)
		team    string
		topic   string
		tags    []string
		told    int // changes of team, topic and tags that the merger makes
	}{
		"what the one that ends had alone": {file: func(t *testing.T, l *lab, gone, _ string) {
			file(t, l, gone, "billing", "a refund", "vip", "late")
		}, team: "billing", topic: "a refund", tags: []string{"late", "vip"}, told: 3},
		"what both had": {file: func(t *testing.T, l *lab, gone, on string) {
			file(t, l, gone, "billing", "a refund", "vip", "late")
			file(t, l, on, "workshop", "a bicycle", "late", "new")
		}, team: "workshop", topic: "a bicycle", tags: []string{"late", "new", "vip"}, told: 1},
		"what only the one that goes on had": {file: func(t *testing.T, l *lab, _, on string) {
			file(t, l, on, "workshop", "a bicycle", "new")
		}, team: "workshop", topic: "a bicycle", tags: []string{"new"}},
		"no more tags than one conversation may have": {file: func(t *testing.T, l *lab, gone, on string) {
			var many []string
			for n := range 50 {
				many = append(many, fmt.Sprintf("tag %02d", n))
			}
			file(t, l, gone, "", "", "a", "b")
			file(t, l, on, "", "", many[1:]...)
		}, tags: func() (tags []string) {
			for n := range 49 {
				tags = append(tags, fmt.Sprintf("tag %02d", n+1))
			}
			return append([]string{"a"}, tags...)
		}(), told: 1},
		"nothing of one that was resolved": {file: func(t *testing.T, l *lab, gone, _ string) {
			file(t, l, gone, "billing", "a refund", "vip")
			require.NoError(t, l.agents.Resolve(t.Context(), alice, gone, "done"))
		}},
		"its team, before that of what bots hand over": {options: withBot(nil), file: func(t *testing.T, l *lab, gone, _ string) {
			require.NoError(t, l.agents.HandOver(t.Context(), robot, gone, conversation.Handover{Cause: conversation.CauseAskedFor}))
			file(t, l, gone, "billing", "", "vip")
		}, team: "billing", tags: []string{"vip"}, told: 2},
	} {
		t.Run(name, func(t *testing.T) {
			experiment(t, tt.options, func(t *testing.T, l *lab) {
				l.Say(kimsPhone, "wamid.1", "where is my bike?")
				gone := l.Conversation().ID
				l.Pass(time.Minute)
				l.Say(kimHidden, "wamid.2", "hello?")
				var on string
				for _, c := range l.Conversations() {
					if c.ID != gone {
						on = c.ID
					}
				}
				tt.file(t, l, gone, on)
				l.Pass(time.Minute)
				filed := func() int {
					return len(l.Host.Of(conversation.TeamAssigned)) + len(l.Host.Of(conversation.TopicChanged)) + len(l.Host.Of(conversation.TagsChanged))
				}
				before := filed()
				l.Say(channeltest.Kim, "wamid.3", "it is me again")
				l.Pass(time.Minute)
				merged := l.Host.Of(conversation.ConversationMerged)
				require.Len(t, merged, 1)
				require.Equal(t, []string{gone, on}, []string{merged[0].Conversation.ID, merged[0].To})
				c, _, err := l.agents.Conversation(t.Context(), alice, on)
				require.NoError(t, err)
				require.Equal(t, tt.team, c.Team)
				require.Equal(t, tt.topic, c.Topic)
				require.Equal(t, tt.tags, c.Tags)
				require.Equal(t, before+tt.told, filed(), "the host is told")
			})
		})
	}
}
