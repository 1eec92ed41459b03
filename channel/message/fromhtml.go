package message

import (
	"strconv"
	"strings"
)

// FromHTML turns what an editor of rich text produces into texts for WhatsApp, each of at
// most [MaxTextBody] characters and ready to be [Text.Body]: see [Split] for where a longer
// one is cut. HTML that shows nothing gives nil.
//
//   - Bold, italic, struck out and code, by element or style, become WhatsApp's marks; so do
//     headings (bold), lists, quotes and preformatted text. A mark that WhatsApp would not
//     read as one is left out, such as bold within a word.
//   - A link is written out behind its text, unless the text is the link. Only http, https,
//     mailto and tel are; an image is its alternative text.
//   - A table becomes lines, its cells parted by " | ". More than one blank line is one.
//   - Scripts, styles, comments, forms and what is hidden is left out. Unknown elements are
//     their content; broken HTML is read as far as it can be, and never an error.
func FromHTML(html string) []string {
	w := htmlWriter{elements: make([]element, 1, 16)}
	page := htmlReader{rest: strings.ToValidUTF8(html, "\ufffd")}
	for page.rest != "" {
		switch t := page.next(); {
		case t.name == "":
			w.text(t.text)
		case t.end:
			w.close(t.name)
		default:
			w.open(t)
		}
	}
	w.pop(1)
	w.endLine()
	return Split(strings.Trim(strings.Join(w.lines, "\n"), "\n"), MaxTextBody)
}

// breaks say how one block is parted from the next.
type breaks int

const (
	noBreak   breaks = iota
	lineBreak        // the next text begins a line
	gap              // with a blank line before it
)

// maxDepth is how deep elements may be nested to have a meaning.
const maxDepth = 100

// element is one that is open. What is inherited is copied from its parent.
type element struct {
	name   string
	style  style
	hidden bool // nothing of it is shown
	spaces bool // white space counts
	pre    bool // preformatted
	quote  bool
	inner  bool // within an item or a cell, where blocks have no gaps
	depth  int  // of lists
	items  int  // how many a list has had, -1 if it is not numbered
	cells  int  // how many a row has had

	link   string // where it leads
	linked int    // where its text begins in htmlWriter.linked
}

// htmlWriter makes lines of the elements.
type htmlWriter struct {
	elements []element // open ones; the first stands for the document
	lines    []string  // finished
	line     []run     // being written
	prefix   string    // of line
	marker   string    // of the next line: that of an item
	breaks   breaks    // before the next text
	inLine   bool      // no break until there is text: a cell has begun
	linked   strings.Builder
	links    int // open ones
	code     strings.Builder
}

func (w *htmlWriter) top() *element { return &w.elements[len(w.elements)-1] }

// open begins an element.
func (w *htmlWriter) open(t htmlToken) {
	tag := tags[t.name]
	w.closeImplied(t.name)
	w.block(tag.breaks)
	switch t.name {
	case "br":
		w.newLine()
		return
	case "hr":
		w.add("---", 0)
		w.block(gap)
		return
	case "img":
		w.text(t.attr("alt"))
		return
	}
	if tag.void || len(w.elements) == maxDepth {
		return
	}
	e := *w.top()
	e.name, e.link = t.name, ""
	e.hidden = e.hidden || tag.hidden || t.has("hidden")
	e.style |= tag.style
	t.css(&e)
	switch t.name {
	case "blockquote":
		e.quote = true
	case "pre":
		e.pre = !e.hidden
		if !w.top().pre {
			w.code.Reset()
		}
	case "ul", "menu":
		e.depth, e.items, e.inner = e.depth+1, -1, false
	case "ol":
		e.depth, e.items, e.inner = e.depth+1, max(t.number("start", 1)-1, 0), false
	case "li":
		w.item(t, &e)
	case "tr":
		w.settle()
		e.cells, e.inner = 0, true
	case "td", "th":
		w.cell()
		e.inner = true
	case "a":
		if e.link = linkTarget(t.attr("href")); e.link != "" {
			w.links++
			e.linked = w.linked.Len()
		}
	}
	w.elements = append(w.elements, e)
}

// closeImplied ends what ends because another element begins, as in HTML without end tags.
func (w *htmlWriter) closeImplied(name string) {
	ends, within := name, ""
	switch name {
	case "li":
		within = "ul ol menu"
	case "td", "th":
		ends, within = "td th", "tr table"
	case "tr":
		ends, within = "tr", "table"
	case "body":
		ends = "head"
	default:
		if tags[name].breaks == noBreak {
			return
		}
		ends, within = "p", "li td th blockquote div"
	}
	for i := len(w.elements) - 1; i > 0; i-- {
		if oneOf(within, w.elements[i].name) {
			return
		}
		if oneOf(ends, w.elements[i].name) {
			w.pop(i)
			return
		}
	}
}

// close ends the last open element of this name and what is open in it.
func (w *htmlWriter) close(name string) {
	for i := len(w.elements) - 1; i > 0; i-- {
		if w.elements[i].name == name {
			w.pop(i)
			return
		}
	}
	switch name {
	case "p":
		w.block(gap)
	case "br":
		w.newLine()
	}
}

// pop ends all elements from the i-th on.
func (w *htmlWriter) pop(i int) {
	for len(w.elements) > i {
		e := *w.top()
		w.elements = w.elements[:len(w.elements)-1]
		if e.pre && !w.top().pre {
			w.endPre()
		}
		if e.link != "" {
			w.writeLink(e)
		}
		w.block(tags[e.name].breaks)
	}
}

// block parts what comes from what was.
func (w *htmlWriter) block(b breaks) {
	if w.top().pre || w.top().hidden || w.inLine {
		return
	}
	if w.top().inner {
		b = min(b, lineBreak)
	}
	w.breaks = max(w.breaks, b)
}

// item begins an item of a list.
func (w *htmlWriter) item(t htmlToken, e *element) {
	list := w.top()
	e.inner = true
	depth := max(e.depth, 1)
	marker := "- "
	if list.depth > 0 && list.items >= 0 && t.attr("data-list") != "bullet" {
		list.items = max(t.number("value", list.items+1), 0)
		marker = strconv.Itoa(list.items) + ". "
	}
	w.marker = strings.Repeat("  ", depth-1) + marker
}

// cell begins a cell: in the line of the cell before it.
func (w *htmlWriter) cell() {
	row := w.top()
	if row.name != "tr" {
		return
	}
	row.cells++
	if row.cells > 1 && len(w.line) > 0 {
		w.breaks = noBreak
		w.add(" | ", 0)
		w.inLine = true
	}
}

// text adds what stands between the tags.
func (w *htmlWriter) text(s string) {
	e := w.top()
	if e.hidden || s == "" {
		return
	}
	if e.pre {
		w.code.WriteString(cleanText(s, true))
		return
	}
	if !e.spaces {
		w.add(cleanText(s, false), e.style)
		return
	}
	for i, line := range strings.Split(cleanText(s, true), "\n") {
		if i > 0 {
			w.newLine()
		}
		w.add(line, e.style)
	}
}

// add adds to the line, which it begins if it has to.
func (w *htmlWriter) add(s string, st style) {
	if w.top().hidden {
		return
	}
	if w.atStart() && !w.top().spaces {
		s = strings.TrimLeft(s, " ")
	}
	if s == "" {
		return
	}
	w.inLine = false
	w.settle()
	if len(w.line) == 0 {
		w.beginLine()
	} else if last := w.line[len(w.line)-1].text; strings.HasSuffix(last, " ") && !w.top().spaces {
		if s = strings.TrimLeft(s, " "); s == "" {
			return
		}
	}
	w.line = append(w.line, run{s, st})
	if w.links > 0 {
		w.linked.WriteString(s)
	}
}

// atStart reports whether the next text begins a line.
func (w *htmlWriter) atStart() bool { return len(w.line) == 0 || w.breaks != noBreak }

// settle carries out the break that is due.
func (w *htmlWriter) settle() {
	b := w.breaks
	w.breaks = noBreak
	if b == noBreak {
		return
	}
	w.endLine()
	if b == gap {
		w.blank()
	}
}

// beginLine says what the line begins with.
func (w *htmlWriter) beginLine() {
	e := w.top()
	w.prefix = w.marker
	if w.marker == "" && e.inner && e.depth > 0 {
		w.prefix = strings.Repeat("  ", e.depth)
	}
	if e.quote {
		w.prefix = "> " + w.prefix
	}
	w.marker = ""
}

// endLine finishes the line, if there is one.
func (w *htmlWriter) endLine() {
	if len(w.line) == 0 {
		return
	}
	if s := renderLine(w.line); s != "" {
		w.lines = append(w.lines, w.prefix+s)
	} else {
		w.blank()
	}
	w.line = w.line[:0]
}

// newLine is a line break of the author's.
func (w *htmlWriter) newLine() {
	if w.top().hidden {
		return
	}
	if w.top().pre {
		w.code.WriteByte('\n')
		return
	}
	w.settle()
	if len(w.line) == 0 {
		w.blank()
	}
	w.endLine()
	if w.links > 0 {
		w.linked.WriteByte(' ')
	}
}

// blank adds a blank line, unless there is one.
func (w *htmlWriter) blank() {
	if n := len(w.lines); n > 0 && w.lines[n-1] != "" {
		w.lines = append(w.lines, "")
	}
}

// endPre writes preformatted text.
func (w *htmlWriter) endPre() {
	code := strings.Trim(w.code.String(), "\n")
	if strings.TrimSpace(code) == "" {
		return
	}
	w.settle()
	w.endLine()
	if !strings.Contains(code, "`") {
		code = fence + code + fence
	}
	w.lines = append(w.lines, strings.Split(code, "\n")...)
}

// writeLink writes out where a link leads.
func (w *htmlWriter) writeLink(e element) {
	text := strings.TrimSpace(w.linked.String()[e.linked:])
	if w.links--; w.links == 0 {
		w.linked.Reset()
	}
	address := linkAddress(e.link)
	if sameLink(text, address) {
		return
	}
	if text != "" {
		address = " (" + address + ")"
	}
	due := w.breaks // of a block within the link
	w.breaks = noBreak
	w.add(address, 0)
	w.breaks = due
}
