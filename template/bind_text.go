package template

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// text binds the variables of one text and returns it filled in. limit is the
// number of characters it may have then, 0 for that of a bare body. A text
// without variables, or with wrong values, gets no component.
func (b *binder) text(path, kind, text string, vals []Value, limit int) string {
	var buf [12]variable // on the stack: most texts have fewer
	list := appendVariables(buf[:0], text)
	want, ok := b.countVariables(list)
	if !ok {
		b.problem(Problem{Path: path, Rule: RuleDefinition, Want: "one kind of variable", Code: CodeKindMismatch})
		return ""
	}
	before := len(b.problems)
	if len(vals) != want {
		b.problem(Problem{Path: path, Rule: RuleValueCount, Limit: want, Actual: len(vals), Code: CodeCountMismatch})
	}
	if len(vals) <= maxVariables { // otherwise the count has been reported
		b.checkNames(path, list, vals)
	}
	for i := range vals {
		b.checkValue(path, i, &vals[i])
	}
	if len(b.problems) > before {
		return ""
	}
	if want == 0 {
		return text
	}
	params := b.params(len(vals))
	for i := range vals {
		params[i] = vals[i].param()
	}
	b.parts = append(b.parts, part{kind: kind, params: params})
	out := b.fill(text, list, vals)
	b.checkRendered(path, out, limit)
	return out
}

// countVariables returns how many values a text wants, and false if its
// variables are not of the kind the template declares. A variable that occurs
// twice wants one value. Numbers count up to the highest: Meta approves no gaps,
// and a definition that has one nevertheless must not shift its values.
func (b *binder) countVariables(list []variable) (n int, ok bool) {
	if len(list) > maxVariables {
		return 0, false
	}
	for i := range list {
		name := list[i].name
		if b.names == digits(name) { // a number among names, or the reverse
			return 0, false
		}
		if b.names {
			if !hasVariable(list[:i], name) {
				n++
			}
			continue
		}
		p := position(name)
		if p < 0 {
			return 0, false
		}
		n = max(n, p+1)
	}
	return n, true
}

// position returns the zero-based position of a numbered variable, -1 if the
// number is none that a template can have.
func position(name string) int {
	if len(name) > 4 {
		return -1
	}
	n, err := strconv.Atoi(name)
	if err != nil {
		return -1
	}
	return n - 1 // "0" gives -1
}

// checkNames reports named values that match no variable or match twice, and
// names where numbers are used: Meta matches values by name in the one case and
// by position in the other.
func (b *binder) checkNames(path string, list []variable, vals []Value) {
	for i := range vals {
		name := vals[i].Name
		var good bool
		if b.names {
			good = name != "" && hasVariable(list, name)
			for j := range i {
				good = good && vals[j].Name != name
			}
		} else {
			good = name == ""
		}
		if !good {
			b.problem(Problem{Path: indexed(path, i), Rule: RuleValueName, Code: CodeCountMismatch})
		}
	}
}

func hasVariable(list []variable, name string) bool {
	for i := range list {
		if list[i].name == name {
			return true
		}
	}
	return false
}

// checkValue reports what Meta refuses in a value of a text.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes
// (checked 2026-11-22).
func (b *binder) checkValue(path string, i int, v *Value) {
	b.checkText(path, i, v.Text)
	if v.Currency == "" {
		return
	}
	if v.Date {
		b.problem(Problem{Path: indexed(path, i), Rule: RuleValueKind, Want: "currency or date", Got: "both", Code: CodeKindMismatch})
	}
	if len(v.Currency) != 3 || strings.Trim(v.Currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		b.problem(Problem{Path: indexed(path, i), Rule: RuleCurrency, Code: CodeKindMismatch})
	}
}

// maxSpaces is the longest run of spaces Meta lets pass in a value.
const maxSpaces = 4

// checkText reports what Meta refuses in a text parameter of any kind, in one
// pass over the bytes.
func (b *binder) checkText(path string, i int, s string) {
	var run, longest int
	breaks, blank := false, true
	for j := range len(s) {
		switch s[j] {
		case ' ':
			run++
			longest = max(longest, run)
			continue
		case '\n', '\r', '\t':
			breaks = true
		default: // beyond ASCII it may be a space still
			blank = blank && s[j] >= utf8.RuneSelf
		}
		run = 0
	}
	switch {
	case blank && strings.TrimSpace(s) == "":
		b.problem(Problem{Path: indexed(path, i), Rule: RuleValueBlank, Code: CodeMissing})
	case !utf8.ValidString(s):
		b.problem(Problem{Path: indexed(path, i), Rule: RuleValueEncoding, Code: CodeInvalidParameter})
	}
	if breaks {
		b.problem(Problem{Path: indexed(path, i), Rule: RuleValueBreak, Code: CodeInvalidText})
	}
	if longest > maxSpaces {
		b.problem(Problem{Path: indexed(path, i), Rule: RuleValueSpaces, Limit: maxSpaces, Actual: longest, Code: CodeInvalidText})
	}
}

// fill replaces the variables of text, whose number and names have been checked.
// Values are inserted as they are: what looks like a variable in one of them is
// text.
func (b *binder) fill(text string, list []variable, vals []Value) string {
	var out strings.Builder
	size := len(text)
	for i := range vals {
		size += len(vals[i].Text)
	}
	out.Grow(size)
	from := 0
	for i := range list {
		v := &list[i]
		out.WriteString(text[from:v.start])
		from = v.end
		if !b.names {
			out.WriteString(vals[position(v.name)].Text)
			continue
		}
		for j := range vals {
			if vals[j].Name == v.name {
				out.WriteString(vals[j].Text)
			}
		}
	}
	out.WriteString(text[from:])
	return out.String()
}

// checkRendered measures a text after substitution, in code points. Where only
// the count of UTF-16 units is too high it warns, because Meta does not say
// which of the two it counts.
func (b *binder) checkRendered(path, s string, limit int) {
	warnAt := limit
	if limit == 0 {
		limit, warnAt = maxBareBody, maxBareBodySafe
	}
	if len(s) <= warnAt { // bytes: never fewer than characters or UTF-16 units
		return
	}
	n := runes(s)
	switch {
	case n > limit:
		b.problem(Problem{Path: path, Rule: RuleRenderedLength, Limit: limit, Actual: n, Code: CodeTooLong})
	case n > warnAt:
		b.problem(Problem{Path: path, Rule: RuleRenderedLength, Severity: SeverityWarning, Limit: warnAt, Actual: n})
	default:
		if n = utf16Len(s); n > warnAt {
			b.problem(Problem{Path: path, Rule: RuleRenderedLength, Severity: SeverityWarning, Limit: warnAt, Actual: n})
		}
	}
}

// authBody binds the one-time code, which may hold neither emoji nor links. Meta
// writes the text around it, which is known only for definitions that were read
// back.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/authentication-templates/authentication-templates
// (checked 2026-11-22).
func (b *binder) authBody(body *Body, vals []Value) (text string, preset bool) {
	text = "{{1}}"
	if body != nil && body.Text != "" {
		text = body.Text
	} else {
		preset = true
	}
	if len(vals) == 1 {
		b.code = vals[0].Text
		if n := runes(b.code); n > MaxCode {
			b.problem(Problem{Path: "body[0]", Rule: RuleValueLength, Limit: MaxCode, Actual: n, Code: CodeInvalidValue})
		}
		if emoji(b.code) > 0 || strings.Contains(b.code, "://") {
			b.problem(Problem{Path: "body[0]", Rule: RuleValueKind, Want: "code", Got: "emoji or link", Code: CodeInvalidValue})
		}
	}
	b.names = false // numbered, whatever the definition says
	return b.text("body", "body", text, vals, MaxBody), preset
}
