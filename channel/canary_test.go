package channel_test

import (
	"testing"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/internal/canarytest"
)

func TestNoPrintedValueShowsAPerson(t *testing.T) {
	t.Parallel()
	const numbers, ids, settings, own = "counts and times", "IDs, counts and durations", "what an administrator wrote", "the hub's own"
	canarytest.Test(t, canarytest.Package{
		Values: []any{
			channel.Reply{}, channel.Notification{}, channel.Template{}, channel.Macro{}, channel.MacroPreview{},
			channel.File{}, channel.ConversationQuery{}, channel.MessageQuery{},
			channel.Channel{},
			channel.ReplyPreview{}, channel.SearchQuery{},
			message.Text{}, // for Reply.Content
		},
		Public: map[string]string{
			"FeedQuery": ids, "MergedError": ids, "ItemError": "a number, and another error",
			"Config": "plugs", "Hub": "no exported fields",
		},
		Shown: map[string]string{
			"Reply.Conversation": own, "Notification.Channel": own, "Template.Name": "names the template",
			"Template.Language": "names the template", "Macro.Conversation": own,
			"File.ID":                   own,
			"ConversationQuery.Channel": own, "MessageQuery.Conversation": own, "Settings.ID": own,
			"Conversation.ID": own, "Message.ID": own, "Message.Conversation": own, "Message.Kind": own,
		},
		Words: true,
	})
}
