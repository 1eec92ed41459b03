package campaign_test

import (
	"testing"

	"github.com/kanava-go/kanava/channel/campaign"
	"github.com/kanava-go/kanava/internal/canarytest"
)

func TestNoPrintedValueShowsAPerson(t *testing.T) {
	t.Parallel()
	canarytest.Test(t, canarytest.Package{
		Values: []any{campaign.Result{}},
		Public: map[string]string{"Campaign": "IDs, counts and durations", "Totals": "counts"},
		Shown: map[string]string{
			"Conversation.ID": "the hub's own", "Message.ID": "the hub's own", "Message.Conversation": "the hub's own", "Message.Kind": "the hub's own",
			"Result.Currency": "that of a rate card",
		},
		Words: true,
	})
}
