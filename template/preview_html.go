package template

import (
	"html"
	"strings"
)

// HTML renders the preview as a fragment of HTML that is safe to put into a
// page: every text is escaped, links are only made to http and https, nothing
// is loaded from elsewhere, and there are no scripts or styles. Classes begin
// with "wa-" and are stable. WhatsApp's formatting marks become elements.
func (p Preview) HTML() string {
	var b strings.Builder
	b.Grow(2*len(p.Body) + 256)
	h := htmlWriter{&b}
	h.raw(`<div class="wa-template" dir="auto" lang="`).text(strings.ReplaceAll(p.Language, "_", "-")).raw(`">`)
	h.header(p.Header)
	if o := p.Offer; o != nil {
		h.block("wa-offer", html.EscapeString(o.Text+ends(o.Ends)))
	}
	h.block("wa-body", formatted(p.Body))
	if s := p.OrderStatus; s != nil {
		h.block("wa-order", html.EscapeString("Order "+s.ReferenceID+": "+s.Status))
		h.block("wa-order", lines(s.Description))
	}
	h.block("wa-footer", lines(p.Footer))
	h.buttons(p.Buttons)
	for _, target := range p.TapTargets {
		h.raw(`<div class="wa-target">`).link(target.URL, target.Title)
		h.raw(`</div>`)
	}
	if p.CallPermission {
		h.block("wa-call", callPermission)
	}
	for i := range p.Cards {
		c := &p.Cards[i]
		h.raw(`<div class="wa-card">`)
		h.header(c.Header)
		h.block("wa-body", formatted(c.Body))
		h.buttons(c.Buttons)
		h.raw(`</div>`)
	}
	h.raw(`</div>`)
	return b.String()
}

// htmlWriter separates what is escaped from what is not: raw is only ever given
// constants and the results of functions that escape.
type htmlWriter struct{ b *strings.Builder }

func (h htmlWriter) raw(s string) htmlWriter {
	h.b.WriteString(s)
	return h
}

func (h htmlWriter) text(s string) htmlWriter { return h.raw(html.EscapeString(s)) }

// block writes a division around HTML, unless that is empty.
func (h htmlWriter) block(class, inner string) {
	if inner != "" {
		h.raw(`<div class="` + class + `">`).raw(inner).raw(`</div>`)
	}
}

// link writes text, as a link if url leads to the web. The page that is opened
// learns nothing of the helpdesk's page.
func (h htmlWriter) link(url, text string) {
	if !webURL(url) {
		h.text(text)
		return
	}
	h.raw(`<a href="`).text(url).raw(`" rel="noopener noreferrer nofollow" target="_blank">`).text(text).raw(`</a>`)
}

// header names a file, place or product instead of showing it: a picture from
// elsewhere would tell its server when an agent looked.
func (h htmlWriter) header(p *PreviewHeader) {
	if p == nil {
		return
	}
	h.raw(`<div class="wa-header wa-` + class(p.kind()) + `">`)
	switch {
	case p.Media != nil && p.Media.Link == "":
		h.text(p.kind())
		if p.Media.Filename != "" {
			h.text(": " + p.Media.Filename)
		}
	case p.Media != nil:
		h.text(p.kind() + ": " + p.Media.Filename + gap(p.Media.Filename))
		h.link(p.Media.Link, p.Media.Link)
	case p.Location != nil:
		l := p.Location
		h.text("location: " + l.Name + gap(l.Name) + l.Address + gap(l.Address) + l.coordinates())
	case p.Product != nil:
		h.text("product: " + p.Product.RetailerID)
	default:
		h.text(p.Text)
	}
	h.raw(`</div>`)
}

// buttons writes the buttons as a list.
func (h htmlWriter) buttons(list []PreviewButton) {
	if len(list) == 0 {
		return
	}
	h.raw(`<ul class="wa-buttons">`)
	for i := range list {
		b := &list[i]
		label, detail := b.show()
		h.raw(`<li class="wa-button wa-` + class(strings.ToLower(string(b.Kind))) + `">`)
		h.text(label)
		if detail != "" {
			h.raw(` <span class="wa-detail">`)
			h.link(b.URL, detail)
			h.raw(`</span>`)
		}
		h.raw(`</li>`)
	}
	h.raw(`</ul>`)
}

// class makes a kind fit for a class name; kinds from the future may hold
// anything.
func class(kind string) string {
	for i := range len(kind) {
		if !nameByte(kind[i]) {
			return "other"
		}
	}
	return kind
}

// lines escapes a text and keeps its line breaks.
func lines(s string) string { return strings.ReplaceAll(html.EscapeString(s), "\n", "<br>") }

// formatted turns WhatsApp's marks into elements: *bold*, _italic_, ~struck~
// and ```monospace```. The first three do not reach over the end of a line, and
// in monospace they are text. WhatsApp does not publish its rules; these come
// close, and where they err only the look differs.
func formatted(s string) string {
	const fence = "```"
	var b strings.Builder
	for s != "" {
		open := strings.Index(s, fence)
		length := -1
		if open >= 0 {
			length = strings.Index(s[open+len(fence):], fence)
		}
		if length <= 0 {
			if length == 0 { // six marks in a row are text
				open += 2 * len(fence)
				b.WriteString(inline(s[:open]))
				s = s[open:]
				continue
			}
			b.WriteString(inline(s))
			break
		}
		b.WriteString(inline(s[:open]))
		code := s[open+len(fence) : open+len(fence)+length]
		b.WriteString("<code>" + lines(code) + "</code>")
		s = s[open+2*len(fence)+length:]
	}
	return b.String()
}

// inline handles the marks that stay on one line, line by line.
func inline(s string) string {
	all := strings.Split(s, "\n")
	for i, line := range all {
		all[i] = inlineLine(line)
	}
	return strings.Join(all, "<br>")
}

// inlineLine works in one pass: an opening mark is written as itself and turned
// into an element only when its closing mark is found. Of two that open, the
// later one counts.
func inlineLine(s string) string {
	if !strings.ContainsAny(s, marks) {
		return html.EscapeString(s)
	}
	pieces := make([]string, 0, 8)
	var open [len(marks)]int // where in pieces a mark stands open, plus one
	from := 0
	for i := range len(s) {
		m := strings.IndexByte(marks, s[i])
		switch {
		case m < 0:
			continue
		case open[m] > 0 && closes(s, i):
			pieces = append(pieces, html.EscapeString(s[from:i]), "</"+elements[m]+">")
			at := open[m]
			pieces[at-1] = "<" + elements[m] + ">"
			for j := range open {
				if open[j] >= at { // opened inside: stays text
					open[j] = 0
				}
			}
		case opens(s, i):
			pieces = append(pieces, html.EscapeString(s[from:i]), s[i:i+1])
			open[m] = len(pieces)
		default:
			continue
		}
		from = i + 1
	}
	return strings.Join(pieces, "") + html.EscapeString(s[from:])
}

// marks are the formatting marks within a line, elements what they become.
const marks = "*_~"

var elements = [len(marks)]string{"strong", "em", "del"}

// opens reports whether the mark at i may open: something follows it at once
// and no word ends before it.
func opens(s string, i int) bool {
	return i+1 < len(s) && s[i+1] != ' ' && s[i+1] != s[i] && (i == 0 || !wordByte(s[i-1]))
}

// closes reports whether the mark at i may close: something stands right
// before it and no word begins after it.
func closes(s string, i int) bool {
	return i > 0 && s[i-1] != ' ' && s[i-1] != s[i] && (i+1 == len(s) || !wordByte(s[i+1]))
}

// wordByte treats every byte beyond ASCII as part of a word.
func wordByte(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b >= 0x80
}
