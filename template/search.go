package template

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Filter says what a picker wants to list. The zero Filter lists everything.
type Filter struct {
	// SendableAt, if not zero, leaves out what cannot be sent at that moment.
	SendableAt time.Time
	// Languages, if any, are the codes wanted. A code without region also
	// takes in its regions: "en" finds "en_GB".
	Languages  []string
	Categories []Category
	Statuses   []Status
	// Text must occur in name, text or button labels, in any case. Several
	// words must all occur.
	Text string
	// Limit is the number of results wanted; 0 means all.
	Limit int
}

// Search returns the templates that f lets through: first those whose name
// begins with the text, then those whose name holds it, then the others; within
// each group by name and language.
func (c *Catalog) Search(f Filter) []*Definition {
	type hit struct {
		rank int
		d    *Definition
	}
	// A few thousand templates are walked in less time than a person needs to
	// type the next letter; an index would have to be kept right instead.
	var hits []hit
	words := strings.Fields(strings.ToLower(f.Text))
	for d := range c.All() {
		if !f.admits(d) {
			continue
		}
		if rank := d.rank(words); rank >= 0 {
			hits = append(hits, hit{rank, d})
		}
	}
	slices.SortFunc(hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.d.Name, b.d.Name), cmp.Compare(a.d.Language, b.d.Language))
	})
	if f.Limit > 0 && len(hits) > f.Limit {
		hits = hits[:f.Limit]
	}
	out := make([]*Definition, len(hits))
	for i := range hits {
		out[i] = hits[i].d
	}
	return out
}

// admits reports whether d passes everything but the text.
func (f *Filter) admits(d *Definition) bool {
	if len(f.Categories) > 0 && !slices.Contains(f.Categories, d.Category) {
		return false
	}
	if len(f.Statuses) > 0 && !slices.Contains(f.Statuses, d.Status) {
		return false
	}
	lang := CanonicalLanguage(d.Language)
	if len(f.Languages) > 0 && !slices.ContainsFunc(f.Languages, func(want string) bool {
		want = CanonicalLanguage(want)
		return lang == want || strings.HasPrefix(lang, want+"_")
	}) {
		return false
	}
	return f.SendableAt.IsZero() || d.Sendable(f.SendableAt).OK
}

// rank places a template by where the words occur: 0 to 2, -1 if one does not.
func (d *Definition) rank(words []string) int {
	if len(words) == 0 {
		return 0
	}
	// Picking by name is the usual case and needs no text to be built.
	name := strings.ToLower(d.Name)
	inName := true
	for _, w := range words {
		inName = inName && strings.Contains(name, w)
	}
	switch {
	case strings.HasPrefix(name, words[0]) && inName:
		return 0
	case inName:
		return 1
	}
	var text strings.Builder
	text.WriteString(name)
	appendTexts(&text, d.Components)
	all := strings.ToLower(text.String())
	for _, w := range words {
		if !strings.Contains(all, w) {
			return -1
		}
	}
	return 2
}

// appendTexts collects what a customer can read, a line for each text so that
// no word is made of two.
func appendTexts(b *strings.Builder, list []Component) {
	for _, c := range list {
		switch c := c.(type) {
		case *Header:
			b.WriteString("\n" + c.Text)
		case *Body:
			b.WriteString("\n" + c.Text)
		case *Footer:
			b.WriteString("\n" + c.Text)
		case *LimitedTimeOffer:
			b.WriteString("\n" + c.Text)
		case *Buttons:
			for _, button := range c.Buttons {
				if button != nil {
					b.WriteString("\n" + button.Label())
				}
			}
		case *Carousel:
			for i := range c.Cards {
				appendTexts(b, c.Cards[i].Components)
			}
		default: // nothing to read in the others
		}
	}
}
