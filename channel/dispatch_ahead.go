package channel

import (
	"context"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/worker"
)

// ahead reads the messages to send and to whom, and begins to send them.
func (d *dispatcher) ahead(ctx context.Context, works []worker.Job) {
	messages, customers, conversations := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for i := range works {
		if item, err := itemOf[outboundItem](&works[i]); err == nil {
			messages[item.Message], customers[item.Customer], conversations[works[i].Lane] = true, true, true
			works[i].Item = item
		}
	}
	read := records{}
	read.load(ctx, d.store, kindMessage, messages)
	read.load(ctx, d.store, kindCustomer, customers)
	read.load(ctx, d.store, kindConversation, conversations)
	for i := range works {
		if item, ok := works[i].Item.(*outboundItem); ok {
			give[messageRecord](&d.steps, &works[i], read, kindMessage, item.Message)
			give[conversation.Customer](&d.steps, &works[i], read, kindCustomer, item.Customer)
			give[conversation.Conversation](&d.steps, &works[i], read, kindConversation, works[i].Lane)
		}
	}
	d.beginAll(ctx, works)
}
