package desk_test

import (
	"testing"

	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/internal/canarytest"
)

func TestNoPrintedValueShowsAPerson(t *testing.T) {
	t.Parallel()
	const numbers, settings = "counts and times", "what an administrator wrote"
	canarytest.Test(t, canarytest.Package{
		Values: []any{desk.ConversationQuery{}, desk.InboxQuery{}, desk.InboxPage{}},
		Public: map[string]string{
			"Config": "plugs", "AuditInfo": "IDs, and an actor who prints himself", "Desk": "no exported fields", "Settings": settings, "Report": numbers, "Day": numbers, "ReportQuery": "an ID and days", "InboxCounts": "numbers by IDs of the host's",
			"Presence": "IDs of the host's", "ChannelRights": "a channel's own ID and name, words",
		},
		Shown: map[string]string{
			"ConversationQuery.Channel": "the hub's own", "ConversationQuery.Queues": "a word", "InboxQuery.Channels": "the hub's own",
			"InboxQuery.Queues": "a word", "InboxQuery.Order": "a word",
		},
		Words: true,
	})
}
