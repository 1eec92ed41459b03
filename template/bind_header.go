package template

import (
	"cmp"
	"strings"
)

// header binds a header, of the template or of a card. It adds a component if
// the header is not the same for everybody.
func (b *binder) header(path string, h *Header, v *HeaderValue) *PreviewHeader {
	if h == nil {
		if got := v.kind(""); got != "" {
			b.problem(Problem{Path: path, Rule: RuleValueUnexpected, Got: got, Code: CodeCountMismatch})
		}
		return nil
	}
	// A header's value may have a kind of its own, so that the first question
	// is whether the two agree; what the value says comes after.
	p := &PreviewHeader{Format: h.Format}
	want := strings.ToLower(string(h.Format))
	got := v.kind(h.Format.media())
	switch {
	case h.Format == HeaderText && (got == "" || got == want):
		var vals []Value
		if got != "" {
			vals = []Value{v.Text}
			if v.Text.Currency != "" || v.Text.Date { // Meta takes these in bodies only
				b.problem(Problem{Path: indexed(path, 0), Rule: RuleValueKind, Want: want, Got: "currency or date", Code: CodeKindMismatch})
			}
		}
		p.Text = b.text(path, "header", h.Text, vals, MaxHeader)
	case !h.Format.known():
		b.problem(Problem{Path: path, Rule: RuleDefinition, Want: "a known header format", Got: want, Code: CodeKindMismatch})
	case got == "":
		b.problem(Problem{Path: path, Rule: RuleValueMissing, Want: want, Code: CodeMissing})
	case got != want:
		b.problem(Problem{Path: path, Rule: RuleValueKind, Want: want, Got: got, Code: CodeKindMismatch})
	case v.Media != nil:
		p.Media = b.media(path, h.Format.media(), *v.Media)
	case v.Location != nil:
		p.Location = b.location(path, *v.Location)
	case v.Product != nil:
		p.Product = b.product(path, *v.Product)
	}
	return p
}

// kind names what the value holds, in the words of header formats: "" for
// nothing, "several" for more than one thing. A file of no stated kind is what
// the header shows, or "media" if it shows no file.
func (v *HeaderValue) kind(shown MediaKind) string {
	kind, n := "", 0
	if v.Text != (Value{}) {
		kind, n = "text", n+1
	}
	if v.Media != nil {
		kind, n = string(cmp.Or(v.Media.Kind, shown, "media")), n+1
	}
	if v.Location != nil {
		kind, n = "location", n+1
	}
	if v.Product != nil {
		kind, n = "product", n+1
	}
	if n > 1 {
		return "several"
	}
	return kind
}

// media binds a file. Whether the file behind a link or an id really is of the
// kind, and small enough, only Meta can tell when it fetches it.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/components
// (checked 2026-11-22).
func (b *binder) media(path string, kind MediaKind, m Media) *Media {
	m.Kind = kind
	switch {
	case m.ID == "" && m.Link == "":
		b.problem(Problem{Path: path, Rule: RuleMediaSource, Want: "id or link", Code: CodeMissing})
	case m.ID != "" && m.Link != "":
		b.problem(Problem{Path: path, Rule: RuleMediaSource, Want: "id or link", Got: "both", Code: CodeInvalidValue})
	case m.Link != "" && !webURL(m.Link):
		b.problem(Problem{Path: path, Rule: RuleMediaLink, Code: CodeInvalidValue})
	}
	if m.Filename != "" && kind != MediaDocument {
		b.problem(Problem{Path: path, Rule: RuleMediaFilename, Want: "document", Got: string(kind), Code: CodeKindMismatch})
	}
	b.checkUTF8(path, m.ID, m.Filename)
	b.part("header", Parameter{Type: ParameterType(kind), Media: &m})
	return clonePointer(&m) // the message keeps its own
}

// location binds a place. Name and address are optional.
func (b *binder) location(path string, l Location) *Location {
	// Written so that a coordinate that is not a number fails too.
	inRange := l.Latitude >= -90 && l.Latitude <= 90 && l.Longitude >= -180 && l.Longitude <= 180
	if !inRange {
		b.problem(Problem{Path: path, Rule: RuleLocation, Code: CodeInvalidValue})
	}
	b.checkUTF8(path, l.Name, l.Address)
	b.part("header", Parameter{Type: ParamLocation, Location: &l})
	return clonePointer(&l)
}

// product binds an item of a catalogue, which is named by both ids or not at all.
func (b *binder) product(path string, p Product) *Product {
	if p.RetailerID == "" || p.CatalogID == "" {
		b.problem(Problem{Path: path, Rule: RuleValueMissing, Want: "catalogue and retailer id", Code: CodeMissing})
	}
	b.checkUTF8(path, p.RetailerID, p.CatalogID)
	b.part("header", Parameter{Type: ParamProduct, Product: &p})
	return clonePointer(&p)
}
