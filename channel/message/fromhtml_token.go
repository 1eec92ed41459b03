package message

import (
	"html"
	"strconv"
	"strings"
	"unicode"
)

// htmlToken is a tag, or a text if it has no name.
type htmlToken struct {
	name  string // in small letters
	end   bool
	text  string
	attrs string // as they are written
}

// htmlReader takes a page apart.
type htmlReader struct {
	rest     string
	unclosed int // tags that nothing closed up to the end of the page
}

// mostUnclosed is how many tags may be looked for to the end in vain: what comes then is text.
// A page of nothing else would take forever.
const mostUnclosed = 64

// next takes the next token from the rest, which is not empty. Comments and the like are empty
// texts, and so is what stands in elements whose content is none of the page's.
func (r *htmlReader) next() (t htmlToken) {
	s := r.rest
	if s[0] != '<' {
		t.text, r.rest = cutBefore(s, "<")
		t.text = html.UnescapeString(t.text)
		return t
	}
	switch {
	case strings.HasPrefix(s, "<!--"):
		r.rest = after(s[len("<!--"):], "-->")
		return t
	case strings.HasPrefix(s, "<!"), strings.HasPrefix(s, "<?"):
		r.rest = after(s, ">")
		return t
	}
	body := s[1:]
	if t.end = strings.HasPrefix(body, "/"); t.end {
		body = body[1:]
	}
	n, end := nameLen(body), -1
	if n > 0 && r.unclosed < mostUnclosed {
		end = tagEnd(body)
	}
	if end == len(body) {
		r.unclosed++
		end = -1
	}
	if end < n { // "a < b", "<3", and a tag that is cut off
		r.rest = s[1:]
		return htmlToken{text: "<"}
	}
	t.name = strings.ToLower(body[:n])
	t.attrs, r.rest = body[n:end], body[end+1:]
	if tags[t.name].raw && !t.end {
		r.rest = after(skipTo(r.rest, "</"+t.name), ">")
		return htmlToken{}
	}
	return t
}

// nameLen returns how long the name of a tag is; 0 if there is none.
func nameLen(s string) int {
	if s == "" || !(s[0] >= 'a' && s[0] <= 'z' || s[0] >= 'A' && s[0] <= 'Z') {
		return 0
	}
	if n := strings.IndexAny(s, " \t\n\f\r/>\"'=<"); n >= 0 {
		return n
	}
	return len(s)
}

// tagEnd returns where the tag ends, outside of quoted values; len(s) if nowhere, -1 if the next
// one begins before that.
func tagEnd(s string) int {
	quote := byte(0)
	for i := range len(s) {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '>':
			return i
		case c == '<':
			return -1
		case (c == '"' || c == '\'') && strings.HasSuffix(strings.TrimRight(s[:i], " \t\n\f\r"), "="):
			if strings.IndexByte(s[i+1:], c) < 0 {
				continue // never closed: part of the value
			}
			quote = c
		}
	}
	return len(s)
}

// cutBefore cuts s before sep, which stays in rest.
func cutBefore(s, sep string) (before, rest string) {
	if i := strings.Index(s, sep); i >= 0 {
		return s[:i], s[i:]
	}
	return s, ""
}

// after returns what stands behind sep, nothing if there is none.
func after(s, sep string) string {
	_, rest, _ := strings.Cut(s, sep)
	return rest
}

// skipTo returns s from prefix on, however its letters are written; nothing if it is not there.
func skipTo(s, prefix string) string {
	for {
		i := strings.Index(s, prefix[:2])
		if i < 0 {
			return ""
		}
		if s = s[i:]; hasPrefixFold(s, prefix) && nameLen(s[2:]) == len(prefix)-2 {
			return s
		}
		s = s[2:]
	}
}

// attr returns the value of an attribute, empty if there is none.
func (t htmlToken) attr(name string) string {
	value, _ := t.lookup(name)
	return value
}

func (t htmlToken) has(name string) bool {
	_, ok := t.lookup(name)
	return ok
}

// number returns the value of an attribute that is a small number.
func (t htmlToken) number(name string, otherwise int) int {
	n, err := strconv.Atoi(strings.TrimSpace(t.attr(name)))
	if err != nil || n > 1e6 || n < -1e6 {
		return otherwise
	}
	return n
}

// lookup goes through the attributes; the first of a name counts.
func (t htmlToken) lookup(name string) (value string, ok bool) {
	const blanks = " \t\n\f\r/"
	s := t.attrs
	for {
		if s = strings.TrimLeft(s, blanks); s == "" {
			return "", false
		}
		n := strings.IndexAny(s[1:], blanks+"=") + 1
		if n == 0 {
			n = len(s)
		}
		key := s[:n]
		s = strings.TrimLeft(s[n:], " \t\n\f\r")
		value = ""
		if strings.HasPrefix(s, "=") {
			value, s = attrValue(strings.TrimLeft(s[1:], " \t\n\f\r"))
		}
		if strings.EqualFold(key, name) {
			return unescapeValue(value), true
		}
	}
}

// attrValue takes the value from the front of s.
func attrValue(s string) (value, rest string) {
	if s != "" && (s[0] == '"' || s[0] == '\'') {
		if end := strings.IndexByte(s[1:], s[0]); end >= 0 {
			return s[1 : end+1], s[end+2:]
		}
	}
	if end := strings.IndexAny(s, " \t\n\f\r"); end >= 0 {
		return s[:end], s[end:]
	}
	return s, ""
}

// unescapeValue reads references to characters, only those with their semicolon: in
// "?a=1&copy=2" there is none.
func unescapeValue(s string) string {
	var b strings.Builder
	for {
		before, rest := cutBefore(s, "&")
		b.WriteString(before)
		if rest == "" {
			return b.String()
		}
		end := strings.IndexAny(rest[1:], ";&= ") + 1
		if end == 0 || rest[end] != ';' {
			b.WriteByte('&')
			s = rest[1:]
			continue
		}
		b.WriteString(html.UnescapeString(rest[:end+1]))
		s = rest[end+1:]
	}
}

// cleanText makes white space plain, which is one space unless it counts, and takes out what
// editors leave behind to hold the cursor.
func cleanText(s string, spaces bool) string {
	var b strings.Builder
	b.Grow(len(s))
	blank := false
	for _, r := range s {
		switch r {
		case ' ', '\t', '\n', '\f', '\r':
			switch {
			case spaces && r == '\n', spaces && r == '\t':
				b.WriteRune(r)
			case spaces && r != '\r', !blank:
				b.WriteByte(' ')
			}
			blank = true
			continue
		case '\u00a0':
			b.WriteByte(' ')
		case '\u200b', '\ufeff', '\u00ad':
			continue
		default:
			if unicode.IsControl(r) {
				continue
			}
			b.WriteRune(r)
		}
		blank = false
	}
	return b.String()
}
