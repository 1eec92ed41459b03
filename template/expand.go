package template

import (
	"fmt"
	"strings"
	"unicode"
)

// Lookup returns what a placeholder stands for, false if there is no such
// placeholder.
type Lookup func(name string) (value string, ok bool)

// ExpandError says which placeholder of a macro could not be replaced.
type ExpandError struct {
	// Offset is the byte of the text at which the placeholder begins.
	Offset int
	// Name is the placeholder as the macro's author wrote it. It is not part
	// of Error's text.
	Name string
	// Unsafe is set if the value was refused because it would have become
	// part of a shorthand; otherwise there was no value.
	Unsafe bool
}

// Error tells the offset.
func (e *ExpandError) Error() string {
	if e.Unsafe {
		return fmt.Sprintf("template: expand macro: unsafe value for the placeholder at byte %d", e.Offset)
	}
	return fmt.Sprintf("template: expand macro: unknown placeholder at byte %d", e.Offset)
}

// Expand replaces the placeholders of a macro text: {{customer.name}}, with or
// without spaces inside the braces, of letters, digits, "_", "-" and ".".
// Anything else in braces stays, and so does {{1}}, which belongs to templates.
//
// Every value passes through [OneLine] first, because template values must not
// hold line breaks; use [ExpandVerbatim] for text that is sent as it is. A value
// is never searched for placeholders again. Text that holds a shorthand should be
// parsed first and expanded then, see [Shorthand.Expand]; Expand refuses values
// that would become part of its syntax, also where only the text around them
// completes it.
//
// The error is an [*ExpandError]; the macro must then not be sent.
func Expand(text string, lookup Lookup) (string, error) {
	return expand(text, true, func(name string, _ int) (string, bool) {
		value, ok := lookup(name)
		return OneLine(value), ok
	})
}

// ExpandVerbatim is Expand for ordinary messages: values keep their line breaks
// and spaces.
func ExpandVerbatim(text string, lookup Lookup) (string, error) {
	return expand(text, true, func(name string, _ int) (string, bool) { return lookup(name) })
}

// expand replaces placeholders by what value returns for a name and the offset
// of its placeholder. guard refuses values that could become syntax.
func expand(text string, guard bool, value func(name string, at int) (string, bool)) (string, error) {
	first := strings.Index(text, "{{")
	if first < 0 {
		return text, nil
	}
	var out strings.Builder
	var inserted []span
	from := 0
	for at := first; at >= 0; {
		name, end, ok := placeholder(text, at)
		if !ok {
			at = indexFrom(text, "{{", at+1)
			continue
		}
		v, known := value(name, at)
		if !known {
			return "", &ExpandError{Offset: at, Name: name}
		}
		out.WriteString(text[from:at])
		if guard {
			inserted = append(inserted, span{out.Len(), out.Len() + len(v), at, name})
		}
		out.WriteString(v)
		from = end
		at = indexFrom(text, "{{", end)
	}
	out.WriteString(text[from:])
	result := out.String()
	macro := HasShorthand(text)
	for _, s := range inserted {
		if s.unsafe(result, macro) {
			return "", &ExpandError{Offset: s.placeholder, Name: s.name, Unsafe: true}
		}
	}
	return result, nil
}

// span is a value within the expanded text.
type span struct {
	start, end  int
	placeholder int // where its placeholder stood
	name        string
}

// unsafe reports whether the value holds, or completes with what stands beside
// it, a piece of shorthand syntax. In text without shorthand only the beginning
// of one matters.
func (s span) unsafe(text string, macro bool) bool {
	near := func(n int) string { return text[max(0, s.start-n):min(len(text), s.end+n)] }
	if strings.Contains(near(len(shorthandOpen)-1), shorthandOpen) {
		return true
	}
	return macro && (strings.Contains(near(1), "]]") || strings.Contains(near(0), "[[") ||
		strings.Contains(near(len(shorthandClose)-1), shorthandClose))
}

// indexFrom is strings.Index from an offset on.
func indexFrom(s, sub string, from int) int {
	if i := strings.Index(s[from:], sub); i >= 0 {
		return from + i
	}
	return -1
}

// placeholder reads the placeholder whose braces begin at at.
func placeholder(text string, at int) (name string, end int, ok bool) {
	i := at + 2
	for i < len(text) && text[i] == ' ' {
		i++
	}
	start := i
	for i < len(text) && (nameByte(text[i]) || text[i] == '.' || text[i] == '-') {
		i++
	}
	name = text[start:i]
	for i < len(text) && text[i] == ' ' {
		i++
	}
	if name == "" || digits(name) || !strings.HasPrefix(text[i:], "}}") {
		return "", 0, false
	}
	return name, i + 2, true
}

// OneLine makes a text fit to be a template value: line breaks, tabs and other
// control characters become spaces, runs of more than three spaces become
// three, and spaces at the ends go. Nothing else changes: quotes, angle brackets
// and marks stay.
func OneLine(s string) string {
	clean := true
	run := 0
	for i, r := range s {
		if r == ' ' {
			run++
			clean = clean && run <= 3 && i > 0
			continue
		}
		run = 0
		clean = clean && !lineControl(r)
	}
	if clean && run == 0 {
		return s
	}
	var b strings.Builder
	run = 0
	for _, r := range s {
		if r == ' ' || lineControl(r) {
			run++
			continue
		}
		if b.Len() > 0 {
			b.WriteString("   "[:min(run, 3)])
		}
		run = 0
		b.WriteRune(r)
	}
	return b.String()
}

// lineControl reports whether r breaks a line or cannot be seen at all. Marks
// that order or join letters are part of names and stay.
func lineControl(r rune) bool {
	return unicode.IsControl(r) || r == '\u2028' || r == '\u2029'
}
