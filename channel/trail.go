package channel

import (
	"strings"
	"time"

	"github.com/kanava-go/kanava/redact"
)

// A card number can come in pieces, four digits in each message. How far back pieces are
// looked for.
const (
	trailWindow = 2 * time.Minute
	trailLength = 12 // messages
)

// splitCard masks a card number that the customer sends in several messages: msg completes
// it. The earlier pieces are in the store already; they are masked now, and the host is
// told. Messages without digits, and long ones, cost nothing.
func (u *unit) splitCard(in *incoming, conv *Conversation, msg *Message) error {
	if in.ch.InsecureKeepCards || !piece(msg.Text) {
		return nil
	}
	records, err := u.hub.store.List(u.ctx, Query{
		Kind: kindMessage, Parent: conv.ID, Descending: true, Limit: trailLength,
		After: &Position{Sort: micros(in.at.Add(-trailWindow))},
	})
	if err != nil {
		return err
	}
	trail := redact.Trail{Window: trailWindow}
	for i := len(records) - 1; i >= 0; i-- {
		m, err := decodeRecord[Message](records[i])
		if err != nil {
			return err
		}
		if m.Direction == Inbound && m.Sender == msg.Sender && m.ID != msg.ID {
			trail.Add(&in.ch.Redact, redact.Part{ID: m.ID, At: m.At, Text: m.Text})
		}
	}
	for _, part := range trail.Add(&in.ch.Redact, redact.Part{ID: msg.ID, At: msg.At, Text: msg.Text}) {
		if part.ID == msg.ID {
			msg.Text, msg.Redacted = part.Text, true
			continue
		}
		var m Message
		if ok, err := u.load(kindMessage, part.ID, &m); err != nil || !ok {
			return err
		}
		if !m.Redacted {
			u.count(in.ch.ID, "redacted", m.At, 1)
		}
		m.Text, m.Redacted = part.Text, true
		if err := u.saveMessage(&m); err != nil {
			return err
		}
		if err := u.tellHost(in.ch.ID, "masked|"+in.id+"|"+m.ID, hostItem{
			Kind: MessageRedacted, Conversation: conv.ID, Message: m.ID, At: in.at,
		}); err != nil {
			return err
		}
	}
	return nil
}

// piece says whether a text can be part of a number that comes in several messages.
func piece(s string) bool {
	return len(s) <= 200 && strings.ContainsFunc(s, func(r rune) bool { return r >= '0' && r <= '9' })
}
