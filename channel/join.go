package channel

// joinConversations makes one matter of the conversations that two customers were in when
// they turned out to be one person: the one that agents have open goes on, of two the one
// with the latest activity, with what the rules know of both. The other one is resolved, and
// the host is told which one goes on. Messages stay where they are.
func (u *unit) joinConversations(a, b *Customer) error {
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
	if y.goesOn(x) {
		x, y = y, x
	}
	a.Conversation = x.ID
	x.State = x.State.Merge(y.State)
	ch, ok := u.hub.channels.get(a.Channel)
	if !ok {
		return u.saveConversation(x)
	}
	if y.State.Queue.Open() {
		if err := u.mergedInto(ch, a, y, x.ID); err != nil {
			return err
		}
	}
	u.arm(ch, a, x)
	return u.saveConversation(x)
}

// goesOn says which of two conversations of one person goes on.
func (c *Conversation) goesOn(other *Conversation) bool {
	open, otherOpen := c.State.Queue.Open(), other.State.Queue.Open()
	if open != otherOpen {
		return open
	}
	return c.LastActivity.After(other.LastActivity)
}

// mergedInto resolves a conversation in favour of another one.
func (u *unit) mergedInto(ch *Channel, customer *Customer, conv *Conversation, other string) error {
	id := "merged|" + conv.ID
	if err := u.tellHost(ch.ID, id, hostItem{
		Kind: ConversationMerged, Conversation: conv.ID, At: u.now.UTC(), To: other,
	}); err != nil {
		return err
	}
	state, effects := ch.rules.OnResolve(conv.State, "merged", u.now)
	conv.State = state
	if err := u.carryOut(ch, customer, conv, effects, id); err != nil {
		return err
	}
	return u.saveConversation(conv)
}
