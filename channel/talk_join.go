package channel

import (
	"github.com/kanava-go/kanava/channel/conversation"
)

// joinConversations makes one matter of the conversations that two customers were in when
// they turned out to be one person: the one that agents have open goes on, of two the one
// with the latest activity, with what the desk knows of both; people have it if they had one of two
// that are alike. The other one ends, says
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
	people := y.Holder == conversation.HeldByPeople && y.State.Queue.Open() == x.State.Queue.Open()
	if u.core.desk != nil {
		if err := u.core.desk.Merged(&goesOn.Scene, &ends.Scene); err != nil {
			return err
		}
	}
	if people { // after the desk, which routes to a team only what has none
		if err := goesOn.give(conversation.HeldByPeople, conversation.CauseMerged, ""); err != nil {
			return err
		}
	}
	if err := ends.finish(); err != nil {
		return err
	}
	return goesOn.finish()
}

// join makes one customer of two. The older one lives on, so that the order in which
// links become known does not matter.
func (u *unit) join(a, b *conversation.Customer) (*conversation.Customer, error) {
	if a == nil || b == nil || a.ID == b.ID {
		if a == nil {
			return b, nil
		}
		return a, nil
	}
	if b.Older(a) {
		a, b = b, a
	}
	a.Absorb(b, u.windowMoves(a.Channel))
	known := a.Conversation != ""
	if err := u.joinConversations(a, b); err != nil {
		return nil, err
	}
	if !known && a.Conversation != "" { // b's conversation is a's now
		if err := u.tellHost(a.Channel, "joined|"+b.ID, hostItem{
			Kind: conversation.CustomerChanged, Conversation: a.Conversation, At: u.now.UTC(), Absorbed: b.ID,
		}); err != nil {
			return nil, err
		}
	}
	for _, key := range b.Aliases {
		var al alias
		if _, err := u.Load(kindAlias, key, &al); err != nil {
			return nil, err
		}
		if al.Customer != b.ID {
			continue // a phone number that meanwhile belongs to somebody else
		}
		al.Customer = a.ID
		if err := u.Save(kindAlias, key, a.ID, 0, al); err != nil {
			return nil, err
		}
		a.Aliases = append(a.Aliases, key)
	}
	b.MergedInto, b.Aliases, b.Merged = a.ID, nil, nil
	if err := u.saveCustomer(b); err != nil {
		return nil, err
	}
	return a, u.saveCustomer(a)
}

// differs says whether a write is worth it.
func differs(c, o *conversation.Customer) bool {
	return c.Identity != o.Identity || c.Group != o.Group || !c.Created.Equal(o.Created) || len(c.Aliases) != len(o.Aliases)
}
