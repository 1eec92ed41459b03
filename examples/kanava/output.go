package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"
)

// The colours, as the terminal numbers them.
const (
	bold   = "1"
	dim    = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
)

// on colours a text where there is a terminal that wants colours: https://no-color.org.
func (p *program) on(terminal bool, colour, text string) string {
	if !terminal || p.json || p.getenv("NO_COLOR") != "" || p.getenv("TERM") == "dumb" {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}

// paint colours a text of the result.
func (p *program) paint(colour, text string) string { return p.on(p.outTerminal, colour, text) }

// output is where results go. It remembers that one could not be written: not everything that writes says so, help for
// instance, and who reads a result from a file has to know that it is not all.
type output struct {
	to  io.Writer
	mu  sync.Mutex
	err error
}

// Write implements io.Writer.
func (o *output) Write(b []byte) (int, error) {
	n, err := o.to.Write(b)
	if err != nil {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.err = cmp.Or(o.err, err)
	}
	return n, err
}

// whole is err, unless the result is not all there and err is for that, says nothing, or lets the result speak.
func (o *output) whole(err error) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err != nil && (err == nil || errors.Is(err, errFound) || errors.Is(err, o.err)) {
		return fmt.Errorf("the result could not be written: %w", o.err)
	}
	return err
}

// print writes the result: v as JSON, or what text writes.
func (p *program) print(v any, text func(w io.Writer)) error {
	if !p.json {
		var b strings.Builder
		text(&b)
		_, err := io.WriteString(p.out, harmless(b.String()))
		return err
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if p.outTerminal {
		e.SetIndent("", "  ")
	}
	if err := e.Encode(v); err != nil {
		return err
	}
	_, err := io.WriteString(p.out, escaped.ReplaceAllStringFunc(b.String(), func(found string) string {
		r, _ := utf8.DecodeRuneInString(found)
		return fmt.Sprintf(`\u%04x`, r)
	}))
	return err
}

// escaped are the characters of commands that JSON does not escape by itself: they stand in its texts only.
var escaped = regexp.MustCompile(`[\x7f\x{80}-\x{9f}\x{202a}-\x{202e}\x{2066}-\x{2069}]`)

// writeWhole writes a file that the user alone can read, whole or not at all. What is no plain file,
// such as a pipe, is written to as it is.
func writeWhole(file string, raw []byte) error {
	if is, err := os.Lstat(file); err == nil && !is.Mode().IsRegular() {
		return os.WriteFile(file, raw, 0o600)
	}
	_ = os.Remove(file + ".new") // of a run that was killed, with rights of its own
	if err := os.WriteFile(file+".new", raw, 0o600); err != nil {
		return err
	}
	return os.Rename(file+".new", file)
}

// tell writes a remark for people to standard error; --json leaves it out.
func (p *program) tell(format string, args ...any) {
	if p.json {
		return
	}
	p.progress.clear()
	fmt.Fprintln(p.errs, harmless(wrap(fmt.Sprintf(format, args...), p.width(), "")))
}

// commands are what a terminal acts upon: our own colours, which cannot hide anything, control characters, and
// those that turn the direction of a text around.
var commands = regexp.MustCompile(`\x1b\[(?:[0-2]|3[1-3])m|[\x00-\x08\x0b-\x1f\x7f\x{80}-\x{9f}\x{202a}-\x{202e}\x{2066}-\x{2069}]`)

// harmless takes out of a text what would command the terminal: what customers write, what
// webhooks hold and what stands in files may be anything.
func harmless(text string) string {
	return commands.ReplaceAllStringFunc(text, func(found string) string {
		if strings.HasSuffix(found, "m") { // a colour
			return found
		}
		return "\uFFFD"
	})
}

// width is how wide text may be.
func (p *program) width() int { return max(min(p.columns, 100), 40) }

// wrap breaks a text at spaces into lines of a width; lines after the first begin with
// indent, which does not count.
func wrap(text string, width int, indent string) string {
	var b strings.Builder
	column := 0
	for i, word := range strings.Fields(text) {
		long := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case column+1+long > width:
			b.WriteString("\n" + indent)
			column = 0
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += long
	}
	return b.String()
}

// table writes rows with aligned columns; the last column is wrapped.
func (p *program) table(w io.Writer, rows [][]string) {
	var wide []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(wide) {
				wide = append(wide, 0)
			}
			if i < len(row)-1 {
				wide[i] = max(wide[i], shownLength(cell))
			}
		}
	}
	for _, row := range rows {
		line, left := "", 0
		for i, cell := range row {
			if i < len(row)-1 {
				line += cell + strings.Repeat(" ", wide[i]-shownLength(cell)+2)
				left += wide[i] + 2
				continue
			}
			if room := p.width() - left; room > 20 && !strings.Contains(cell, "\x1b") {
				cell = wrap(cell, room, strings.Repeat(" ", left))
			}
			line += cell
		}
		fmt.Fprintln(w, strings.TrimRight(line, " "))
	}
}

// shownLength is the number of characters without colours.
func shownLength(s string) int {
	n, escaped := 0, false
	for _, r := range s {
		switch {
		case r == '\x1b':
			escaped = true
		case escaped:
			escaped = r != 'm'
		default:
			n++
		}
	}
	return n
}

// plural counts things: 1 row, 2 rows.
func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	switch {
	case strings.HasSuffix(one, "s"):
		return fmt.Sprintf("%d %ses", n, one)
	case strings.HasSuffix(one, "y") && !strings.HasSuffix(one, "ay") && !strings.HasSuffix(one, "ey"):
		return fmt.Sprintf("%d %sies", n, strings.TrimSuffix(one, "y"))
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// progress is the line of standard error that tells how far a verb is: one line in
// place on a terminal, a line now and then elsewhere.
type progress struct {
	out     io.Writer
	live    bool
	columns int
	shown   bool
}

// show replaces the line. steady says that the text is worth a line of its own where
// there is no terminal.
func (p *progress) show(steady bool, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	switch {
	case p.live:
		if r := []rune(text); len(r) > p.columns-1 {
			text = string(r[:p.columns-1])
		}
		fmt.Fprint(p.out, "\r\x1b[K"+text)
		p.shown = true
	case steady:
		fmt.Fprintln(p.out, text)
	}
}

// clear takes the line away.
func (p *progress) clear() {
	if p.shown {
		fmt.Fprint(p.out, "\r\x1b[K")
		p.shown = false
	}
}
