package channel

import (
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/kanava-go/kanava/redact"
)

// A field is a text of a message beside others, and the key that it stands under.
type field struct{ key, text string }

// plainKeys are those under which people read texts one after the other. Any other key says what its
// text is, and stands in front of it like a label.
var plainKeys = map[string]bool{
	"text": true, "body": true, "caption": true, "filename": true, "title": true, "description": true, "button": true,
	"display_text": true, "flow_cta": true, "name": true, "address": true, "fallback_value": true,
}

// unreadKeys are those of words that nobody reads, among what people read.
var unreadKeys = map[string]bool{
	"": true, "flow_message_version": true, "mode": true, "flow_action": true, "screen": true, "status": true, "reference_id": true,
	"payment_type": true, "payment_configuration": true, "currency": true, "template_name": true,
}

// redactFields masks card numbers in the fields of one message, which are in the order in which they are
// read: in each by itself and, if they are read together, what they show together: a number that goes on
// in the next field, the security code of a card in another one.
func (c *Channel) redactFields(fields []field, together bool) []string {
	safe := make([]string, len(fields))
	var order []int
	count, with := 0, 0
	for i, f := range fields {
		if f.key == "filename" {
			safe[i] = c.redactFileName(f.text)
		} else {
			safe[i] = c.redactText(f.text)
		}
		if unreadKeys[f.key] {
			continue
		}
		order = append(order, i)
		if n := utf8.RuneCountInString(digits(f.text)); n > 0 {
			count, with = count+n, with+1
		}
	}
	if !together || with < 2 || count < minCardDigits {
		return safe
	}
	c.redactJoined(fields, safe, order)
	for n := 1; n < len(order); n++ {
		if fields[order[n]].key == "filename" { // it stands above its caption, or below
			order[n-1], order[n] = order[n], order[n-1]
			c.redactJoined(fields, safe, order)
		}
	}
	return safe
}

// redactJoined masks in safe what fields show together when they are read in an order.
func (c *Channel) redactJoined(fields []field, safe []string, order []int) {
	j := join(fields, order)
	hidden := []rune(j.text)
	whole := []rune(c.redactText(j.text))
	if len(whole) != len(hidden) {
		return // a detector of the host does more than to mask
	}
	card := slices.ContainsFunc(order, func(i int) bool { return safe[i] != fields[i].text })
	spans := c.Redact.Find(j.text)
	for _, s := range spans {
		card = card || s.Kind == redact.Card && j.crosses(s)
	}
	if !card {
		return
	}
	for _, s := range spans {
		if s.Kind == redact.Custom || s.Kind == redact.Card && !j.crosses(s) {
			continue // each field was looked at by itself
		}
		from := utf8.RuneCountInString(j.text[:s.Start])
		to := from + utf8.RuneCountInString(j.text[s.Start:s.End])
		copy(hidden[from:to], whole[from:to])
	}
	for n, i := range order {
		from := utf8.RuneCountInString(j.text[:j.start[n]])
		own, now := []rune(fields[i].text), []rune(safe[i])
		if len(own) != len(now) {
			continue
		}
		for k := range utf8.RuneCountInString(j.text[j.start[n]:j.end[n]]) {
			if unicode.IsDigit(own[k]) && now[k] == own[k] {
				now[k] = hidden[from+k]
			}
		}
		safe[i] = string(now)
	}
}

// A page is fields as one text, a line for each.
type page struct {
	text       string
	key        []string
	start, end []int  // of each field in text, without its label
	label      []bool // whether one of its own stands before it
}

func join(fields []field, order []int) (j page) {
	var b strings.Builder
	label := ""
	for n, i := range order {
		key, text := fields[i].key, fields[i].text
		if n > 0 {
			b.WriteByte('\n')
		}
		before := label
		if label = ""; !plainKeys[key] {
			label = labelOf(key)
		}
		own := label != "" && label != before // as in "part_1", "part_2"
		if own {
			b.WriteString(label + " ")
		}
		if key == "filename" {
			text = strings.ReplaceAll(text, "_", " ")
			if ext := path.Ext(text); !hasDigit(ext) {
				text = strings.TrimSuffix(text, ext)
			}
		}
		j.key = append(j.key, key)
		j.start, j.label = append(j.start, b.Len()), append(j.label, own)
		b.WriteString(text)
		j.end = append(j.end, b.Len())
	}
	j.text = b.String()
	return j
}

// labelOf are the words of a key; the parts of a name are read as one.
func labelOf(key string) string {
	switch key {
	case "first_name", "middle_name", "last_name":
		key = "name"
	}
	return strings.Join(strings.FieldsFunc(key, func(r rune) bool { return !unicode.IsLetter(r) }), " ")
}

// crosses says that a number begins in one field and ends in another, as its digits would be read on: with
// nothing but space or a dash between them, or words that speak of a card; and that it is not made of the
// beginning of something else, such as a date.
func (j *page) crosses(s redact.Span) bool {
	first := slices.IndexFunc(j.end, func(end int) bool { return s.Start < end })
	last := slices.IndexFunc(j.end, func(end int) bool { return s.End <= end })
	if first < 0 || first == last || j.series(first, last) {
		return false
	}
	for n := first; n < last; n++ {
		tail := j.text[max(j.start[n], s.Start):j.end[n]]
		tail = tail[max(0, strings.LastIndexFunc(tail, unicode.IsDigit)):]
		head := j.text[j.start[n+1]:min(j.end[n+1], s.End)]
		if i := strings.IndexFunc(head, unicode.IsDigit); i >= 0 {
			head = head[:i]
		}
		if j.label[n+1] && s.Reason != redact.ByCardWord || !readsOn(tail) || !readsOn(head) {
			return false
		}
	}
	before, after := j.text[j.start[first]:s.Start], j.text[s.End:j.end[last]]
	glue, n := utf8.DecodeLastRuneInString(before)
	beyond, _ := utf8.DecodeLastRuneInString(before[:len(before)-n])
	if glues(glue, beyond) {
		return false
	}
	glue, n = utf8.DecodeRuneInString(after)
	beyond, _ = utf8.DecodeRuneInString(after[n:])
	return !glues(glue, beyond)
}

// series says that fields are choices whose numbers are of one length and of the same first half, such as those of
// orders that came one after the other; parts of a card number are hardly ever so.
func (j *page) series(first, last int) bool {
	one := digits(j.text[j.start[first]:j.end[first]])
	n := utf8.RuneCountInString(one)
	half, _ := cutRunes(one, (n+1)/2)
	for i := first; i <= last; i++ {
		own := digits(j.text[j.start[i]:j.end[i]])
		if j.key[i] != "title" || n < 6 || utf8.RuneCountInString(own) != n || !strings.HasPrefix(own, half) {
			return false
		}
	}
	return true
}

// readsOn says that what stands between two digits, one of them with it, is space and dashes.
func readsOn(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return !unicode.IsDigit(r) && !unicode.IsSpace(r) && !unicode.Is(unicode.Pd, r) && r != '.' && r != ','
	})
}

// glues says that a number goes on behind r with the digit next, as dates and prices do.
func glues(r, next rune) bool {
	return !unicode.IsSpace(r) && !unicode.IsLetter(r) && unicode.IsDigit(next)
}
