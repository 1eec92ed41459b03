package desk_test

import (
	"strings"
	"testing"

	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/stretchr/testify/require"
)

func TestCardNumbersReachNeitherStoreNorHostNorLogNorCustomer(t *testing.T) {
	const card = "4111 1111 1111 1111"
	st := memstore.New()
	test(t, options{Store: st}, func(t *testing.T, r *rig) {
		r.User.Text(r.Number, "my card is "+card)
		r.Settle()
		_, err := r.Reply("you wrote " + card)
		require.NoError(t, err)
		_, err = r.agents.AddNote(t.Context(), alice, r.Conversation().ID, "note "+card)
		require.NoError(t, err)
		r.Settle()
		for _, m := range r.Messages() {
			require.NotContains(t, m.Text, "4111 1111")
			require.True(t, m.Redacted)
			require.Contains(t, m.Text, "1111")
		}
		require.NotContains(t, r.Sees()[1], "4111 1111", "nor does an agent send one")
		require.NotContains(t, strings.Join(r.Host.Texts(), ""), "4111 1111")
		require.NotContains(t, r.Logs.String(), "1111 1111")
		channeltest.Everything(t, st, func(text string) {
			require.NotContains(t, text, "4111 1111")
			require.NotContains(t, text, "4111111111111111")
		})
	})
}
