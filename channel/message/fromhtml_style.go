package message

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// style is how text looks.
type style uint8

const (
	bold style = 1 << iota
	italic
	strike
	code
)

// styleMarks are the styles that can be in each other, with their marks.
var styleMarks = [...]struct {
	style style
	mark  byte
}{{bold, '*'}, {italic, '_'}, {strike, '~'}}

// with switches styles on or off.
func (s style) with(other style, on bool) style {
	if on {
		return s | other
	}
	return s &^ other
}

// run is text of one style.
type run struct {
	text  string
	style style
}

// renderLine writes a line with WhatsApp's marks.
func renderLine(line []run) string {
	for i := range line {
		if line[i].style&code != 0 {
			line[i].style = code // nothing is a mark in code
		}
	}
	runs := tidyRuns(line)
	for _, m := range styleMarks {
		dropUnread(runs, m.style, m.mark)
	}
	dropUnread(runs, code, '`')
	var b strings.Builder
	var open []int // indexes of styleMarks
	for i := range runs {
		r := &runs[i]
		for n, m := range open {
			if r.style&styleMarks[m].style == 0 {
				open = closeMarks(&b, open, n)
				break
			}
		}
		open = openMarks(&b, open, runs[i:])
		if r.style == code {
			b.WriteString("`" + r.text + "`")
		} else {
			b.WriteString(r.text)
		}
	}
	closeMarks(&b, open, 0)
	return strings.TrimRight(b.String(), " ")
}

// openMarks opens what the first run needs, first what lasts longest.
func openMarks(b *strings.Builder, open []int, runs []run) []int {
	lasting := func(s style) int {
		for i := range runs {
			if runs[i].style&s == 0 {
				return i
			}
		}
		return len(runs)
	}
	for {
		next, longest := -1, 0
		for i, m := range styleMarks {
			if slices.Contains(open, i) {
				continue
			}
			if n := lasting(m.style); n > longest {
				next, longest = i, n
			}
		}
		if next < 0 {
			return open
		}
		b.WriteByte(styleMarks[next].mark)
		open = append(open, next)
	}
}

// closeMarks closes all but the outermost n.
func closeMarks(b *strings.Builder, open []int, n int) []int {
	for i := len(open) - 1; i >= n; i-- {
		b.WriteByte(styleMarks[open[i]].mark)
	}
	return open[:n]
}

// tidyRuns joins runs of one style, and takes white space at the ends of a style out of it:
// a mark stands at a word.
func tidyRuns(line []run) []run {
	var runs []run
	var text, blanks []byte // of the run being joined; white space that waits for the style behind it
	var now style
	add := func(s string, st style) {
		if st != now && len(text) > 0 {
			runs = append(runs, run{string(text), now})
			text = text[:0]
		}
		now = st
		text = append(text, s...)
	}
	last := style(0) // before the white space
	for _, r := range line {
		word := strings.TrimLeft(r.text, " ")
		blanks = append(blanks, r.text[:len(r.text)-len(word)]...)
		if word == "" {
			continue
		}
		if len(blanks) > 0 {
			add(string(blanks), last&r.style)
		}
		end := strings.TrimRight(word, " ")
		add(end, r.style)
		blanks, last = append(blanks[:0], word[len(end):]...), r.style
	}
	if len(text) > 0 {
		runs = append(runs, run{string(text), now})
	}
	return runs
}

// dropUnread takes a style away where WhatsApp would not read its marks: within a word, or
// around text that has the mark in it.
func dropUnread(runs []run, s style, mark byte) {
	for from := 0; from < len(runs); from++ {
		if runs[from].style&s == 0 {
			continue
		}
		to, good := from, true
		for ; to < len(runs) && runs[to].style&s != 0; to++ {
			good = good && strings.IndexByte(runs[to].text, mark) < 0
		}
		if from > 0 {
			r, _ := utf8.DecodeLastRuneInString(runs[from-1].text)
			good = good && !wordy(r) && r != rune(mark)
		}
		if to < len(runs) {
			r, _ := utf8.DecodeRuneInString(runs[to].text)
			good = good && !wordy(r) && r != rune(mark)
		}
		first, _ := utf8.DecodeRuneInString(runs[from].text)
		good = good && !unicode.IsSpace(first)
		for i := from; !good && i < to; i++ {
			runs[i].style &^= s
		}
		from = to
	}
}
