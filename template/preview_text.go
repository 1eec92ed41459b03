package template

import (
	"strconv"
	"strings"
	"time"
)

// Text renders the preview as plain text for a transcript. Formatting marks
// stay as they were written.
func (p Preview) Text() string {
	var t textWriter
	t.Grow(len(p.Body) + len(p.Footer) + 64 + 48*len(p.Buttons))
	t.header(p.Header)
	if o := p.Offer; o != nil {
		t.line(o.Text, ends(o.Ends))
	}
	t.line(p.Body)
	if s := p.OrderStatus; s != nil {
		t.line("Order ", s.ReferenceID, ": ", s.Status)
		t.line(s.Description)
	}
	t.line(p.Footer)
	t.buttons(p.Buttons)
	for _, target := range p.TapTargets {
		t.line("[", target.Title, "] ", target.URL)
	}
	if p.CallPermission {
		t.line("[", callPermission, "]")
	}
	for i := range p.Cards {
		t.line("— ", strconv.Itoa(i+1), " —")
		t.header(p.Cards[i].Header)
		t.line(p.Cards[i].Body)
		t.buttons(p.Cards[i].Buttons)
	}
	return t.String()
}

// callPermission stands for what the client shows, in its language.
const callPermission = "asks for permission to call"

// ends words the end of an offer, in UTC because the customer's zone is unknown.
func ends(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return " (until " + t.UTC().Format("2006-01-02 15:04 MST") + ")"
}

// textWriter writes lines, with a line break between two of them only.
type textWriter struct{ strings.Builder }

// line writes its pieces on a line of their own, unless all are empty.
func (t *textWriter) line(pieces ...string) {
	before := t.Len()
	for _, s := range pieces {
		if s != "" && t.Len() == before && before > 0 {
			t.WriteByte('\n')
		}
		t.WriteString(s)
	}
}

// header names what the header shows. A sample from the definition would mislead.
func (t *textWriter) header(h *PreviewHeader) {
	switch {
	case h == nil:
	case h.Media != nil:
		if what := h.Media.words(); what != "" {
			t.line("[", h.kind(), ": ", what, "]")
		} else {
			t.line("[", h.kind(), "]")
		}
	case h.Location != nil:
		l := h.Location
		t.line("[location: ", l.Name, gap(l.Name), l.Address, gap(l.Address), l.coordinates(), "]")
	case h.Product != nil:
		t.line("[product: ", h.Product.RetailerID, "]")
	default:
		t.line(h.Text)
	}
}

// words are what people can make something of: the name of the file and where it is. The ID of an uploaded one
// says nothing to them.
func (m *Media) words() string {
	if m.Filename != "" && m.Link != "" {
		return m.Filename + ", " + m.Link
	}
	return m.Filename + m.Link
}

// gap separates a piece, if there is one, from the next.
func gap(s string) string {
	if s == "" {
		return ""
	}
	return ", "
}

// kind names the format of the header in lower case.
func (h *PreviewHeader) kind() string { return strings.ToLower(string(h.Format)) }

// coordinates writes latitude and longitude without losing digits.
func (l *Location) coordinates() string {
	return strconv.FormatFloat(l.Latitude, 'f', -1, 64) + " " + strconv.FormatFloat(l.Longitude, 'f', -1, 64)
}

// buttons writes a line for each button: its label, and where it leads.
func (t *textWriter) buttons(list []PreviewButton) {
	for i := range list {
		label, detail := list[i].show()
		if detail != "" {
			t.line("[", label, "] ", detail)
		} else {
			t.line("[", label, "]")
		}
	}
}

// show returns the label of the button and what it leads to. Where the client
// chooses the label an English one stands in.
func (b *PreviewButton) show() (label, detail string) {
	label = b.Label
	if label == "" {
		label = defaultLabel(b.Kind)
	}
	switch {
	case b.URL != "":
		detail = b.URL
	case b.Phone != "":
		detail = b.Phone
	case b.Code != "":
		detail = b.Code
	case b.Products > 0:
		detail = strconv.Itoa(b.Products) + " products"
	}
	return label, detail
}

// defaultLabel stands in for the label that the client puts on the button, in
// the customer's language.
func defaultLabel(k ButtonKind) string {
	switch k {
	case ButtonCopyCode, ButtonOTP:
		return "Copy code"
	case ButtonRequestContactInfo:
		return "Share Contact Info"
	case "":
		return "button"
	}
	return strings.ToLower(strings.ReplaceAll(string(k), "_", " "))
}
