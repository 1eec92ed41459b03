package deskapi_test

import (
	"testing"

	"github.com/kanava-go/kanava/channel/deskapi"
	"github.com/kanava-go/kanava/internal/canarytest"
)

func TestNoPrintedValueShowsAPerson(t *testing.T) {
	t.Parallel()
	const own = "the hub's own"
	canarytest.Test(t, canarytest.Package{
		Values: []any{
			deskapi.Scene{}, deskapi.Told{}, deskapi.Automatic{}, deskapi.Sent{}, deskapi.Margin{},
			deskapi.Deed{}, deskapi.DeedChange{}, deskapi.DeedQuery{},
		},
		Public: map[string]string{"Counter": "counts and times"},
		Shown: map[string]string{
			"Conversation.ID": own, "Message.ID": own, "Message.Conversation": own, "Message.Kind": own,
			"Margin.Conversation": own, "Deed.ID": own, "DeedQuery.Channel": own, "Told.Kind": own, "Told.Message": own,
			"Automatic.Why": "names the rule",
		},
		Words: true,
	})
}
