package webhook

import (
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kanava-go/kanava/internal/jsonscan"
)

// Key returns the identity of the event for deduplication: equal for the same
// event however often and in whatever company it is delivered, different for
// different events. It depends on the account and the number as well, so that somebody who
// speaks for one cannot use up the key of an event of another. It is at most 40 ASCII characters, safe in file names and
// subjects, and made of hashes, so that it shows no message id or phone number.
//
// Meta repeats unanswered deliveries for seven days, so remember keys for longer
// than that. Two things the platform itself cannot tell apart have one key:
// problems of an account that carry no time and are worded alike.
func (e *Event) Key() string {
	var k key
	k.scope = [2]string{e.Account, e.Number.ID}
	switch p := e.Payload.(type) {
	case *Message:
		k.add("message", p.ID)
	case *StandbyMessage:
		k.add("standby-message", p.Message.ID)
	case *Status:
		k.status("status", p)
	case *StandbyStatus:
		k.status("standby-status", &p.Status)
	case *PaymentStatus:
		// Every business counts its orders from one, and several share a store.
		k.add("payment", p.ID, p.ReferenceID, p.Transaction.ID, p.Status, p.Transaction.Status)
		for i := range p.Refunds {
			k.add(p.Refunds[i].ID, p.Refunds[i].Status)
		}
	case *Call:
		k.add("call", p.ID, string(p.Event))
	case *CallStatus:
		k.add("call-status", p.ID, p.Status)
	case *Echo:
		k.add("echo", p.ID)
	case *StandbyEcho:
		k.add("standby-echo", p.ID)
	case *HistoryMessage:
		// The file of a placeholder comes later under the same message id.
		_, placeholder := p.Content.(*MediaPlaceholder)
		k.add("history", p.ID, strconv.FormatBool(placeholder))
	case *UserPreference:
		k.add("preference", or(p.User.BSUID, p.User.Phone), p.Category, p.Value)
		k.time(e.Time)
	default:
		k.add(keyKinds(p), e.Field, e.common().list)
		k.time(e.Time)
		e.addItem(&k)
	}
	return k.String()
}

// keyKinds names the family of an event that is identified by all of its item.
func keyKinds(p Payload) string {
	if _, ok := p.(*Unknown); ok {
		return "unknown"
	}
	return "event"
}

// A key collects what identifies an event. The first part is its kind, and stays
// readable.
type key struct {
	kind  string
	scope [2]string // account and number
	buf   []byte
}

// add appends parts so that no two lists of parts look alike.
func (k *key) add(parts ...string) {
	if k.kind == "" {
		k.kind = parts[0]
		k.buf = make([]byte, 0, 256)
		k.add(k.scope[:]...)
	}
	for _, p := range parts {
		k.buf = strconv.AppendInt(k.buf, int64(len(p)), 10)
		k.buf = append(k.buf, ':')
		k.buf = append(k.buf, p...)
	}
}

func (k *key) time(t time.Time) {
	if !t.IsZero() {
		k.add(strconv.FormatInt(t.UnixMilli(), 10))
	}
}

// status adds what identifies a status. In a group every participant has one.
func (k *key) status(kind string, s *Status) {
	k.add(kind, s.ID, string(s.Status))
	if s.GroupID != "" {
		k.add(or(s.Recipient.BSUID, s.Recipient.Phone))
	}
}

// String returns the kind and 128 bits of hash.
func (k *key) String() string {
	sum := sha256.Sum256(k.buf)
	var b [64]byte
	s := append(b[:0], k.kind...)
	s = append(s, '.')
	s = base64.RawURLEncoding.AppendEncode(s, sum[:16])
	return string(s)
}

// addItem adds the item itself, in a form that does not depend on how it was
// printed.
func (e *Event) addItem(k *key) {
	src := e.d.src
	if e.shape == shapeBody {
		k.add(src)
		return
	}
	var doc jsonscan.Doc
	if doc.Parse(src[e.item.start:e.item.end]) == nil { // it was read before, as part of the body
		k.canonical(doc.Root())
	}
}

// canonical adds a JSON value with its members in order of their names.
func (k *key) canonical(v value) {
	switch v.Kind() {
	case jsonscan.Object:
		type field struct {
			name string
			v    value
		}
		var fields []field
		it := v.Iter()
		for it.Next() {
			fields = append(fields, field{it.Key(), it.Value()})
		}
		slices.SortStableFunc(fields, func(a, b field) int { return strings.Compare(a.name, b.name) })
		k.add("{")
		for _, f := range fields {
			k.add(f.name)
			k.canonical(f.v)
		}
		k.add("}")
	case jsonscan.Array:
		k.add("[")
		it := v.Iter()
		for it.Next() {
			k.canonical(it.Value())
		}
		k.add("]")
	case jsonscan.String:
		k.add("s", v.Str())
	default:
		k.add("n", v.Raw())
	}
}
