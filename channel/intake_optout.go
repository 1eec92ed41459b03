package channel

import (
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/webhook"
)

// optOut notes that a customer wrote one of the words by which they stop marketing, or one of
// those by which they want it again.
func (in *incoming) optOut(customer *conversation.Customer, conv *conversation.Conversation, text string) error {
	wish := ""
	switch {
	case in.ch.OptsOut(text) && customer.StopMarketing(in.at):
		wish = webhook.PreferenceStop
	case in.ch.OptsIn(text) && customer.ResumeMarketing(in.at):
		wish = webhook.PreferenceResume
	default:
		return nil
	}
	return in.tellHost(in.ch.ID, "preference|"+in.id, hostItem{
		Kind: conversation.PreferenceChanged, Conversation: conv.ID, At: in.at, Reason: wish, Cause: conversation.Cause(wish),
	})
}
