package channel

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/store"
)

// trailLength is how many messages are looked at before and after one.
const trailLength = 48

// trail masks what a message shows together with those around it, which are in the store
// already: a card number in pieces, the security code of a card. The others are changed as
// well, also where they wait to be sent, and the host is told of them. Messages without a digit, and long ones, cost nothing.
//
// The message is new or has a new text; conv, if it is not nil, is saved by the caller. at and
// event tell the occasion from others.
func (u *unit) trail(ch *Channel, conv *conversation.Conversation, msg *messageRecord, at time.Time, event string) error {
	msg.HadCard = msg.HadCard || msg.Redacted
	if ch.InsecureKeepCards || !msg.Redacted && !msg.mayBePiece() {
		return nil
	}
	around, err := u.around(conv, msg)
	if err != nil {
		return err
	}
	before := make([][]string, len(around))
	for n, m := range around {
		if m.kept() {
			before[n] = m.words()
		}
	}
	touched := map[int]bool{}
	for _, shown := range readings(around) {
		ch.maskTalk(around, msg, shown, touched)
	}
	for n, m := range around {
		touched[n] = m.MaskEarlier() || touched[n]
		if !touched[n] {
			continue
		}
		fresh := !m.Redacted
		m.Redacted, m.HadCard = true, true
		m.MaskEarlier()
		if m == msg {
			continue // it is saved and counted by whoever brings it
		}
		if fresh {
			u.count(ch.ID, "redacted", m.At, 1)
		}
		if err := u.maskWaiting(m, before[n]); err != nil {
			return err
		}
		if err := u.masked(ch, conv, m, at, event); err != nil {
			return err
		}
	}
	return nil
}

// mayBePiece says that a text of the message, now or before an edit, can be part of something
// that has to be masked.
func (m *messageRecord) mayBePiece() bool {
	piece := func(s string) bool { return len(s) <= maxPiece && hasDigit(s) }
	return piece(m.Text) || slices.ContainsFunc(m.Earlier, func(v conversation.Version) bool { return piece(v.Text) })
}

// A reading says which text of a message a reader has before them: the one that it has now, or
// one from before an edit.
type reading func(m *messageRecord) *string

// readings are the ways in which a talk reads together: as it is now, with each earlier text of
// one message, and as it was written at first.
func readings(talk []*messageRecord) []reading {
	now := func(m *messageRecord) *string { return &m.Text }
	all := []reading{now}
	for _, edited := range talk {
		for i := range edited.Earlier {
			all = append(all, func(m *messageRecord) *string {
				if m == edited {
					return &m.Earlier[i].Text
				}
				return &m.Text
			})
		}
	}
	if len(all) > 2 {
		all = append(all, func(m *messageRecord) *string {
			if len(m.Earlier) > 0 {
				return &m.Earlier[0].Text
			}
			return &m.Text
		})
	}
	return all
}

// maskTalk masks what a talk shows in one reading, and notes the messages that it changed.
func (c *Channel) maskTalk(around []*messageRecord, msg *messageRecord, shown reading, touched map[int]bool) {
	var talk []piece
	var places []place
	i := 0
	for n, m := range around {
		for k, text := range m.texts() {
			if k == 0 {
				if text = shown(m); m == msg {
					i = len(talk)
				}
			}
			p := piece{side: m.side(k), at: m.At, text: *text, card: m.Redacted || m.HadCard, gone: msg.waits() && m != msg && m.gone()}
			talk, places = append(talk, p), append(places, place{n, text})
		}
	}
	c.maskPieces(talk, i)
	for k, p := range talk {
		if here := places[k]; p.part || p.text != *here.text {
			*here.text, touched[here.message] = p.text, true
		}
	}
}

// ownTrail is trail for a message that is about to be sent: what is masked is masked in what
// the customer gets as well.
func (u *unit) ownTrail(ch *Channel, conv *conversation.Conversation, msg *messageRecord, out *message.Outbound) error {
	before := msg.words()
	if err := u.trail(ch, conv, msg, u.now, msg.ID); err != nil {
		return err
	}
	_, err := maskLike(out, before, msg.words())
	return err
}

// maxPiece is the length of a text, in bytes, beyond which it is not looked at together with
// others.
const maxPiece = 1024

// place is where a piece stands: in a field of the n-th message.
type place struct {
	message int
	text    *string
}

// around returns the messages around msg, itself among them, in the order of their times.
func (u *unit) around(conv *conversation.Conversation, msg *messageRecord) ([]*messageRecord, error) {
	span := max(pieceWindow, codeWindow)
	after := &store.Position{Sort: micros(msg.At.Add(-span).Truncate(time.Second))}
	middle := &store.Position{Sort: sortOf(&msg.Message), Key: msg.ID}
	before := &store.Position{Sort: micros(msg.At.Add(span).Truncate(time.Second))}
	earlier, err := u.neighbours(msg, store.Query{After: after, Before: middle, Descending: true})
	if err != nil {
		return nil, err
	}
	var later []*messageRecord
	if conv == nil || conv.LastActivity.After(msg.At) {
		if later, err = u.neighbours(msg, store.Query{After: middle, Before: before}); err != nil {
			return nil, err
		}
	}
	all := make([]*messageRecord, 0, len(earlier)+1+len(later))
	for i := len(earlier) - 1; i >= 0; i-- {
		all = append(all, earlier[i])
	}
	return append(append(all, msg), later...), nil
}

// neighbours reads messages of msg's conversation, as this unit leaves them.
func (u *unit) neighbours(msg *messageRecord, q store.Query) ([]*messageRecord, error) {
	q.Kind, q.Parent, q.Limit = kindMessage, msg.Conversation, trailLength
	records, err := u.List(u.ctx, q)
	if err != nil {
		return nil, fmt.Errorf("channel: list messages: %w", err)
	}
	var list []*messageRecord
	for i := range records {
		m := new(messageRecord)
		if ok, err := u.Load(kindMessage, records[i].Key, m); err != nil {
			return nil, err
		} else if ok && m.ID != msg.ID {
			list = append(list, m)
		}
	}
	return list, nil
}

// masked saves a message in which something was masked later, and tells the host.
func (u *unit) masked(ch *Channel, conv *conversation.Conversation, m *messageRecord, at time.Time, event string) error {
	if err := u.saveMessage(m); err != nil {
		return err
	}
	if m.historic() {
		return nil // the host was not told of it
	}
	if conv == nil {
		if err := u.renewPreview(m); err != nil {
			return err
		}
	} else if conv.PreviewOf == m.ID {
		conv.Show(&m.Message)
	}
	return u.tellHost(ch.ID, "masked|"+event+"|"+m.ID, hostItem{
		Kind: conversation.MessageRedacted, Conversation: m.Conversation, Message: m.ID, At: at.UTC(),
	})
}

// texts are the parts of a message that a person wrote, the text itself first. The ID of what a customer
// tapped is the host's word: it must come back as it was sent.
func (m *messageRecord) texts() []*string {
	list := []*string{&m.Text}
	if m.Form {
		list = append(list, &m.Choice)
	}
	for i := range m.Attachments {
		list = append(list, &m.Attachments[i].Name)
	}
	if m.Location != nil {
		list = append(list, &m.Location.Name, &m.Location.Address)
	}
	for i := range m.Contacts {
		list = append(list, &m.Contacts[i].Name)
	}
	return list
}

// words are the texts as they are now.
func (m *messageRecord) words() (list []string) {
	for _, text := range m.texts() {
		list = append(list, *text)
	}
	return list
}

// side says who wrote the k-th text of a message. Only texts themselves make a number
// together, not what stands beside them.
func (m *messageRecord) side(k int) string {
	if k > 0 {
		return "beside " + m.ID
	}
	return string(m.Direction) + " " + m.Author.Kind + " " + m.Author.ID + " " + cmp.Or(m.SenderKey, m.Sender)
}
