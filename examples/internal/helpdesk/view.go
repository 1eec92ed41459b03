package helpdesk

import (
	"fmt"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/window"
)

type ticketView struct {
	Conversation, Customer, Number, Preview, Status string
	Selected, Waiting                               bool
	windowView
}

// windowView is the customer service window as a page shows it.
type windowView struct {
	Phase      window.Phase
	Open       bool
	Closes     int64 // milliseconds since 1970, 0 if never opened
	WindowText string
	ClosedText string
}

type conversationView struct {
	ID, Customer, Identity, Number, Agent, Status string
	Resolved                                      bool
	Into                                          string // the conversation that goes on, if this was merged
	Messages                                      []messageView
	windowView
}

type messageView struct {
	Direction                      conversation.Direction
	Key                            string // of the draft that it was
	Day, Text, Time, Quoted, Badge string
	Files, Options                 []string
	Ticks                          string
	State                          conversation.DeliveryState
	Reactions                      string
	Redacted, Edited, Deleted      bool
	Failed                         bool
	FailureTitle, Failure          string
}

func (a *app) windowView(s window.State) windowView {
	now := a.now()
	v := windowView{Phase: s.Phase(now), Open: s.OpenAt(now), WindowText: "never opened"}
	closes, ok := s.ClosesAt()
	if !ok {
		return v
	}
	v.Closes, v.WindowText = closes.UnixMilli(), "closed"
	if v.Open {
		left := s.Remaining(now).Round(time.Second)
		v.WindowText = fmt.Sprintf("%d h %02d min", int(left.Hours()), int(left.Minutes())%60)
	} else {
		v.ClosedText = closes.Local().Format("15:04 on 2 January")
	}
	return v
}

func (a *app) ticketView(c *conversation.Conversation, customer *conversation.Customer, selected bool) ticketView {
	return ticketView{
		Conversation: c.ID, Customer: nameOf(customer), Number: c.Ticket, Preview: c.Preview,
		Status: statusOf(c.State), Selected: selected, Waiting: c.State.Queue.Open() && !c.State.WaitingSince.IsZero(),
		windowView: a.windowView(customer.Window),
	}
}

// statusOf says in one word how a ticket stands. The queue alone does not: a conversation
// stays in the queue "new" until somebody moves it, also when it was answered.
func statusOf(s rules.State) string {
	switch {
	case s.Queue != rules.QueueNew:
		return string(s.Queue) // pending, resolved
	case s.WaitingSince.IsZero():
		return "answered"
	case s.LastAgentReply.IsZero():
		return "new"
	}
	return "waiting"
}

func nameOf(c *conversation.Customer) string {
	for _, name := range []string{c.Name, c.Username, c.Phone} {
		if name != "" {
			return name
		}
	}
	return "Customer"
}

func (a *app) conversationView(c *conversation.Conversation, customer *conversation.Customer, messages []*conversation.Message) conversationView {
	v := conversationView{
		ID: c.ID, Customer: nameOf(customer), Number: c.Ticket, windowView: a.windowView(customer.Window),
		Status: statusOf(c.State), Resolved: c.State.Queue == rules.QueueResolved, Into: c.MergedInto,
	}
	switch {
	case customer.Phone != "":
		v.Identity = "+" + customer.Phone
	case customer.Username != "":
		v.Identity = "@" + customer.Username
	}
	if c.State.Assignee != "" {
		v.Agent = "assigned to " + c.State.Assignee
	}
	byID := map[string]*conversation.Message{}
	day := ""
	for _, m := range messages {
		byID[m.ID] = m
		mv := messageViewOf(m, byID[m.Quoted])
		if d := m.At.Local().Format("Monday, 2 January"); d != day {
			mv.Day, day = d, d
		}
		v.Messages = append(v.Messages, mv)
	}
	return v
}

func messageViewOf(m, quoted *conversation.Message) messageView {
	v := messageView{
		Direction: m.Direction, Key: m.Key, Text: m.Text, Time: m.At.Local().Format("15:04"), Options: m.Options,
		Redacted: m.Redacted, Edited: !m.Edited.IsZero(), Deleted: !m.Deleted.IsZero(),
	}
	if v.Deleted {
		v.Text = "The customer deleted this message."
	}
	if quoted != nil {
		v.Quoted = quoted.Text
	}
	if m.Template != "" {
		v.Badge = "Template " + m.Template
	}
	if m.Forwarded {
		v.Badge = "Forwarded"
	}
	for _, f := range m.Attachments {
		v.Files = append(v.Files, fileText(m.Kind, f))
	}
	if m.Location != nil {
		v.Files = append(v.Files, fmt.Sprintf("Place: %.5f, %.5f", m.Location.Latitude, m.Location.Longitude))
	}
	for _, c := range m.Contacts {
		v.Files = append(v.Files, "Contact: "+c.Name+" "+strings.Join(c.Phones, ", "))
	}
	for _, r := range m.Reactions {
		v.Reactions += r.Emoji
	}
	if m.Direction == conversation.Outbound {
		v.State = m.Delivery.State()
		v.Ticks = ticks[v.State]
		v.Failed = v.State == conversation.Failed
		if f := m.Delivery.Failure; f != nil && v.Failed {
			v.FailureTitle, v.Failure = f.Title+".", f.Hint
			if f.Code != 0 {
				v.Failure += fmt.Sprintf(" (code %d)", f.Code)
			}
		}
	}
	return v
}

var ticks = map[conversation.DeliveryState]string{
	conversation.Queued: "sending", conversation.Uncertain: "not certain", conversation.Accepted: "sending", conversation.Sent: "✓", conversation.Delivered: "✓✓",
	conversation.Read: "✓✓", conversation.Played: "✓✓", conversation.Failed: "not sent", conversation.Cancelled: "cancelled",
}

func fileText(kind string, f conversation.Attachment) string {
	if f.Voice {
		kind = "voice message"
	}
	if f.Name != "" {
		kind = f.Name
	}
	if f.Failed != "" {
		kind += ": " + f.Failed
	}
	return kind
}
