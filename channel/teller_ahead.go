package channel

import (
	"context"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/worker"
)

// ahead reads what the host is to be told about.
func (t *teller) ahead(ctx context.Context, works []worker.Job) {
	conversations, messages, customers := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for i := range works {
		if item, err := itemOf[hostItem](&works[i]); err == nil {
			conversations[item.Conversation], messages[item.Message] = true, true
			works[i].Item = item
		}
	}
	read := records{}
	read.load(ctx, t.store, kindConversation, conversations)
	read.load(ctx, t.store, kindMessage, messages)
	of := make([]string, len(works)) // the customer
	for i := range works {
		item, ok := works[i].Item.(*hostItem)
		if !ok {
			continue
		}
		if conv := give[conversation.Conversation](&t.steps, &works[i], read, kindConversation, item.Conversation); conv != nil {
			of[i] = conv.Customer
			customers[conv.Customer] = true
		}
		give[messageRecord](&t.steps, &works[i], read, kindMessage, item.Message)
	}
	read.load(ctx, t.store, kindCustomer, customers)
	for i := range works {
		give[conversation.Customer](&t.steps, &works[i], read, kindCustomer, of[i])
	}
}
