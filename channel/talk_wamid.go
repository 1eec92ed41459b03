package channel

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/store"
)

// One message can have two wamids: one made of the phone number and one of the BSUID. Decoded,
// both end in the same token, which the sender's phone chose: it names a message only among
// those of one customer.
//
// Source: observed in recorded traffic, checked 2026-11-29.

// minToken is the shortest ending that is taken for a token; WhatsApp's have 16 to 32 digits.
const minToken = 12

// wamidToken returns the token in which a wamid ends, "" if it has none.
func wamidToken(wamid string) string {
	encoded, ok := strings.CutPrefix(wamid, "wamid.")
	if !ok || len(encoded) > 1024 {
		return ""
	}
	encoded = strings.TrimRight(encoded, "=")
	raw, err := base64.RawStdEncoding.DecodeString(encoded)
	if err != nil {
		if raw, err = base64.RawURLEncoding.DecodeString(encoded); err != nil {
			return ""
		}
	}
	text := strings.TrimRight(string(raw), "\x00")
	start := len(text)
	for start > 0 && isTokenByte(text[start-1]) {
		start--
	}
	if len(text)-start < minToken || start == 0 { // all of it: nothing stands before the token
		return ""
	}
	return text[start:]
}

func isTokenByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'F' || c >= 'a' && c <= 'f'
}

// maxTwinSearch bounds how many messages of a customer, newest first, are looked through for the
// other wamid of one.
const maxTwinSearch = 1000

// lookupTwin is lookupWAMID, and on a miss finds the message that has the other form of the
// wamid: of this customer, and only if there is just one.
func (u *unit) lookupTwin(customer *conversation.Customer, wamid string) (*messageRecord, error) {
	return u.twinAmong(customer, wamid, maxTwinSearch)
}

// recently is how many of the newest messages of a customer are looked through for one that
// comes again under its other wamid: soon, if at all.
const recently = 20

// twinAmong is lookupTwin among the newest messages, so many of them.
func (u *unit) twinAmong(customer *conversation.Customer, wamid string, left int) (*messageRecord, error) {
	m, err := u.lookupWAMID(customer.Channel, wamid)
	if err != nil || m != nil {
		return m, err
	}
	token := wamidToken(wamid)
	if token == "" {
		return nil, nil
	}
	var found []string
search:
	for _, c := range append([]string{customer.ID}, customer.Merged...) {
		convs, err := conversationsOf(u.ctx, u, &conversation.Customer{ID: c})
		if err != nil {
			return nil, err
		}
		slices.Reverse(convs) // the newest first, the chat history last
		for _, conv := range convs {
			page, err := step.List[messageRecord](u.ctx, u, store.Query{
				Kind: kindMessage, Parent: conv, Descending: true, Limit: left,
			})
			if err != nil {
				return nil, err
			}
			for _, m := range page {
				if wamidToken(m.WAMID) == token {
					found = append(found, m.ID)
				}
			}
			if left -= len(page); left == 0 {
				break search
			}
		}
	}
	if found = unique(found); len(found) != 1 {
		return nil, nil
	}
	m = new(messageRecord)
	if ok, err := u.Load(kindMessage, found[0], m); err != nil || !ok {
		return nil, err
	}
	return m, nil
}

// handedOver finds the message that an amendment which named it by its other wamid stands for:
// one whose message was no longer expected.
func (u *unit) handedOver(customer *conversation.Customer, wamid string) (*messageRecord, error) {
	token := wamidToken(wamid)
	if token == "" {
		return nil, nil
	}
	for _, c := range append([]string{customer.ID}, customer.Merged...) {
		var twin standIn
		ok, err := u.Load(kindMessage, twinID(customer.Channel, c, token), &twin)
		if err != nil {
			return nil, err
		}
		if !ok || twin.SameAs == "" {
			continue
		}
		m := new(messageRecord)
		if ok, err := u.Load(kindMessage, twin.SameAs, m); err != nil || ok {
			return m, err
		}
	}
	return nil, nil
}

// addresseeOf finds the customer whom an identity of a status names, without making one.
func (u *unit) addresseeOf(ch *Channel, w who) (*conversation.Customer, error) {
	w.tidy()
	keys := w.strong(ch.Number)
	if phone := w.phone(ch.Number); phone != "" {
		keys = append(keys, phone)
	}
	for _, key := range keys {
		if c, err := u.byAlias(key); err != nil || c != nil {
			return c, err
		}
	}
	return nil, nil
}

// lookupWAMID finds the message behind a wamid on a channel, sent or received.
func (u *unit) lookupWAMID(channel, wamid string) (*messageRecord, error) {
	if wamid == "" {
		return nil, nil
	}
	id := inboundMessageID(channel, wamid)
	if ok, err := u.Load(kindMessage, id, nil); err != nil || !ok {
		return nil, err
	}
	m := new(messageRecord)
	ok, err := u.Load(kindMessage, id, m)
	if err == nil && ok && m.SameAs != "" {
		id = m.SameAs
		m = new(messageRecord)
		ok, err = u.Load(kindMessage, id, m)
	}
	if err != nil || !ok || m.Direction == "" {
		return nil, err // unknown, or only what overtook it is known
	}
	if m.Channel != channel {
		return nil, fmt.Errorf("channel: message of another channel: %w", ErrNotFound)
	}
	return m, nil
}
