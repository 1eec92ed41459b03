package template

import (
	"net/url"
	"strings"
)

// Expand replaces the placeholders in every field of the shorthand. A value
// cannot break out of its place, whatever it holds. In URL suffixes, and in
// links after their first character, values are percent-encoded.
func (s Shorthand) Expand(lookup Lookup) (Shorthand, error) {
	e := expander{lookup: lookup}
	out := s
	for _, field := range []*string{
		&out.Namespace, &out.Template, &out.Fallback, &out.Language, &out.HeaderText, &out.HeaderFilename,
	} {
		*field = e.text(*field)
	}
	for _, field := range []*string{&out.HeaderImage, &out.HeaderVideo, &out.HeaderDocument} {
		*field = e.link(*field)
	}
	out.Body = mapSlice(s.Body, func(v *string) { *v = e.text(*v) })
	out.Buttons = mapSlice(s.Buttons, func(b *ShorthandButton) { b.URL, b.Payload = e.suffix(b.URL), e.text(b.Payload) })
	if e.err != nil {
		return Shorthand{}, e.err
	}
	return out, nil
}

// Expand replaces the placeholders in every text of the values, for macros that
// a host stores as Values. v is not changed. In URL suffixes, and in links after
// their first character, values are percent-encoded.
func (v Values) Expand(lookup Lookup) (Values, error) {
	e := expander{lookup: lookup}
	out := v.mapText(mapper{text: e.text, suffix: e.suffix, link: e.link})
	if e.err != nil {
		return Values{}, e.err
	}
	return out, nil
}

// expander expands many texts and keeps the first error.
type expander struct {
	lookup Lookup
	err    error
}

func (e *expander) text(s string) string {
	return e.expand(s, func(v string, _ int) string { return v })
}

func (e *expander) suffix(s string) string {
	return e.expand(s, func(v string, _ int) string { return encodeURL(v) })
}

// link encodes values inside a link, but not one that is the link, or the
// beginning of it.
func (e *expander) link(s string) string {
	return e.expand(s, func(v string, at int) string {
		if at == 0 {
			return v
		}
		return encodeURL(v)
	})
}

func (e *expander) expand(s string, encode func(v string, at int) string) string {
	if e.err != nil {
		return ""
	}
	out, err := expand(s, false, func(name string, at int) (string, bool) {
		v, ok := e.lookup(name)
		return encode(OneLine(v), at), ok
	})
	e.err = err
	return out
}

// encodeURL encodes everything that has a meaning in a URL, in any part of it.
func encodeURL(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }
