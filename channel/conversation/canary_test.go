package conversation_test

import (
	"testing"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/internal/canarytest"
)

func TestNoPrintedValueShowsAPerson(t *testing.T) {
	t.Parallel()
	const numbers, own = "counts and times", "the hub's own"
	canarytest.Test(t, canarytest.Package{
		Values: []any{
			conversation.Customer{}, conversation.Conversation{}, conversation.Message{}, conversation.Identity{},
			conversation.Author{}, conversation.Attachment{}, conversation.Location{}, conversation.Contact{},
			conversation.Order{}, conversation.OrderItem{}, conversation.Reaction{}, conversation.Referral{},
			conversation.Consent{}, conversation.Received{}, conversation.Change{}, conversation.LogEntry{},
			conversation.Version{}, conversation.Amendment{}, conversation.News{}, conversation.Profile{},
			conversation.Found{}, conversation.Handover{}, conversation.Talk{},
		},
		Public: map[string]string{
			"Delivery": numbers, "Erased": numbers, "Failure": "the project's own words about a code", "Price": "money",
			"IdentityTimes": numbers, "Answer": "times and the ID of an agent", "Call": numbers, "Notice": "words of WhatsApp's",
		},
		Shown: map[string]string{
			"Customer.ID": own, "Customer.Channel": own, "Conversation.ID": own, "Conversation.Channel": own,
			"Message.ID": own, "Message.Conversation": own, "Message.Kind": "a word of the protocol", "Author.Kind": own,
			"Received.ID": own, "Change.ID": own, "News.Kind": own, "News.ID": own, "News.Channel": own, "LogEntry.Conversation": own, "LogEntry.Message": own,
		},
		Words: true,
	})
}
