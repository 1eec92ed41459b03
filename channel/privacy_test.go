package channel_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
	"github.com/kanava-go/kanava/channel/memstore"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/rules"
)

func TestErasingACustomerLeavesNoTrace(t *testing.T) {
	store := memstore.New()
	o := options{store: store, user: cloudapitest.UserConfig{Name: "Canary Bird", Phone: "13125550123"}}
	test(t, o, func(t *testing.T, r *rig) {
		r.user.Text(r.number, "a very private matter")
		r.settle()
		_, err := r.reply("an equally private answer")
		require.NoError(t, err)
		r.settle()
		who := message.Recipient{Phone: "13125550123"}
		var export bytes.Buffer
		require.NoError(t, r.hub.Export(t.Context(), admin, "support", who, &export))
		require.Contains(t, export.String(), "very private")
		require.Contains(t, export.String(), "equally private")
		_, err = r.hub.Erase(t.Context(), alice, "support", who)
		require.ErrorIs(t, err, access.ErrDenied)
		receipt, err := r.hub.Erase(t.Context(), admin, "support", who)
		require.NoError(t, err)
		require.Equal(t, 1, receipt.Customers)
		require.Equal(t, 2, receipt.Messages)
		everything(t, store, func(text string) {
			for _, canary := range []string{"private", "Canary", "13125550123", r.user.BSUID(r.number)} {
				require.NotContains(t, text, canary)
			}
		})
		_, err = r.hub.Erase(t.Context(), admin, "support", who)
		require.ErrorIs(t, err, channel.ErrNotFound)
		r.user.Text(r.number, "hello again")
		r.settle()
		require.Equal(t, "hello again", r.messages()[0].Text, "a stranger now")
	})
}

func TestMessagesGoWhenTheirTimeIsOver(t *testing.T) {
	store := memstore.New()
	keep := func(s *channel.Settings) { s.Retention.Messages = 2 * rules.Day }
	test(t, options{store: store, settings: keep, config: slowPolls}, func(t *testing.T, r *rig) {
		r.user.Text(r.number, "an early message")
		r.settle()
		r.pass(30 * time.Hour)
		r.user.Text(r.number, "a later message")
		r.settle()
		r.pass(30 * time.Hour)
		r.pass(2 * time.Hour)
		list := r.messages()
		require.Len(t, list, 1)
		require.Equal(t, "a later message", list[0].Text)
		require.NoError(t, r.hub.Resolve(t.Context(), alice, r.conversation().ID, ""))
		r.pass(60 * time.Hour)
		r.pass(2 * time.Hour)
		convs, err := r.hub.Conversations(t.Context(), channel.ConversationQuery{
			Actor: alice, Channel: "support", Queues: []rules.Queue{rules.QueueResolved},
		})
		require.NoError(t, err)
		require.Empty(t, convs)
	})
}
