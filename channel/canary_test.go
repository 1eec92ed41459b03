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
			channel.Customer{}, channel.Conversation{}, channel.Message{}, channel.Identity{}, channel.Author{},
			channel.Attachment{}, channel.Location{}, channel.Contact{}, channel.Order{}, channel.OrderItem{},
			channel.Reaction{}, channel.Referral{}, channel.Consent{}, channel.Received{}, channel.Change{},
			channel.LogEntry{}, channel.Version{}, channel.Reply{}, channel.Notification{}, channel.Template{}, channel.Macro{},
			channel.MacroPreview{}, channel.DeadLetter{}, channel.File{},
			channel.ConversationQuery{},
			channel.MessageQuery{}, channel.DeadLetterQuery{}, channel.Channel{},
			message.Text{}, // for Reply.Content
		},
		Public: map[string]string{
			"SettingError": settings,
			"Delivery":     numbers, "Failure": "the project's own words about a code", "Price": "money", "IdentityTimes": numbers,
			"Call": numbers, "Health": ids, "ChannelHealth": ids, "Standing": "words of WhatsApp's", "Hooks": "functions",
			"AcceptInfo": ids, "ApplyInfo": ids, "HostInfo": ids, "SendInfo": ids, "DeadLetterInfo": ids, "BudgetInfo": ids,
			"AuditInfo": ids, "Outage": ids, "Notice": "words of WhatsApp's", "NoticeInfo": "words of WhatsApp's", "ReplayQuery": ids, "OutageInfo": ids, "MergedError": ids, "Erased": numbers, "Report": numbers, "Day": numbers, "ReportQuery": ids,
			"Config": "plugs", "Hub": "no exported fields", "FilePolicy": settings, "Retention": settings, "Settings": settings, "Process": ids,
		},
		Shown: map[string]string{
			"Customer.ID": own, "Customer.Channel": own, "Conversation.ID": own, "Conversation.Channel": own,
			"Message.ID": own, "Message.Conversation": own, "Message.Kind": "a word of the protocol", "Author.Kind": own,
			"Received.ID": own, "Change.ID": own, "LogEntry.Conversation": own, "LogEntry.Message": own,
			"Reply.Conversation": own, "Notification.Channel": own, "Template.Name": "names the template",
			"Template.Language": "names the template", "Macro.Conversation": own, "DeadLetter.Channel": own, "DeadLetter.Reason": own,
			"File.ID": own, "WorkKey.Queue": own,
			"ConversationQuery.Channel": own, "MessageQuery.Conversation": own, "DeadLetterQuery.Queue": own, "Settings.ID": own,
		},
		Words: true,
	})
}
