package channel

import "github.com/kanava-go/kanava/channel/conversation"

// original adds the text that a message was sent with to one that is known by its edits only.
func (u *unit) original(in *incoming, known *messageRecord, text string) error {
	if known.Edited.IsZero() || !known.Amend(conversation.Amendment{Earlier: []conversation.Version{{Text: text}}, HadCard: in.masked}) {
		return nil
	}
	if err := u.trail(in.ch, nil, known, in.at, in.id); err != nil {
		return err
	}
	if err := u.saveMessage(known); err != nil {
		return err
	}
	return u.tellHost(in.ch.ID, "amend|"+in.id, hostItem{
		Kind: conversation.MessageEdited, Conversation: known.Conversation, Message: known.ID, At: known.Edited,
	})
}
