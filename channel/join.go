package channel

import (
	"errors"
	"fmt"

	"github.com/kanava-go/kanava/channel/conversation"
)

// joinConversations makes one matter of the conversations that two customers were in when
// they turned out to be one person: the one that agents have open goes on, of two the one
// with the latest activity, with what the desk knows of both. The other one ends, says
// where it went, and the host is told, also if it was resolved before. Messages stay where
// they are.
func (u *unit) joinConversations(a, b *conversation.Customer) error {
	x, err := u.current(a)
	if err != nil {
		return err
	}
	y, err := u.current(b)
	if err != nil || y == nil {
		return err
	}
	if x == nil || x.ID == y.ID {
		a.Conversation = y.ID
		return nil
	}
	if y.GoesOn(x) {
		x, y = y, x
	}
	a.Conversation = x.ID
	x.State = x.State.Merge(y.State)
	ch, ok := u.hub.channels.get(a.Channel)
	if !ok {
		return u.saveConversation(x)
	}
	return u.merged(ch, a, x, y, b.ID)
}

// merged lets y end in favour of x. absorbed is the customer that is no more.
func (u *unit) merged(ch *Channel, customer *conversation.Customer, x, y *conversation.Conversation, absorbed string) error {
	id := "merged|" + y.ID
	if err := u.tellHost(ch.ID, id, hostItem{
		Kind: conversation.ConversationMerged, Conversation: y.ID, At: u.now.UTC(), To: x.ID, Absorbed: absorbed,
	}); err != nil {
		return err
	}
	y.MergedInto = x.ID
	goesOn, ends := u.scene(ch, customer, x, id, u.now), u.scene(ch, customer, y, id, u.now)
	if u.hub.desk != nil {
		if err := u.hub.desk.Merged(goesOn, ends); err != nil {
			return err
		}
	}
	if err := ends.finish(); err != nil {
		return err
	}
	return goesOn.finish()
}

// ErrMerged says that a conversation went on in another one; errors.As gives a *MergedError.
var ErrMerged = errors.New("channel: the conversation was merged into another one")

// MergedError says which conversation goes on. It matches ErrMerged.
type MergedError struct {
	// Into is the ID of the conversation that goes on.
	Into string
}

// Error says that the conversation was merged.
func (e *MergedError) Error() string { return ErrMerged.Error() + ": " + e.Into }

// Is reports whether target is ErrMerged.
func (e *MergedError) Is(target error) bool { return target == ErrMerged }

// follow replaces a conversation that was merged away by the one that goes on.
func (u *unit) follow(conv *conversation.Conversation) error {
	for range maxMerges {
		if conv.MergedInto == "" {
			return nil
		}
		next := new(conversation.Conversation)
		if ok, err := u.Load(kindConversation, conv.MergedInto, next); err != nil || !ok {
			return orNotFound(err)
		}
		*conv = *next
	}
	return fmt.Errorf("channel: read conversation: merged too often: %w", ErrNotFound)
}

// ofOneTalk says whether a message stands in one of the conversations with a customer, those
// that were merged and the chat history among them.
func (u *unit) ofOneTalk(customer *conversation.Customer, m *messageRecord) (bool, error) {
	if m.Channel != customer.Channel {
		return false, nil
	}
	if m.Conversation == customer.Conversation || m.Conversation == customer.HistoryID() {
		return true, nil
	}
	var conv conversation.Conversation
	if ok, err := u.Load(kindConversation, m.Conversation, &conv); err != nil || !ok {
		return false, err
	}
	owner, err := u.customer(conv.Customer)
	return err == nil && owner != nil && owner.ID == customer.ID, err
}
