package channel

import (
	"strconv"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/internal/opaque"
	"github.com/kanava-go/kanava/window"
)

func (u *unit) taken(ch *Channel, receipt message.Receipt, m *messageRecord) error {
	before := m.Delivery
	m.Delivery = m.Delivery.Merge(conversation.Delivery{AcceptedAt: u.now.UTC()})
	if err := u.learnWAMID(ch.ID, m, receipt.ID); err != nil {
		return err
	}
	if err := u.delivery(ch, m, conversation.Accepted, u.now); err != nil {
		return err
	}
	if err := u.outcome(ch, m, before); err != nil {
		return err
	}
	return u.giveMessage(m)
}

// answersAd notes the first answer to a customer who came through an advertisement: it
// begins a time in which messages are not charged.
func (u *unit) answersAd(ch *Channel, m *messageRecord) error {
	if m.AnswersAd.IsZero() {
		return nil
	}
	_, customer, err := u.talkOf(m.Conversation)
	if err != nil || customer == nil {
		return err
	}
	before := customer.Window
	u.observe(ch, customer, window.Event{Kind: window.KindSent, At: m.Delivery.Taken(), AnswersReferral: m.AnswersAd})
	if customer.Window == before {
		return nil
	}
	return u.saveCustomer(customer)
}

func (u *unit) failed(ch *Channel, m *messageRecord, f message.Failure) error {
	m.Sending = false
	before := m.Delivery
	m.Delivery = m.Delivery.Merge(conversation.Delivery{FailedAt: u.now.UTC(), Failure: failureOf(f)})
	u.bookStatus(ch, m)
	if err := u.noteRefusal(m); err != nil {
		return err
	}
	if err := u.delivery(ch, m, conversation.Failed, u.now); err != nil {
		return err
	}
	if err := u.outcome(ch, m, before); err != nil {
		return err
	}
	return u.saveMessage(m)
}

// delivery tells the host what became of a message, and the report.
func (u *unit) delivery(ch *Channel, m *messageRecord, state conversation.DeliveryState, at time.Time) error {
	u.count(ch.ID, "delivery_"+string(state), at, 1)
	if state == conversation.Failed {
		u.count(ch.ID, "failed_"+word(m.Delivery.Failure.Class), at, 1)
	}
	return u.tellDelivery(ch, m, state, at)
}

func (u *unit) tellDelivery(ch *Channel, m *messageRecord, state conversation.DeliveryState, at time.Time) error {
	if m.Target != "" && state != conversation.Failed && state != conversation.Uncertain {
		return nil // that a reaction arrived shows on its target
	}
	item := hostItem{
		Kind: conversation.DeliveryChanged, Conversation: m.Conversation, Message: m.ID, At: at.UTC(), Delivery: state,
	}
	if state == conversation.Failed {
		item.Failure = m.Delivery.Failure
	}
	return u.tellHost(ch.ID, "delivery|"+m.ID+"|"+string(state), item)
}

// tellFailure tells the host of a failure that does not change the state of the message: of
// one device of several, for example.
func (u *unit) tellFailure(ch *Channel, m *messageRecord, state conversation.DeliveryState, at time.Time) error {
	f := m.Delivery.Failure
	id := opaque.ID("", m.ID, strconv.Itoa(f.Code), f.Class, m.Delivery.FailedAt.Format(time.RFC3339))
	return u.tellHost(ch.ID, "delivery|"+m.ID+"|failure|"+id, hostItem{
		Kind: conversation.DeliveryChanged, Conversation: m.Conversation, Message: m.ID, At: at.UTC(), Delivery: state, Failure: f,
	})
}

// learnWAMID lets statuses, quotes and reactions find the message by WhatsApp's ID, and applies what
// reactions have overtaken it. Of a message that has an ID that was done when it got it.
func (u *unit) learnWAMID(channel string, m *messageRecord, wamid string) error {
	if m.WAMID != "" || wamid == "" {
		return nil
	}
	m.WAMID = wamid
	id := inboundMessageID(channel, wamid)
	if id == m.ID {
		return nil
	}
	var stub standIn
	if _, err := u.Load(kindMessage, id, &stub); err != nil || stub.SameAs != "" {
		return err
	}
	if stub.Pending != nil {
		m.Amend(*stub.Pending)
	}
	if err := u.applyTwinOf(m); err != nil {
		return err
	}
	return u.standFor(channel, id, m)
}

// applyTwinOf is applyTwin for a message of ours.
func (u *unit) applyTwinOf(m *messageRecord) error {
	if wamidToken(m.WAMID) == "" {
		return nil
	}
	_, customer, err := u.talkOf(m.Conversation)
	if err != nil || customer == nil {
		return err
	}
	return u.applyTwin(customer, m)
}

func failureOf(f message.Failure) *conversation.Failure {
	return &conversation.Failure{Code: f.Code, Class: string(f.Class), Title: f.Title, Hint: f.Hint}
}

// noteRefusal remembers what a failure says about the customer: that they stopped marketing messages,
// or that their window is closed, of which it can be the first to tell.
func (u *unit) noteRefusal(m *messageRecord) error {
	f := m.Delivery.Failure
	if f == nil || f.Class != string(message.ClassOptedOut) && (f.Class != string(message.ClassWindowClosed) || f.Code == 0) {
		return nil
	}
	conv, customer, err := u.talkOf(m.Conversation)
	if err != nil || customer == nil {
		return err
	}
	news := false
	if f.Class == string(message.ClassOptedOut) {
		news = customer.StopMarketing(m.Delivery.FailedAt)
	} else if sent := m.Delivery.QueuedAt; sent.After(customer.WindowRefused) {
		customer.WindowRefused, news = sent, true
	}
	if !news {
		return nil
	}
	if err := u.saveCustomer(customer); err != nil {
		return err
	}
	return u.denyWindow(customer, conv)
}

// denyWindow lets a conversation, and the one that its customer is in, know of a window that WhatsApp says is closed.
func (u *unit) denyWindow(customer *conversation.Customer, conv *conversation.Conversation) error {
	if !customer.WindowDenied() {
		return nil
	}
	now := conv
	if customer.Conversation != conv.ID {
		var err error
		if now, err = u.current(customer); err != nil {
			return err
		}
	}
	for _, c := range unique([]*conversation.Conversation{conv, now}) {
		if c != nil && c.DenyWindow(customer.WindowRefused) {
			if err := u.saveConversation(c); err != nil {
				return err
			}
		}
	}
	return nil
}
