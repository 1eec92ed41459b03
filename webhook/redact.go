package webhook

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/kanava-go/kanava/internal/filename"
	"github.com/kanava-go/kanava/internal/jsonscan"
)

// RedactBody passes every text that a person may have written in a webhook body
// through redact, and returns the body with what came back. It serves logs and
// queues that keep whole bodies: run it between [Verify] and storing.
//
// What counts as text is decided by exclusion, so that kinds of messages this
// version does not know are covered: everything but identifiers, those of tapped
// buttons and rows among them, message ids,
// phone numbers, URLs, hashes, timestamps and the words of the protocol (with twelve
// digits or more they are none). Texts on address cards and places count even where
// they are numbers and links. Escape sequences are resolved first, and the JSON
// inside of a Flow's response_json is redacted text by text. A whole number of 12 to
// 19 digits counts too, and becomes a string if redact changes it. Values of account
// and template fields hold no such texts and stay as they are.
//
// Names of members count where they hold that many digits. In a body in which redact
// changed something, every text is read again as it would be behind that text, with
// the name of its member in front, so that a security code in a field of its own does
// not stay beside the number of its card. What is read on from one text to the next is read as
// one: the parts of a name on an address card, a file's name and its caption, a place's name and address,
// and, in a Flow's response, lists and members whose names differ in their digits only.
//
// Events keep their kind and identity, and all of the JSON around the texts stays
// byte for byte. If redact changes nothing, the result is body itself; otherwise a
// new slice. redact is called with decoded texts and may return any string.
//
// If body is not JSON, each piece between two quotation marks is redacted as a text of its
// own, and then the whole as one; the error matches [ErrMalformed]. The returned body is safe to keep then, too.
func RedactBody(body []byte, redact func(string) string) ([]byte, error) {
	p := parsers.Get().(*parser)
	defer p.release()
	r := redactor{src: string(body), redact: redact}
	if err := p.doc.Parse(r.src); err != nil {
		if clean := redactBroken(r.src, redact); clean != r.src {
			body = []byte(clean)
		}
		return body, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	r.root(p.doc.Root())
	if r.out == nil {
		return body, nil
	}
	if r.card != "" { // once more, now that it is known
		r.out, r.done = nil, 0
		r.root(p.doc.Root())
	}
	return append(r.out, r.src[r.done:]...), nil
}

// A redactor rewrites the texts of one JSON document.
type redactor struct {
	src    string
	redact func(string) string
	out    []byte // the new document up to done; nil while nothing has changed
	done   uint32
	card   string // the first text with a number that was changed, "" for none yet
	// hidden are texts, by where they start, as they are masked together with others.
	hidden map[uint32][]rune
}

// A place says where in a body a value stands, as far as it matters.
type place struct {
	field string // webhook field, empty outside of one
	links bool   // in an address card or a place, where URLs are text
	all   bool   // in JSON that a person filled in, where everything is text
}

// root walks the envelope to learn the field of every value. Bodies of another
// form are walked as if they were a value.
func (r *redactor) root(v value) {
	if v.Kind() != jsonscan.Object {
		r.walk(v, "", place{})
		return
	}
	it := v.Iter()
	for it.Next() {
		if it.Key() != "entry" {
			r.member(&it, place{})
			continue
		}
		entries := it.Value().Elements()
		for entries.Next() {
			r.members(entries.Value(), "changes", r.change)
		}
	}
}

// members walks an object, of which the elements of the member called list are
// handed to visit.
func (r *redactor) members(v value, list string, visit func(value)) {
	if v.Kind() != jsonscan.Object {
		r.walk(v, "", place{})
		return
	}
	it := v.Iter()
	for it.Next() {
		if it.Key() != list {
			r.member(&it, place{})
			continue
		}
		l := it.Value().Elements()
		for l.Next() {
			visit(l.Value())
		}
	}
}

// change walks one change.
func (r *redactor) change(v value) {
	field := v.Get("field").Str()
	if accountReader(field) != nil && field != "messaging_handovers" {
		return
	}
	r.walk(v, "", place{field: field})
}

// walk redacts v, which stands in pl under key; elements of an array stand under
// the key of the array.
func (r *redactor) walk(v value, key string, pl place) {
	switch v.Kind() {
	case jsonscan.Object:
		pl.links = pl.links || key == "contacts" || key == "location"
		r.together(v, key, pl)
		it := v.Iter()
		for it.Next() {
			r.member(&it, pl)
		}
	case jsonscan.Array:
		it := v.Iter()
		for it.Next() {
			r.walk(it.Value(), key, pl)
		}
	case jsonscan.String:
		if pl.all || !structural(key, v, pl) {
			r.text(v, key, v.Str())
		}
	case jsonscan.Number:
		if n := v.Raw(); (isLongInteger(n) || r.card != "") && (pl.all || !structural(key, v, pl)) {
			r.text(v, key, n)
		}
	}
}

// member walks a member of an object, and redacts its name if that can be a number. What stands
// under such a name is read as under the new one, so that a second time changes nothing.
func (r *redactor) member(it *jsonscan.Iter, pl place) {
	key := it.Key()
	if digitsIn(key) >= minCard {
		if clean := r.plain(key); clean != key {
			start, end := it.KeySpan()
			r.replace(start-1, end+1, clean) // with its quotes
			key = clean
		}
	}
	r.walk(it.Value(), key, pl)
}

// text redacts the text s of v.
func (r *redactor) text(v value, key, s string) {
	var clean string
	switch key {
	case "response_json":
		clean = r.nested(s)
	case "filename":
		clean = filename.Redact(s, r.plain)
	default:
		clean = r.code(key, r.plain(s))
	}
	start, end := v.Span()
	if hidden := r.hidden[start]; hidden != nil {
		clean = hide(s, clean, hidden)
	}
	if clean != s {
		r.replace(start, end, clean)
	}
}

// replace puts the text clean, as JSON, in the place of src[start:end].
func (r *redactor) replace(start, end uint32, clean string) {
	if r.out == nil {
		r.out = make([]byte, 0, len(r.src)+len(clean))
	}
	r.out = append(r.out, r.src[r.done:start]...)
	r.out = jsonscan.AppendQuoted(r.out, clean)
	r.done = end
}

// plain redacts a text, and remembers the first one that had a number in it.
func (r *redactor) plain(s string) string {
	clean := r.redact(s)
	if clean != s && r.card == "" && digitsIn(s) >= minCard {
		r.card = s
	}
	return clean
}

// code redacts s as it would be redacted behind the card, under the name of its member.
func (r *redactor) code(key, s string) string {
	if r.card == "" || len(s) > maxCode || digitsIn(s) < minCode {
		return s
	}
	lead := r.card + "\n\n" + words(key) + " "
	behind, all := []rune(r.redact(lead+s)), utf8.RuneCountInString(lead)
	if len(behind) != all+utf8.RuneCountInString(s) {
		return s // redact does more than to mask
	}
	return string(behind[all:])
}

// The shortest code, in digits, and the longest text, in bytes, in which one is looked for.
const minCode, maxCode = 3, 4096

// words turns the name of a member into words: "security_code", "securityCode".
func words(key string) string {
	var b strings.Builder
	before := ' '
	for _, c := range key {
		switch {
		case c == '_', c == '-':
			c = ' '
		case unicode.IsUpper(c) && unicode.IsLower(before):
			b.WriteByte(' ')
		}
		b.WriteRune(c)
		before = c
	}
	return b.String()
}

// nested redacts JSON that stands in a string; if it is none, as plain text.
func (r *redactor) nested(s string) string {
	var doc jsonscan.Doc
	if doc.Parse(s) != nil || doc.Root().Kind() < jsonscan.Array {
		return r.plain(s)
	}
	inner := redactor{src: s, redact: r.redact, card: r.card}
	inner.walk(doc.Root(), "", place{all: true})
	r.card = inner.card
	if inner.out == nil {
		return s
	}
	return string(append(inner.out, s[inner.done:]...))
}

// isLongInteger reports whether the number could be that of a card, perhaps with ".0".
func isLongInteger(n string) bool {
	n, _, _ = strings.Cut(strings.TrimPrefix(n, "-"), ".")
	return minCard <= len(n) && len(n) <= maxCard && digitsIn(n) == len(n)
}

// The lengths of card numbers, in digits.
const minCard, maxCard = 12, 19

// digitsIn counts the decimal digits in s, of any script.
func digitsIn(s string) int {
	n := 0
	for _, c := range s {
		if '0' <= c && c <= '9' || c > unicode.MaxASCII && unicode.IsDigit(c) {
			n++
		}
	}
	return n
}

// structural reports whether v under key is an identifier, a number, a URL or a word
// of the protocol rather than a text.
func structural(key string, v value, pl place) bool {
	switch key {
	case "id", "from", "to", "recipient", "wa_id", "customer", "identity", "input",
		"phone_number", "display_phone_number", "timestamp", "time", "start_time", "end_time", "duration",
		"sha256", "href", "invite_link", "sdp":
		return true
	case "object", "field", "messaging_product", "type", "status", "event", "action", "direction", "category",
		"currency", "emoji", "origin", "response", "response_source", "payment_method", "last_four_digits",
		"click_component", "event_name", "initiated_by", "join_approval_mode", "pricing_model":
		return isWord(v)
	case "url":
		return !pl.links
	case "value":
		return pl.field == "user_preferences" && isWord(v)
	case "previous", "current":
		return pl.field == "user_id_update"
	case "biz_opaque_callback_data": // our own id; for calls it may be anything
		return pl.field != "calls"
	}
	i := strings.LastIndexByte(key, '_')
	if i < 0 {
		return false
	}
	switch key[i:] {
	case "_id", "_ids", "_url", "_hash", "_token", "_clid", "_timestamp":
		return true
	case "_type", "_role":
		return isWord(v)
	default:
		return false
	}
}

// isWord reports whether v can be a word of the protocol. A kind of message of the
// future may have what a person wrote under the name of one.
func isWord(v value) bool {
	return v.Kind() == jsonscan.String && digitsIn(v.Str()) < minCard
}
