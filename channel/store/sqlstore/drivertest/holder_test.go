package drivertest_test

import (
	"database/sql"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
)

// A bot in one process and a person in another answer at the same moment: behind the person the bot is
// refused, in the transaction of the database that decides it.
func TestABotAndAPersonInTwoProcesses(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *sqlstore.Store, _ *sql.DB) {
		first := func(s *settings.Settings) { s.BotFirst = true }
		bots, people := hubOn(t, s, &counting{}, first), hubOn(t, s, &counting{}, first)
		ctx := t.Context()
		robot := conversation.Author{Kind: conversation.Bot, ID: "robot"}
		answer := func(hub *channel.Hub, by conversation.Author, id string) error {
			_, err := hub.Reply(ctx, by, channel.Reply{Conversation: id, Template: &channel.Template{Name: "news", Language: "en"}})
			return err
		}
		for n := range 10 {
			m, err := bots.Notify(ctx, conversation.Author{}, channel.Notification{
				Channel: "support", To: message.Recipient{Phone: fmt.Sprint(13125550100 + n)}, Template: &channel.Template{Name: "news", Language: "en"},
			})
			require.NoError(t, err)
			var both sync.WaitGroup
			var person error
			both.Go(func() {
				for range 3 {
					if err := answer(bots, robot, m.Conversation); err != nil {
						assert.ErrorIs(t, err, channel.ErrHeldByPeople)
					}
				}
			})
			both.Go(func() { person = answer(people, dana, m.Conversation) })
			both.Wait()
			require.NoError(t, person)
			require.ErrorIs(t, answer(bots, robot, m.Conversation), channel.ErrHeldByPeople)
			all, err := people.Messages(ctx, channel.MessageQuery{Conversation: m.Conversation, Limit: 1000})
			require.NoError(t, err)
			var answered int64
			for _, m := range all {
				if m.ByPerson() {
					answered = m.Seq
				}
			}
			for _, m := range all {
				require.False(t, m.ByMachine() && m.Seq > answered, "the bot answered behind the person")
			}
		}
	})
}
