package channel

import (
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
	ch, ok := u.core.channels.get(a.Channel)
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
	if u.core.desk != nil {
		if err := u.core.desk.Merged(goesOn, ends); err != nil {
			return err
		}
	}
	if err := ends.finish(); err != nil {
		return err
	}
	return goesOn.finish()
}
