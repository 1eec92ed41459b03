package channel_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/conversation"
)

// patience is how long an item waits for the message that it is about.
const patience = time.Minute

func TestAnEditOfAMessageThatNeverComesIsHandedOver(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{}, func(t *testing.T, l *lab) {
		l.post(kim.edit(time.Now(), "wamid.2", "wamid.never", "the first edit"))
		l.post(kim.edit(time.Now().Add(time.Second), "wamid.3", "wamid.never", "the new text"))
		l.pass(10 * time.Second)
		require.Empty(t, l.host.texts(), "the message may still come")
		l.pass(patience)
		require.Equal(t, []string{"the new text"}, l.host.texts(), "once, as it is now")
		require.False(t, l.host.received[0].Message.Edited.IsZero())
		require.False(t, l.conversation().State.WaitingSince.IsZero(), "the customer waits")

		l.post(kim.text(time.Now().Add(-time.Hour), "wamid.never", "what it was"))
		l.post(kim.edit(time.Now(), "wamid.4", "wamid.never", "and yet another"))
		l.pass(patience)
		require.Len(t, l.messages(l.conversation().ID), 1, "it is the same message")
		require.Equal(t, "and yet another", l.messages(l.conversation().ID)[0].Text)
	})
}

func TestAReactionToAMessageThatNeverComesIsHandedOver(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{}, func(t *testing.T, l *lab) {
		l.say(kim, "wamid.1", "hello")
		conv := l.conversation().ID
		_, err := l.reply(conv, "hi")
		require.NoError(t, err)
		l.post(kim.reaction(time.Now(), "wamid.2", "wamid.never", "👍"))
		l.post(kim.reaction(time.Now(), "wamid.3", "wamid.other", "🎉"))
		l.post(kim.reaction(time.Now().Add(time.Second), "wamid.4", "wamid.other", "")) // taken away again
		l.pass(10 * time.Second)
		require.Len(t, l.host.texts(), 1)
		l.pass(patience)
		require.Equal(t, []string{"hello", "👍"}, l.host.texts())
		got := l.host.received[1].Message
		require.Equal(t, "reaction", got.Kind)
		require.NotEmpty(t, got.Quoted)
		require.Zero(t, l.conversation().State.WaitingSince, "a reaction asks nothing")

		l.post(kim.text(time.Now(), "wamid.never", "the message, after all"))
		l.pass(patience)
		list := l.messages(conv)
		last := list[len(list)-1]
		require.Equal(t, "the message, after all", last.Text)
		require.Len(t, last.Reactions, 1, "it has its reaction all the same")
		require.Equal(t, got.Quoted, last.ID)
	})
}

func TestAReactionOfSomebodyUnknownIsHandedOver(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{}, func(t *testing.T, l *lab) {
		l.post(kim.reaction(time.Now(), "wamid.2", "wamid.never", "👍"))
		l.pass(2 * patience)
		require.Equal(t, []string{"👍"}, l.host.texts())
	})
}

// WhatsApp's wamids end in a token, by which they wait in another place.
func TestWhatNamesAMessageByARealWAMIDIsHandedOverToo(t *testing.T) {
	t.Parallel()
	edited := func(original string) map[string]any {
		return map[string]any{"original_message_id": original, "message": map[string]any{
			"context": map[string]any{"id": "M0"}, "type": "text", "text": map[string]any{"body": "the new text"},
		}}
	}
	never, other := twins("3EB0C767D097B7F1D2A1")
	for name, tt := range map[string]struct {
		it   item
		want string
	}{
		"a reaction":                  {kim.reaction(time.Date(2000, 1, 1, 0, 0, 5, 0, time.UTC), "wamid.r", never, "👍"), "👍"},
		"an edit":                     {kim.edit(time.Date(2000, 1, 1, 0, 0, 5, 0, time.UTC), "wamid.r", never, "the new text"), "the new text"},
		"an edit in the Business app": {kim.echo(time.Date(2000, 1, 1, 0, 0, 5, 0, time.UTC), "wamid.r", "edit", edited(never)), "the new text"},
		"a reaction there":            {kim.echo(time.Date(2000, 1, 1, 0, 0, 5, 0, time.UTC), "wamid.r", "reaction", map[string]any{"message_id": never, "emoji": "🎉"}), "🎉"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			experiment(t, labOptions{}, func(t *testing.T, l *lab) {
				l.say(kim, "wamid.1", "hello")
				l.post(tt.it)
				l.pass(2 * patience)
				told := l.host.texts()[1:]
				for _, c := range l.host.of(conversation.EchoReceived) {
					told = append(told, c.Message.Text)
				}
				require.Equal(t, []string{tt.want}, told)
				l.post(kim.text(time.Now().Add(-time.Hour), other, "after all"))
				l.pass(patience)
				for _, m := range l.messages(l.conversation().ID) {
					if tt.want == "the new text" {
						require.NotEqual(t, "after all", m.Text, "it is the same message")
					}
				}
			})
		})
	}
}

func TestAnEditInTheBusinessAppOfAMessageThatNeverComesIsHandedOver(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{}, func(t *testing.T, l *lab) {
		l.say(kim, "wamid.1", "hello")
		l.post(kim.echo(time.Now(), "wamid.2", "edit", map[string]any{
			"original_message_id": "wamid.never",
			"message":             map[string]any{"context": map[string]any{"id": "M0"}, "type": "text", "text": map[string]any{"body": "the new text"}},
		}))
		l.pass(2 * patience)
		echoes := l.host.of(conversation.EchoReceived)
		require.Len(t, echoes, 1)
		require.Equal(t, "the new text", echoes[0].Message.Text)
	})
}

func TestWhatMeetsItsMessageInTimeIsNotHandedOver(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{}, func(t *testing.T, l *lab) {
		l.post(kim.edit(time.Now(), "wamid.2", "wamid.1", "the new text"))
		l.post(kim.reaction(time.Now(), "wamid.3", "wamid.1", "👍"))
		l.pass(10 * time.Second)
		l.post(kim.text(time.Now().Add(-time.Minute), "wamid.1", "the old text"))
		l.pass(2 * patience)
		require.Equal(t, []string{"the new text"}, l.host.texts(), "nothing waited behind the edit")
		require.Len(t, l.messages(l.conversation().ID), 1)
	})
}

func TestAFailureBesideADeliveryReachesTheHost(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{}, func(t *testing.T, l *lab) {
		l.say(kim, "wamid.1", "hello")
		conv := l.conversation().ID
		m, err := l.reply(conv, "hi")
		require.NoError(t, err)
		l.pass(time.Second)
		l.post(kim.status(time.Now(), outWAMID("hi"), m.ID, "delivered"))
		l.pass(time.Second)
		for range 2 { // told twice, heard once
			l.post(kim.fails(outWAMID("hi"), m.ID, 131026))
		}
		l.pass(5 * time.Second)
		var ids []string
		var failures []*conversation.Change
		for _, c := range l.host.of(conversation.DeliveryChanged) {
			require.NotContains(t, ids, c.ID)
			ids = append(ids, c.ID)
			if c.Failure != nil {
				failures = append(failures, c)
			}
		}
		require.Len(t, failures, 1)
		require.Equal(t, conversation.Delivered, failures[0].Delivery, "it arrived")
		require.Equal(t, 131026, failures[0].Failure.Code, "and failed as well")
		require.NotZero(t, l.conversation().State.LastAgentReply, "which leaves it an answer")
		log, err := l.agents.Events(t.Context(), alice, conv, 0)
		require.NoError(t, err)
		require.NotNil(t, log[len(log)-1].Failure)
	})
}

func TestNewNamesAreTold(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{}, func(t *testing.T, l *lab) {
		l.say(kim, "wamid.1", "hello")
		require.Empty(t, l.host.of(conversation.CustomerChanged), "the first name is no change")
		l.say(kim, "wamid.2", "hello")
		require.Empty(t, l.host.of(conversation.CustomerChanged))
		for n, f := range []face{
			{phone: kim.phone, bsuid: kim.bsuid, name: "Kim Married"},
			{phone: kim.phone, bsuid: kim.bsuid, name: "Kim Married", username: "kim.married"},
		} {
			l.say(f, "wamid.new "+f.name+f.username, "hello")
			changes := l.host.of(conversation.CustomerChanged)
			require.Len(t, changes, n+1)
			require.Equal(t, f.name, changes[n].Customer.Name)
			require.Equal(t, f.username, changes[n].Customer.Username)
		}
	})
}

func TestNotesTagsAndTopicsAreToldAndLogged(t *testing.T) {
	asked(t, labOptions{}, func(t *testing.T, l *lab, conv string) {
		note, err := l.agents.AddNote(t.Context(), alice, conv, "call back")
		require.NoError(t, err)
		for range 2 { // the same again is no change
			require.NoError(t, l.agents.SetTags(t.Context(), alice, conv, []string{"vip", "bike"}))
			require.NoError(t, l.agents.SetTopic(t.Context(), alice, conv, "a flat tyre"))
		}
		require.NoError(t, l.agents.SetTags(t.Context(), alice, conv, nil))
		l.pass(time.Second)
		by := conversation.Author{Kind: "agent", ID: "alice"}
		notes, tags, topics := l.host.of(conversation.NoteAdded), l.host.of(conversation.TagsChanged), l.host.of(conversation.TopicChanged)
		require.Len(t, notes, 1)
		require.Equal(t, note.ID, notes[0].Message.ID)
		require.Equal(t, by, notes[0].Author)
		require.Len(t, tags, 2)
		require.Equal(t, "bike, vip", tags[0].To)
		require.Equal(t, "bike, vip", tags[1].From)
		require.Empty(t, tags[1].To)
		require.Len(t, topics, 1)
		require.Equal(t, "a flat tyre", topics[0].To)
		log, err := l.agents.Events(t.Context(), alice, conv, 0)
		require.NoError(t, err)
		kinds := map[conversation.ChangeKind]int{}
		for _, e := range log {
			kinds[e.Kind]++
		}
		require.Equal(t, map[conversation.ChangeKind]int{conversation.NoteAdded: 1, conversation.TagsChanged: 2, conversation.TopicChanged: 1}, kinds)
	})
}
