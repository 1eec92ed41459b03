package channel_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
)

// patience is how long an item waits for the message that it is about.
const patience = time.Minute

func TestAnEditOfAMessageThatNeverComesIsHandedOver(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		l.Post(channeltest.Kim.Edit(time.Now(), "wamid.2", "wamid.never", "the first edit"))
		l.Post(channeltest.Kim.Edit(time.Now().Add(time.Second), "wamid.3", "wamid.never", "the new text"))
		l.Pass(10 * time.Second)
		require.Empty(t, l.Host.Texts(), "the message may still come")
		l.Pass(patience)
		require.Equal(t, []string{"the new text"}, l.Host.Texts(), "once, as it is now")
		require.False(t, l.Host.Received[0].Message.Edited.IsZero())

		l.Post(channeltest.Kim.Text(time.Now().Add(-time.Hour), "wamid.never", "what it was"))
		l.Post(channeltest.Kim.Edit(time.Now(), "wamid.4", "wamid.never", "and yet another"))
		l.Pass(patience)
		require.Len(t, l.Messages(l.Conversation().ID), 1, "it is the same message")
		require.Equal(t, "and yet another", l.Messages(l.Conversation().ID)[0].Text)
	})
}

func TestAReactionToAMessageThatNeverComesIsHandedOver(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		conv := l.Conversation().ID
		_, err := l.Reply(conv, "hi")
		require.NoError(t, err)
		l.Post(channeltest.Kim.Reaction(time.Now(), "wamid.2", "wamid.never", "👍"))
		l.Post(channeltest.Kim.Reaction(time.Now(), "wamid.3", "wamid.other", "🎉"))
		l.Post(channeltest.Kim.Reaction(time.Now().Add(time.Second), "wamid.4", "wamid.other", "")) // taken away again
		l.Pass(10 * time.Second)
		require.Len(t, l.Host.Texts(), 1)
		l.Pass(patience)
		require.Equal(t, []string{"hello", "👍"}, l.Host.Texts())
		got := l.Host.Received[1].Message
		require.Equal(t, "reaction", got.Kind)
		require.NotEmpty(t, got.Quoted)
		require.Zero(t, l.Conversation().State.WaitingSince, "a reaction asks nothing")

		l.Post(channeltest.Kim.Text(time.Now(), "wamid.never", "the message, after all"))
		l.Pass(patience)
		list := l.Messages(conv)
		last := list[len(list)-1]
		require.Equal(t, "the message, after all", last.Text)
		require.Len(t, last.Reactions, 1, "it has its reaction all the same")
		require.Equal(t, got.Quoted, last.ID)
	})
}

func TestAReactionOfSomebodyUnknownIsHandedOver(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		l.Post(channeltest.Kim.Reaction(time.Now(), "wamid.2", "wamid.never", "👍"))
		l.Pass(2 * patience)
		require.Equal(t, []string{"👍"}, l.Host.Texts())
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
		it   channeltest.Item
		want string
	}{
		"a reaction":                  {channeltest.Kim.Reaction(time.Date(2000, 1, 1, 0, 0, 5, 0, time.UTC), "wamid.r", never, "👍"), "👍"},
		"an edit":                     {channeltest.Kim.Edit(time.Date(2000, 1, 1, 0, 0, 5, 0, time.UTC), "wamid.r", never, "the new text"), "the new text"},
		"an edit in the Business app": {channeltest.Kim.Echo(time.Date(2000, 1, 1, 0, 0, 5, 0, time.UTC), "wamid.r", "edit", edited(never)), "the new text"},
		"a reaction there":            {channeltest.Kim.Echo(time.Date(2000, 1, 1, 0, 0, 5, 0, time.UTC), "wamid.r", "reaction", map[string]any{"message_id": never, "emoji": "🎉"}), "🎉"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
				l.Say(channeltest.Kim, "wamid.1", "hello")
				l.Post(tt.it)
				l.Pass(2 * patience)
				told := l.Host.Texts()[1:]
				for _, c := range l.Host.Of(conversation.EchoReceived) {
					told = append(told, c.Message.Text)
				}
				require.Equal(t, []string{tt.want}, told)
				l.Post(channeltest.Kim.Text(time.Now().Add(-time.Hour), other, "after all"))
				l.Pass(patience)
				for _, m := range l.Messages(l.Conversation().ID) {
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
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		l.Post(channeltest.Kim.Echo(time.Now(), "wamid.2", "edit", map[string]any{
			"original_message_id": "wamid.never",
			"message":             map[string]any{"context": map[string]any{"id": "M0"}, "type": "text", "text": map[string]any{"body": "the new text"}},
		}))
		l.Pass(2 * patience)
		echoes := l.Host.Of(conversation.EchoReceived)
		require.Len(t, echoes, 1)
		require.Equal(t, "the new text", echoes[0].Message.Text)
	})
}

func TestWhatMeetsItsMessageInTimeIsNotHandedOver(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		l.Post(channeltest.Kim.Edit(time.Now(), "wamid.2", "wamid.1", "the new text"))
		l.Post(channeltest.Kim.Reaction(time.Now(), "wamid.3", "wamid.1", "👍"))
		l.Pass(10 * time.Second)
		l.Post(channeltest.Kim.Text(time.Now().Add(-time.Minute), "wamid.1", "the old text"))
		l.Pass(2 * patience)
		require.Equal(t, []string{"the new text"}, l.Host.Texts(), "nothing waited behind the edit")
		require.Len(t, l.Messages(l.Conversation().ID), 1)
	})
}

func TestAFailureBesideADeliveryReachesTheHost(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		conv := l.Conversation().ID
		m, err := l.Reply(conv, "hi")
		require.NoError(t, err)
		l.Pass(time.Second)
		l.Post(channeltest.Kim.Status(time.Now(), channeltest.OutWAMID("hi"), m.ID, "delivered"))
		l.Pass(time.Second)
		for range 2 { // told twice, heard once
			l.Post(channeltest.Kim.Fails(channeltest.OutWAMID("hi"), m.ID, 131026))
		}
		l.Pass(5 * time.Second)
		var ids []string
		var failures []*conversation.Change
		for _, c := range l.Host.Of(conversation.DeliveryChanged) {
			require.NotContains(t, ids, c.ID)
			ids = append(ids, c.ID)
			if c.Failure != nil {
				failures = append(failures, c)
			}
		}
		require.Len(t, failures, 1)
		require.Equal(t, conversation.Delivered, failures[0].Delivery, "it arrived")
		require.Equal(t, 131026, failures[0].Failure.Code, "and failed as well")
		log, err := l.Hub.Events(t.Context(), conv, 0)
		require.NoError(t, err)
		require.NotNil(t, log[len(log)-1].Failure)
	})
}

func TestNewNamesAreTold(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		require.Empty(t, l.Host.Of(conversation.CustomerChanged), "the first name is no change")
		l.Say(channeltest.Kim, "wamid.2", "hello")
		require.Empty(t, l.Host.Of(conversation.CustomerChanged))
		for n, f := range []channeltest.Face{
			{Phone: channeltest.Kim.Phone, Bsuid: channeltest.Kim.Bsuid, Name: "Kim Married"},
			{Phone: channeltest.Kim.Phone, Bsuid: channeltest.Kim.Bsuid, Name: "Kim Married", Username: "kim.married"},
		} {
			l.Say(f, "wamid.new "+f.Name+f.Username, "hello")
			changes := l.Host.Of(conversation.CustomerChanged)
			require.Len(t, changes, n+1)
			require.Equal(t, f.Name, changes[n].Customer.Name)
			require.Equal(t, f.Username, changes[n].Customer.Username)
		}
	})
}
