package channel

import (
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/message"
)

// What an agent has written may still wait to be sent when another message shows that it holds a part of a
// card number: then it is masked where it waits. What was sent is out, and it is for the others that not
// a digit of the number stays.

// waits says that nobody has got the message yet.
func (m *messageRecord) waits() bool {
	if m.Direction != conversation.Outbound || m.Sending {
		return false
	}
	state := m.Delivery.State()
	return state == conversation.Queued || state == conversation.Scheduled
}

// kept says that the message stands in the outbox, or beside it until its fate is known.
func (m *messageRecord) kept() bool {
	return m.waits() || m.Direction == conversation.Outbound && !m.Sending && m.Delivery.State() == conversation.Uncertain
}

// gone says that the customer may have got the message as it was before something was masked in it.
func (m *messageRecord) gone() bool {
	if m.Direction != conversation.Outbound || m.waits() {
		return false
	}
	state := m.Delivery.State()
	return state != conversation.Cancelled && state != conversation.Failed
}

// maskWaiting masks in what waits to be sent what was masked in the message, whose texts were before.
func (u *unit) maskWaiting(m *messageRecord, before []string) error {
	if before == nil {
		return nil
	}
	for _, queue := range []string{workOut, workFirst, workLater, workCheck} {
		err := u.Rewrite(queue, m.ID, func(body []byte) ([]byte, error) {
			var item outboundItem
			if sound := json.Unmarshal(body, &item) == nil; !sound {
				return body, nil // it is never sent
			}
			changed, err := maskLike(&item.Outbound, before, m.words())
			if err != nil || !changed {
				return body, err
			}
			return item.encode(body)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// maskLike masks in an outgoing message what was masked in its texts, and reports whether there was anything.
// A template's values are parts of the text.
func maskLike(out *message.Outbound, before, after []string) (changed bool, err error) {
	for i := range before {
		is := []rune(after[i])
		if before[i] == after[i] || utf8.RuneCountInString(before[i]) != len(is) {
			continue // masks keep the length
		}
		here, err := rewrite(out, func(_, s string) string {
			if !hasDigit(s) {
				return s
			}
			return maskPart(s, before[i], is)
		})
		if err != nil {
			return changed, err
		}
		changed = changed || here
	}
	return changed, nil
}

// maskPart masks s as one of the places is masked where it stands in text, which is masked as is. What is only
// inside of longer numbers there counts if it has no place of its own, and is no short one.
func maskPart(s, text string, is []rune) string {
	inside := s
	alone := false
	for from := 0; ; {
		at := strings.Index(text[from:], s)
		if at < 0 {
			break
		}
		at += from
		start := utf8.RuneCountInString(text[:at])
		masked := string(is[start : start+utf8.RuneCountInString(s)])
		own := !splitsNumber(text, at) && !splitsNumber(text, at+len(s))
		if alone = alone || own; masked != s {
			if own {
				return masked
			}
			inside = masked
		}
		from = at + 1
	}
	if alone || len(digits(s)) < minInside {
		return s
	}
	return inside
}

// minInside is how many digits a text has at least that is looked for inside of longer numbers.
const minInside = 4

// splitsNumber says that there are digits on both sides of a place in s.
func splitsNumber(s string, at int) bool {
	before, _ := utf8.DecodeLastRuneInString(s[:at])
	after, _ := utf8.DecodeRuneInString(s[at:])
	return unicode.IsDigit(before) && unicode.IsDigit(after)
}
