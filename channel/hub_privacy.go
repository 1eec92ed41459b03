package channel

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/message"
)

// EraseCustomer removes everything that is kept about a person on a channel, under all names that
// they ever had there, and what they wrote in groups. Items that wait or are dead go if they name
// the person as sender, recipient or participant, on this channel or on a number of its account that
// has no channel; a text that mentions them is somebody else's, and a body that is no JSON stays
// until its retention is over. After an error it may be called again; the receipt lacks what was
// removed before. Tickets are the host's to remove, and files unless its Attachments is a [Remover]. In a
// transaction of the host's a running hub removes the files once that is committed.
func (h *Hub) EraseCustomer(ctx context.Context, channel string, who message.Recipient) (receipt *conversation.Erased, err error) {
	receipt = &conversation.Erased{}
	if err := h.keeper.erase(ctx, channel, who, receipt); err != nil {
		if errors.Is(err, ErrNotFound) || errors.Is(err, ErrNoChannel) {
			receipt = nil
		}
		return receipt, fmt.Errorf("channel: erase: %w", err)
	}
	return receipt, nil
}

// EraseMessage removes a message, its files and what waits because of it; what was delivered stays on the
// customer's phone. The error matches ErrNotFound.
func (h *Hub) EraseMessage(ctx context.Context, id string) (receipt *conversation.Erased, err error) {
	m, err := h.message(ctx, id)
	if err != nil || m.Direction == "" { // a stand-in is no message
		return nil, fmt.Errorf("channel: erase message: %w", plainly(orNotFound(err)))
	}
	receipt = &conversation.Erased{}
	if err := h.keeper.eraseThese(ctx, m.Channel, []*messageRecord{m}, receipt); err != nil {
		return receipt, fmt.Errorf("channel: erase message: %w", err)
	}
	if err := h.keeper.showAnother(ctx, m.Conversation); err != nil {
		return receipt, fmt.Errorf("channel: erase message: %w", err)
	}
	return receipt, nil
}

// EraseConversation removes a conversation and all that is in it; the customer stays. The error matches
// ErrNotFound; after another, it may be called again.
func (h *Hub) EraseConversation(ctx context.Context, id string) (receipt *conversation.Erased, err error) {
	conv, err := h.conversation(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("channel: erase conversation: %w", plainly(err))
	}
	receipt = &conversation.Erased{}
	err = h.keeper.eraseConversation(ctx, conv.Channel, id, lanes, receipt, nil)
	if err != nil {
		return receipt, fmt.Errorf("channel: erase conversation: %w", err)
	}
	return receipt, nil
}

// ExportCustomer writes everything that is kept about a person on a channel as JSON lines, objects with a
// member "customer", "conversation" or "message". What they wrote in groups comes last, as "group_message", and how
// they reacted there to what others wrote as "group_reactions", with the ID of the message and without its text.
// What waits to be filed is left out. The error matches ErrNotFound and ErrNoChannel.
func (h *Hub) ExportCustomer(ctx context.Context, channel string, who message.Recipient, w io.Writer) error {
	if err := h.keeper.export(ctx, channel, who, json.NewEncoder(w)); err != nil {
		return fmt.Errorf("channel: export: %w", err)
	}
	return nil
}
