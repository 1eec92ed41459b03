package channel

import (
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/internal/worker"
	"github.com/kanava-go/kanava/channel/store"
)

// windowPrefix begins the ID of the work that tells the host, without a desk, that the window of a
// conversation closes soon.
const windowPrefix = "window|"

// tellWindow tells the host that a customer opened the window or kept it open for longer, as far as it
// wants to know, and has it told when the window is about to close. id is that of the event.
func (u *unit) tellWindow(ch *Channel, c *conversation.Customer, id string, at time.Time) error {
	closes, _ := c.Window.ClosesAt()
	before, _ := u.windowBefore.ClosesAt()
	if !u.windowSeen || !closes.After(before) || !closes.After(u.now) || c.Conversation == "" {
		return nil
	}
	kind := conversation.WindowExtended
	if !u.windowBefore.OpenAt(at) {
		kind = conversation.WindowOpened
	}
	if ch.ClosingNotice > 0 {
		u.Enqueue(store.Work{
			Queue: workLater, ID: windowPrefix + c.Conversation, Group: ch.ID, Due: closes.Add(-time.Duration(ch.ClosingNotice)), Body: []byte("{}"),
		})
	}
	if !u.core.tells(kind) {
		return nil
	}
	return u.tellHost(ch.ID, string(kind)+"|"+id, hostItem{Kind: kind, Conversation: c.Conversation, At: at.UTC()})
}

// closing tells the host that the window of a conversation closes soon.
func (u *unit) closing(w *worker.Job) error {
	conv, customer, err := u.talkOf(strings.TrimPrefix(w.ID, windowPrefix))
	if err != nil || customer == nil {
		return err
	}
	ch, ok := u.core.channels.get(conv.Channel)
	closes, opened := customer.Window.ClosesAt()
	left := closes.Sub(u.now).Round(time.Second)
	if !ok || !opened || left <= 0 || customer.WindowDenied() {
		return nil // nobody worked meanwhile, or WhatsApp says that it is closed
	}
	return u.tellHost(ch.ID, changeID(conversation.WindowClosing, conv.ID+"|"+closes.UTC().Format(time.RFC3339), 0), hostItem{
		Kind: conversation.WindowClosing, Conversation: conv.ID, At: u.now.UTC(), Reason: duration.Duration(left).String(), Cause: "closing",
	})
}
