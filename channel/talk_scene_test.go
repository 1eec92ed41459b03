package channel_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/deskapi"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/kanava-go/kanava/template"
)

// clerk is a desk that does what a test says and notes what it was asked.
type clerk struct {
	onlooker
	received func(s *deskapi.Scene, m *conversation.Message) error
	due      func(s *deskapi.Scene) error
	asked    []string
}

func (c *clerk) Prepare(s *settings.Settings, templates bool) (any, error) {
	var want string
	if len(s.Desk) > 0 && json.Unmarshal(s.Desk, &want) != nil {
		return nil, errors.Join(errors.New("rules: not a word"), errors.New("access: not a word"))
	}
	return fmt.Sprint(want, " ", templates), nil
}

func (c *clerk) Placeholders(*conversation.Conversation) template.Lookup {
	return func(name string) (string, bool) { return "the clerk", name == "clerk" }
}

func (c *clerk) Received(s *deskapi.Scene, m *conversation.Message) error {
	c.asked = append(c.asked, "received "+m.Text)
	if c.received == nil {
		return nil
	}
	return c.received(s, m)
}

func (c *clerk) Answered(s *deskapi.Scene, m *deskapi.Sent) error {
	c.asked = append(c.asked, "answered "+m.Text)
	m.Answer = &conversation.Answer{At: s.Now}
	return nil
}

func (c *clerk) Failed(_ *deskapi.Scene, m *deskapi.Sent) error {
	c.asked = append(c.asked, "failed "+m.Text)
	m.Answer = &conversation.Answer{}
	return nil
}

func (c *clerk) Contacted(_ *deskapi.Scene, id string) error {
	c.asked = append(c.asked, "contacted")
	if id == "" {
		return errors.New("no ID")
	}
	return nil
}

func (c *clerk) Due(s *deskapi.Scene) error {
	c.asked = append(c.asked, "due")
	return c.due(s)
}

// at gives a lab's hub the clerk as its desk.
func (c *clerk) at(also ...func(*channel.Config)) func(*channel.Config) {
	return func(cfg *channel.Config) {
		cfg.Desk = c
		for _, f := range also {
			f(cfg)
		}
	}
}

func TestWhatADeskDecidesIsDoneAfterTheMessageAndInItsOrder(t *testing.T) {
	t.Parallel()
	c := &clerk{received: func(s *deskapi.Scene, m *conversation.Message) error {
		s.Conversation.Topic = "about " + m.Text
		s.Tell(deskapi.Told{Kind: "first", Reason: "because"})
		s.Send(deskapi.Automatic{Why: "greeting", Text: "I am {{clerk}}, {{customer.first_name}}: {{word}}.", Lookup: func(name string) (string, bool) {
			return "hello", name == "word"
		}})
		s.Send(deskapi.Automatic{Why: "nonsense", Text: "{{nobody}}"})
		s.Tell(deskapi.Told{Kind: "last"})
		return nil
	}}
	experiment(t, channeltest.LabOptions{Config: c.at()}, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "bikes")
		require.Equal(t, []string{"bikes"}, l.Host.Texts())
		require.Equal(t, []string{"I am the clerk, Kim: hello."}, l.Line.Texts())
		require.Equal(t, "about bikes", l.Conversation().Topic, "committed with the message")
		require.Equal(t, "greeting", l.Messages(l.Conversation().ID)[1].Auto)
		var told []conversation.ChangeKind
		for _, change := range l.Host.Changes {
			told = append(told, change.Kind)
		}
		require.Equal(t, []conversation.ChangeKind{
			"first", conversation.MessageQueued, conversation.AutomaticWithheld, "last", conversation.DeliveryChanged,
		}, told)
		require.Equal(t, "because", l.Host.Changes[0].Reason)
		l.Post(channeltest.Kim.Text(time.Now(), "wamid.1", "bikes")) // again
		l.Pass(5 * time.Second)
		require.Len(t, l.Line.Texts(), 1)
	})
}

func TestADeskMayBeginTheNextConversation(t *testing.T) {
	t.Parallel()
	c := &clerk{received: func(s *deskapi.Scene, m *conversation.Message) error {
		if m.Text == "something else" {
			return s.Begin()
		}
		return nil
	}}
	experiment(t, channeltest.LabOptions{Config: c.at()}, func(t *testing.T, l *lab) {
		for i, text := range []string{"hello", "are you there?", "something else", "well?"} {
			l.Say(channeltest.Kim, fmt.Sprint("wamid.", i), text)
		}
		list := l.Conversations()
		require.Len(t, list, 2)
		require.Len(t, l.Messages(list[0].ID), 2)
		require.Len(t, l.Messages(list[1].ID), 2)
		require.Equal(t, list[0].ID, l.Host.Received[3].Conversation.ID)
	})
}

func TestADeskHearsWhatBecomesOfAnswers(t *testing.T) {
	t.Parallel()
	c := &clerk{}
	experiment(t, channeltest.LabOptions{Config: c.at(channeltest.WithTemplates(t)), Settings: func(s *settings.Settings) { s.ConsentElsewhere = true }},
		func(t *testing.T, l *lab) {
			l.Say(channeltest.Kim, "wamid.1", "hello")
			conv := l.Conversation().ID
			m, err := l.Reply(conv, "hi")
			require.NoError(t, err)
			l.Pass(5 * time.Second)
			l.Post(channeltest.Kim.Status(time.Now(), channeltest.OutWAMID("hi"), m.ID, "read"), channeltest.Kim.Echo(time.Now(), "wamid.echo", "text", map[string]any{"body": "from the app"}))
			l.Pass(5 * time.Second)
			l.Line.Sends(channeltest.FailsFirst(131026, 9))
			_, err = l.Reply(conv, "no")
			require.NoError(t, err)
			l.Pass(time.Minute)
			l.Line.Sends(nil)
			_, err = l.Notify(channeltest.Stranger(1), "reminder")
			require.NoError(t, err)
			require.Equal(t, []string{"received hello", "answered hi", "answered from the app", "failed no", "contacted"}, c.asked)
		})
}

func TestADeskIsWokenAtTheTimeItNamed(t *testing.T) {
	t.Parallel()
	c := &clerk{
		received: func(s *deskapi.Scene, _ *conversation.Message) error { s.WakeAt(s.Now.Add(time.Hour)); return nil },
		due:      func(s *deskapi.Scene) error { s.Tell(deskapi.Told{Kind: "woken"}); return nil }, // and never again
	}
	experiment(t, channeltest.LabOptions{Config: c.at(channeltest.SlowPolls)}, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		require.False(t, l.Conversation().Timer.IsZero())
		l.Pass(30 * time.Minute)
		require.Empty(t, l.Host.Of("woken"))
		l.Pass(48 * time.Hour)
		require.Len(t, l.Host.Of("woken"), 1)
		require.True(t, l.Conversation().Timer.IsZero())
	})
}

// collision is a store in which somebody else is faster, a few times.
type collision struct {
	store.Store
	left int
}

func (s *collision) Commit(ctx context.Context, b *store.Batch) (store.Committed, error) {
	for _, r := range b.Put {
		if r.Kind == "conversation" && s.left > 0 {
			s.left--
			return store.Committed{}, store.ErrConflict
		}
	}
	return s.Store.Commit(ctx, b)
}

func TestAStepThatMeetsAConflictIsDecidedAnew(t *testing.T) {
	t.Parallel()
	st := &collision{Store: memstore.New()}
	experiment(t, channeltest.LabOptions{Store: st, Config: (&clerk{}).at()}, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		conv, runs := l.Conversation().ID, 0
		st.left = 3
		require.NoError(t, l.Hub.Step(t.Context(), alice, conv, func(s *deskapi.Scene) error {
			runs++
			require.Equal(t, alice, s.Author)
			s.Conversation.Tags = append(s.Conversation.Tags, "vip")
			s.Tell(deskapi.Told{Kind: conversation.TagsChanged, To: "vip"})
			_, err := s.Note("a note")
			return err
		}))
		require.Equal(t, 4, runs)
		l.Pass(5 * time.Second)
		require.Equal(t, []string{"vip"}, l.Conversation().Tags)
		require.Len(t, l.Messages(conv), 2, "one note")
		require.Len(t, l.Host.Of(conversation.TagsChanged), 1)
		require.Equal(t, alice, l.Host.Of(conversation.TagsChanged)[0].Author)
		failure := errors.New("no")
		require.ErrorIs(t, l.Hub.Step(t.Context(), alice, conv, func(s *deskapi.Scene) error {
			s.Conversation.Topic = "lost"
			return failure
		}), failure)
		require.Empty(t, l.Conversation().Topic)
		require.ErrorIs(t, l.Hub.Step(t.Context(), alice, "v_none", func(*deskapi.Scene) error { return nil }), channel.ErrNotFound)
	})
}

func TestTheDesksPartOfSettingsIsCheckedByTheDesk(t *testing.T) {
	t.Parallel()
	broken := func(s *settings.Settings) { s.Desk = json.RawMessage(`{}`) }
	config := func(change func(*settings.Settings), desk deskapi.Desk) channel.Config {
		s := settings.Settings{ID: "a", Name: "A", Number: "1"}
		change(&s)
		return channel.Config{Store: memstore.New(), Ticketing: &channeltest.Ticketing{}, Desk: desk, Channels: []channel.Channel{{Settings: s}}}
	}
	_, err := channel.New(config(broken, &clerk{}))
	require.ErrorContains(t, err, `channel: settings of "a": desk: rules: not a word`)
	require.ErrorContains(t, err, `channel: settings of "a": desk: access: not a word`)
	_, err = channel.New(config(broken, nil))
	require.ErrorContains(t, err, `desk: the hub has no desk`)

	good := func(s *settings.Settings) { s.Desk = json.RawMessage(`"word"`) }
	hub, err := channel.New(config(good, &clerk{}))
	require.NoError(t, err)
	require.Equal(t, "word false", hub.Channels()[0].Prepared())
	s := hub.Channels()[0].Settings
	s.Desk = json.RawMessage(`7`)
	var problem *settings.Error
	require.ErrorAs(t, hub.UpdateSettings(t.Context(), s), &problem)
	require.Equal(t, "desk", problem.Field)
	s.Desk = json.RawMessage(`"another"`)
	require.NoError(t, hub.UpdateSettings(t.Context(), s))
	require.Equal(t, "another false", hub.Channels()[0].Prepared())
}

func TestWithoutADeskACustomerHasOneConversationThatNeverEnds(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{Config: channeltest.SlowPolls}, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		_, err := l.Reply(l.Conversation().ID, "hi")
		require.NoError(t, err)
		l.Pass(400 * 24 * time.Hour)
		l.Say(channeltest.Kim, "wamid.2", "it is me again")
		conv := l.Conversation()
		require.Len(t, l.Messages(conv.ID), 3)
		require.Equal(t, []string{"hi"}, l.Line.Texts(), "nothing goes out by itself")
		raw, err := json.Marshal(conv)
		require.NoError(t, err)
		for _, part := range []string{"state", "tags", "topic", "timer"} {
			require.NotContains(t, string(raw), `"`+part+`"`)
		}
		require.Empty(t, l.Records("counter"))
		work, err := l.Store.Work(t.Context(), store.WorkQuery{Queue: "timer", Limit: 10})
		require.NoError(t, err)
		require.Empty(t, work)
		_, err = l.Hub.Reply(t.Context(), alice, channel.Reply{Conversation: conv.ID, Content: &message.Text{Body: "hello"}})
		require.NoError(t, err)
	})
}
