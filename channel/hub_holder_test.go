package channel_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/explain"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/webhook"
)

var robotAuthor = conversation.Author{Kind: conversation.Bot, ID: "robot"}

func botFirst(s *settings.Settings) { s.BotFirst = true }

// says answers as somebody, in a hub of one's choice.
func says(t *testing.T, hub *channel.Hub, by conversation.Author, conv, text string) error {
	t.Helper()
	_, err := hub.Reply(t.Context(), by, channel.Reply{Conversation: conv, Content: &message.Text{Body: text}})
	return err
}

func TestABotAndPeopleNeverAnswerBoth(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{Settings: botFirst, Config: counts}, func(t *testing.T, l *lab) {
		ctx := t.Context()
		l.Say(channeltest.Kim, "wamid.1", "hello")
		id := l.Conversation().ID
		require.Equal(t, conversation.HeldByBot, l.Conversation().Holder)
		require.NoError(t, says(t, l.Hub, robotAuthor, id, "I am a robot."))

		require.NoError(t, l.Hub.HandOver(ctx, robotAuthor, id, conversation.Handover{Cause: conversation.CauseAskedFor, Reason: " card 4111 1111 1111 1111 lost "}))
		require.NoError(t, l.Hub.HandOver(ctx, robotAuthor, id, conversation.Handover{Cause: conversation.CauseMisses}), "again is no error")
		require.Equal(t, conversation.HeldByPeople, l.Conversation().Holder)
		for name, err := range map[string]error{
			"an answer":   says(t, l.Hub, robotAuthor, id, "Me again."),
			"taking it":   l.Hub.HandBack(ctx, robotAuthor, id, ""),
			"a check":     l.Hub.Check(ctx, robotAuthor, channel.Reply{Conversation: id, Content: &message.Text{Body: "?"}}),
			"a reaction":  reacts(t, l, robotAuthor, id),
			"one planned": plans(t, l, robotAuthor, id, time.Hour),
		} {
			require.ErrorIs(t, err, channel.ErrHeldByPeople, name)
			require.Equal(t, conversation.CauseHeldByPeople, channel.CauseOf(err), name)
			require.Equal(t, 409, explain.Error(err).Status, name)
		}
		_, err := l.Reply(id, "A person here.")
		require.NoError(t, err)
		require.NoError(t, l.Hub.HandBack(ctx, alice, id, "solved"))
		require.NoError(t, says(t, l.Hub, robotAuthor, id, "Anything else?"))
		_, err = l.Reply(id, "I have it.") // without a handover
		require.NoError(t, err)
		require.Equal(t, conversation.HeldByPeople, l.Conversation().Holder)
		require.ErrorIs(t, says(t, l.Hub, robotAuthor, id, "Me again."), channel.ErrHeldByPeople)

		l.Pass(time.Minute)
		var told []string
		for _, c := range l.Host.Of(conversation.HolderChanged) {
			told = append(told, c.From+" to "+c.To+" by "+c.Author.ID+": "+string(c.Cause)+": "+c.Reason)
		}
		require.Len(t, told, 3)
		require.True(t, strings.HasPrefix(told[0], "bot to people by robot: asked_for: card ") && strings.HasSuffix(told[0], "1111 lost") && !strings.Contains(told[0], "4111"), told[0])
		require.Equal(t, []string{"people to bot by alice: by_hand: solved", "bot to people by alice: answered: "}, told[1:])
		events, err := l.Hub.Events(ctx, id, 0)
		require.NoError(t, err)
		kinds := map[conversation.ChangeKind]int{}
		for _, e := range events {
			kinds[e.Kind]++
		}
		require.Equal(t, 3, kinds[conversation.HolderChanged])
		require.Equal(t, 4, kinds[conversation.MessageRefused])
		require.Equal(t, []string{"I am a robot.", "A person here.", "Anything else?", "I have it."}, l.Line.Texts())
		require.EqualValues(t, 2, l.counted("handed_over"))
		require.EqualValues(t, 1, l.counted("handed_over_answered"))
		require.EqualValues(t, 1, l.counted("handed_back"))
		require.EqualValues(t, 4, l.counted("refused_held_by_people"))
	})
}

func reacts(t *testing.T, l *lab, by conversation.Author, conv string) error {
	_, err := l.Hub.Reply(t.Context(), by, channel.Reply{
		Conversation: conv, Content: &message.Reaction{MessageID: l.Messages(conv)[0].ID, Emoji: "👍"},
	})
	return err
}

func plans(t *testing.T, l *lab, by conversation.Author, conv string, ahead time.Duration) error {
	_, err := l.Hub.Reply(t.Context(), by, channel.Reply{
		Conversation: conv, Content: &message.Text{Body: "planned by " + by.ID}, At: time.Now().Add(ahead),
	})
	return err
}

func TestWhatIsPlannedIsAskedOnceMoreWhoHasTheConversation(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{Settings: botFirst}, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		id := l.Conversation().ID
		require.NoError(t, plans(t, l, robotAuthor, id, time.Hour))
		require.NoError(t, plans(t, l, alice, id, 2*time.Hour))
		require.Equal(t, conversation.HeldByBot, l.Conversation().Holder, "what is planned takes nothing yet")
		require.NoError(t, plans(t, l, robotAuthor, id, 3*time.Hour))
		l.Pass(90 * time.Minute)
		require.Equal(t, []string{"planned by robot"}, l.Line.Texts())
		l.Pass(time.Hour)
		require.Equal(t, conversation.HeldByPeople, l.Conversation().Holder, "sent, it takes the conversation")
		l.Pass(time.Hour)
		require.Equal(t, []string{"planned by robot", "planned by alice"}, l.Line.Texts(), "and the bot's is not sent when it is due")
		last := l.Messages(id)
		require.Equal(t, conversation.Failed, last[len(last)-1].Delivery.State())
		require.EqualValues(t, conversation.CauseHeldByPeople, last[len(last)-1].Delivery.Failure.Class)
	})
}

func TestPeopleHaveWhatNobodyGaveToABot(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		id := l.Conversation().ID
		require.ErrorIs(t, says(t, l.Hub, robotAuthor, id, "beep"), channel.ErrHeldByPeople)
		require.ErrorIs(t, l.Hub.HandBack(t.Context(), robotAuthor, id, ""), channel.ErrHeldByPeople)
		require.NoError(t, l.Hub.HandBack(t.Context(), conversation.Author{}, id, ""), "the host itself may decide it")
		require.NoError(t, says(t, l.Hub, robotAuthor, id, "beep"))
	})
}

func TestAnAnswerInTheBusinessAppTakesTheConversation(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{Settings: botFirst}, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		l.Post(channeltest.Kim.Echo(time.Now(), "wamid.2", "text", map[string]any{"body": "from my phone"}))
		l.Pass(time.Second)
		c := l.Conversation()
		require.Equal(t, conversation.HeldByPeople, c.Holder)
		require.ErrorIs(t, says(t, l.Hub, robotAuthor, c.ID, "beep"), channel.ErrHeldByPeople)
	})
}

func TestHandoversThatCannotBe(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{Settings: botFirst}, func(t *testing.T, l *lab) {
		ctx := t.Context()
		l.Say(channeltest.Kim, "wamid.1", "hello")
		id := l.Conversation().ID
		for name, tt := range map[string]struct {
			err, want error
		}{
			"an unknown cause":       {l.Hub.HandOver(ctx, robotAuthor, id, conversation.Handover{Cause: "bored"}), channel.ErrUnusable},
			"a cause that is a fact": {l.Hub.HandOver(ctx, robotAuthor, id, conversation.Handover{Cause: conversation.CauseAnswered}), channel.ErrUnusable},
			"a novel":                {l.Hub.HandOver(ctx, robotAuthor, id, conversation.Handover{Reason: strings.Repeat("x", 501)}), channel.ErrUnusable},
			"no text":                {l.Hub.HandBack(ctx, alice, id, "\xff"), channel.ErrUnusable},
			"no conversation":        {l.Hub.HandOver(ctx, robotAuthor, "v_none", conversation.Handover{}), channel.ErrNotFound},
			"nothing":                {l.Hub.HandBack(ctx, alice, "", ""), channel.ErrNotFound},
		} {
			require.ErrorIs(t, tt.err, tt.want, name)
		}
		require.Equal(t, conversation.HeldByBot, l.Conversation().Holder)
	})
}

func TestConversationsAreListedByWhoHasThem(t *testing.T) {
	t.Parallel()
	var line channeltest.Wire
	two := func(c *channel.Config) {
		c.Channels = append(c.Channels, channel.Channel{
			Settings: settings.Settings{ID: "other", Name: "Other", Number: "200", Account: "300", Enabled: true}, Sender: &line,
		})
	}
	experiment(t, channeltest.LabOptions{Settings: botFirst, Config: two}, func(t *testing.T, l *lab) {
		ctx := t.Context()
		for n := range 5 {
			l.Post(channeltest.Stranger(n).Text(time.Now(), "wamid."+channeltest.Stranger(n).Phone, "hello"))
		}
		l.From(webhook.Scope{All: true}, "300", channeltest.Kim.Text(time.Now(), "wamid.kim", "hello").On("200"))
		l.Pass(5 * time.Second)
		all := l.Conversations()
		require.Len(t, all, 5)
		require.NoError(t, l.Hub.HandOver(ctx, robotAuthor, all[1].ID, conversation.Handover{}))
		list := func(on string, holders ...conversation.Holder) (ids []string) {
			found, err := l.Hub.Conversations(ctx, channel.ConversationQuery{Channel: on, Holders: holders})
			require.NoError(t, err)
			for _, c := range found {
				ids = append(ids, c.ID)
			}
			return ids
		}
		require.Equal(t, []string{all[1].ID}, list("support", conversation.HeldByPeople))
		require.Len(t, list("support", conversation.HeldByBot), 4)
		require.Len(t, list("support"), 5)
		require.Len(t, list("other", conversation.HeldByPeople), 1, "a setting of one tenant is none of the other's")
		require.Empty(t, list("other", conversation.HeldByBot))
		page, err := l.Hub.Conversations(ctx, channel.ConversationQuery{Channel: "support", Limit: 2})
		require.NoError(t, err)
		rest, err := l.Hub.Conversations(ctx, channel.ConversationQuery{Channel: "support", Before: page[1]})
		require.NoError(t, err)
		require.Len(t, rest, 3, "pages follow each other whoever has what is on them")
	})
}

// An answer of a bot in one process and one of a person in another: whatever the order, the bot is
// refused behind the person.
func TestTwoHubsDoNotLetBothAnswer(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{Settings: botFirst, Config: channeltest.SlowPolls}, func(t *testing.T, l *lab) {
		second, err := channel.New(channel.Config{Store: l.Store, Ticketing: l.Host, Channels: l.Hub.Channels()})
		require.NoError(t, err)
		for n := range 40 {
			face := channeltest.Stranger(n)
			l.Say(face, "wamid."+face.Phone, "hello")
		}
		refused := 0
		for _, c := range l.Conversations() {
			var both sync.WaitGroup
			both.Go(func() {
				if says(t, second, robotAuthor, c.ID, "bot") != nil {
					refused++
				}
				if says(t, second, robotAuthor, c.ID, "bot") != nil {
					refused++
				}
			})
			both.Go(func() { require.NoError(t, says(t, l.Hub, alice, c.ID, "person")) })
			both.Wait()
			require.ErrorIs(t, says(t, second, robotAuthor, c.ID, "bot"), channel.ErrHeldByPeople)
			person := false
			for _, m := range l.Messages(c.ID) {
				person = person || m.ByPerson()
				require.False(t, person && m.ByMachine(), "the bot answered behind the person")
			}
			require.True(t, person)
		}
		t.Logf("%d of 80 answers of the bot were refused", refused)
	})
}

func TestWhatIsMergedIsForPeopleIfTheyHadEither(t *testing.T) {
	t.Parallel()
	for name, first := range map[string]bool{"the older one": true, "the newer one": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			experiment(t, channeltest.LabOptions{Settings: botFirst}, func(t *testing.T, l *lab) {
				a, b := channeltest.Face{Phone: "13125550111"}, channeltest.Face{Bsuid: "US.777"}
				l.Say(a, "wamid.1", "by phone")
				l.Say(b, "wamid.2", "by id")
				list := l.Conversations() // the newest first
				require.Len(t, list, 2)
				given := list[0]
				if first {
					given = list[1]
				}
				require.NoError(t, l.Hub.HandOver(t.Context(), robotAuthor, given.ID, conversation.Handover{}))
				l.Say(channeltest.Face{Phone: a.Phone, Bsuid: b.Bsuid}, "wamid.3", "both")
				goesOn := 0
				for _, c := range l.Conversations() {
					if c.MergedInto == "" {
						goesOn++
						require.Equal(t, conversation.HeldByPeople, c.Holder)
					}
				}
				require.Equal(t, 1, goesOn)
			})
		})
	}
}

func TestABotHasNothingSentAgainThatPeopleHave(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{Settings: botFirst, Config: channeltest.SlowPolls}, func(t *testing.T, l *lab) {
		ctx := t.Context()
		l.Say(channeltest.Kim, "wamid.1", "hello")
		id := l.Conversation().ID
		l.Line.Sends(func(context.Context, message.Outbound, int) error { return message.ErrOutcomeUnknown })
		m, err := l.Hub.Reply(ctx, robotAuthor, channel.Reply{Conversation: id, Content: &message.Text{Body: "perhaps"}})
		require.NoError(t, err)
		l.Pass(5 * time.Second)
		l.Line.Sends(nil)
		require.Equal(t, conversation.Uncertain, l.state(id, m.ID))
		require.NoError(t, l.Hub.HandOver(ctx, robotAuthor, id, conversation.Handover{}))

		require.ErrorIs(t, l.Hub.ResendMessage(ctx, robotAuthor, m.ID), channel.ErrHeldByPeople)
		n, err := l.Hub.ResendUncertain(ctx, robotAuthor, "support", time.Now().Add(time.Hour))
		require.NoError(t, err)
		require.Zero(t, n)
		l.Pass(5 * time.Second)
		require.Equal(t, []string{"perhaps"}, l.Line.Texts())
		require.NoError(t, l.Hub.ResendMessage(ctx, alice, m.ID), "a person may have it sent again")
		l.Pass(5 * time.Second)
		require.Equal(t, []string{"perhaps", "perhaps"}, l.Line.Texts())
	})
}
