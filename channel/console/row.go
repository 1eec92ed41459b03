package console

import (
	"math"
	"strconv"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/window"
)

// rowView is a conversation in a list.
type rowView struct {
	ID, Name, Ticket string
	Channel          string // its name, "" if the actor has only one
	Preview          string
	Status           string // see statusOf
	At               time.Time
	WaitingSince     time.Time
	Window           windowView
	Owner            *Agent // nil if nobody
	Team             string // its name, "" if none looks after it
	Mine             bool
	Bot              bool   // a bot answers
	Ours             bool   // the newest message is ours
	Ticks            string // of the newest message, if it is ours
	Failed           bool   // that message did not arrive
	Unread           int
	Tags             []string
	Topic            string
	Selected         bool
	Link             string // the query of the list that it stands in
	Order            string // sorts rows of one list, ascending
}

func (q *request) row(c *conversation.Conversation, customer *conversation.Customer, iq *desk.InboxQuery) rowView {
	v := rowView{
		ID: c.ID, Name: q.named(customer), Ticket: c.Ticket, Preview: c.Preview, Status: statusOf(&c.State), At: c.LastActivity,
		Window: q.window(customer), Mine: c.State.Assignee != "" && c.State.Assignee == q.actor.ID, Tags: c.Tags, Topic: c.Topic, Bot: c.Holder == conversation.HeldByBot,
		Order: orderOf(c, customer, iq.Order, q.now), Channel: q.channelName(c.Channel),
	}
	if c.State.Queue.Open() {
		v.WaitingSince = c.State.WaitingSince
	}
	if c.State.Assignee != "" {
		a := q.agent(c.State.Assignee)
		v.Owner = &a
	}
	if c.Team != "" {
		v.Team = q.team(c.Team).Name
	}
	if m := q.newestOf(c); m != nil && m.Direction != conversation.Inbound {
		v.Ours = true
		if m.Direction == conversation.Outbound {
			v.Ticks = string(m.Delivery.State())
			v.Failed = m.Delivery.State() == conversation.Failed
		}
	}
	return v
}

// statusOf says in one word how a conversation stands. The queue alone does not: one stays in "new" until
// somebody moves it, also when it was answered.
func statusOf(s *rules.State) string {
	switch {
	case s.Queue != rules.QueueNew:
		return string(s.Queue)
	case s.WaitingSince.IsZero():
		return "answered"
	case s.LastAgentReply.IsZero():
		return "new"
	}
	return "waiting"
}

// orderOf sorts a row in its list as the desk does: what has no place comes last, the newest first.
func orderOf(c *conversation.Conversation, customer *conversation.Customer, order desk.InboxOrder, now time.Time) string {
	at := func(t time.Time) string { return strconv.FormatInt(math.MaxInt32+t.Unix(), 10) }
	newest := strconv.FormatInt(math.MaxInt32*10-c.LastActivity.Unix(), 10)
	switch {
	case order == desk.LongestWait && !c.State.WaitingSince.IsZero():
		return "a" + at(c.State.WaitingSince) + newest
	case order == desk.ClosingFirst && customer.WindowOpenAt(now):
		closes, _ := customer.Window.ClosesAt()
		return "a" + at(closes) + newest
	}
	return "b" + newest
}

// named returns what a person is called.
func (q *request) named(c *conversation.Customer) string {
	if name := c.DisplayName(); name != "" {
		return name
	}
	switch {
	case c.Phone != "":
		return "+" + c.Phone
	case c.Group != "":
		return q.language.say("group")
	}
	return q.language.say("nameless")
}

// windowView is a customer service window.
type windowView struct {
	Phase   window.Phase
	Open    bool
	Closes  time.Time // when it closes or closed; zero if it was never open
	Soon    bool
	FreeTil time.Time // until when a free entry point makes messages free; zero if there is none now
}

func (q *request) window(c *conversation.Customer) windowView {
	s := c.Window
	v := windowView{Phase: s.Phase(q.now), Open: c.WindowOpenAt(q.now)}
	v.Closes, _ = s.ClosesAt()
	if v.Phase.Open() && !v.Open { // WhatsApp says so
		v.Phase, v.Closes = window.PhaseClosed, c.WindowRefused
	}
	v.Soon = v.Open && v.Phase.Closing()
	if s.FreeEntryAt(q.now) {
		if f, ok := s.FreeEntry(); ok {
			v.FreeTil = f.Until
		}
	}
	return v
}

// Unix is when it closes or closed, in milliseconds; 0 if it was never open.
func (v windowView) Unix() int64 {
	if v.Closes.IsZero() {
		return 0
	}
	return v.Closes.UnixMilli()
}
