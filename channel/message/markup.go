package message

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// marks are the marks of WhatsApp's markup that are open at a place, the outermost first:
// '>' for a quote, '#' for a block of code, and '*', '_', '~' and '`' as they are written.
type marks string

func (m marks) opening() string {
	var b strings.Builder
	for i := range len(m) {
		b.WriteString(opening(m[i]))
	}
	return b.String()
}

func (m marks) closing() string {
	var b strings.Builder
	for i := len(m) - 1; i >= 0; i-- {
		b.WriteString(closing(m[i]))
	}
	return b.String()
}

func opening(mark byte) string {
	switch mark {
	case '>':
		return "> "
	case '#':
		return fence
	}
	return string(mark)
}

func closing(mark byte) string {
	switch mark {
	case '>':
		return ""
	case '#':
		return fence
	}
	return string(mark)
}

// fence begins and ends a block of code.
const fence = "```"

// codeBlock is an open block of code: nothing is a mark in it.
const codeBlock marks = "#"

// markReach is how many bytes ahead it is looked for what closes a mark, if a piece is shorter:
// a text of many pieces takes time in proportion to its length.
const markReach = 1 << 16

// marksAt returns what is open at a position of text, and is closed behind it, where the next
// piece of at most max characters begins.
func marksAt(text string, at, max int) marks {
	before, ahead := text[:at], text[at:]
	if reach := markReach + utf8.UTFMax*max; reach < len(ahead) {
		ahead = ahead[:reach]
	}
	if strings.Count(before, fence)%2 == 1 && strings.Contains(ahead, fence) {
		return codeBlock
	}
	blanks := len(before) - len(strings.TrimRightFunc(before, unicode.IsSpace))
	next := strings.TrimLeftFunc(ahead, unicode.IsSpace)
	if strings.Contains(text[at-blanks:at+len(ahead)-len(next)], "\n") {
		return "" // no mark but that of code goes beyond a line
	}
	from := strings.LastIndexByte(before, '\n') + 1
	if end := strings.IndexByte(ahead, '\n'); end >= 0 {
		ahead = ahead[:end]
	}
	return lineMarks(text[from:at+len(ahead)], at-from)
}

// lineMarks returns what is open at a position of a line.
func lineMarks(line string, at int) marks {
	var open marks
	if strings.HasPrefix(line, "> ") {
		open = ">"
	}
	var ends [utf8.RuneSelf]int // where a mark is closed next, -1 if nowhere any more
	for i := 0; i < at; i++ {
		mark := line[i]
		if !isMark(mark) {
			continue
		}
		if n := strings.IndexByte(string(open), mark); n >= 0 && closesAt(line, i) {
			open = open[:n]
			continue
		}
		if strings.IndexByte(string(open), mark) >= 0 || !opensAt(line, i) {
			continue
		}
		if ends[mark] >= 0 && ends[mark] < i+2 {
			ends[mark] = closer(line, i)
		}
		end := ends[mark]
		switch {
		case end < 0:
		case mark == '`' && end < at:
			i = end // nothing is a mark in code
		case mark == '`':
			return open + "`"
		default:
			open += marks(mark)
		}
	}
	return open
}

// isMark tells the marks that are written around words.
func isMark(c byte) bool { return c == '*' || c == '_' || c == '~' || c == '`' }

// opensAt reports whether WhatsApp may take the mark at i for one that opens: no word runs
// into it, and something follows.
func opensAt(line string, i int) bool {
	before, _ := utf8.DecodeLastRuneInString(line[:i])
	after, size := utf8.DecodeRuneInString(line[i+1:])
	return !wordy(before) && size > 0 && !unicode.IsSpace(after) && after != rune(line[i])
}

// closesAt is the same for one that closes.
func closesAt(line string, i int) bool {
	before, size := utf8.DecodeLastRuneInString(line[:i])
	after, _ := utf8.DecodeRuneInString(line[i+1:])
	return size > 0 && !unicode.IsSpace(before) && !wordy(after)
}

// closer returns where the mark at i is closed, -1 if nowhere in the line.
func closer(line string, i int) int {
	for j := i + 2; j < len(line); j++ {
		if line[j] == line[i] && closesAt(line, j) {
			return j
		}
	}
	return -1
}

// wordy reports whether a mark beside r is part of a word.
func wordy(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r))
}
