package template

import "strings"

// Category decides what a template may contain and what it costs. Meta assigns
// it: an approved template may carry another category than the one asked for.
// Unknown categories are kept as they are.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/template-categorization
// (checked 2026-11-22).
type Category string

// The categories that can be asked for.
const (
	Marketing      Category = "MARKETING"
	Utility        Category = "UTILITY"
	Authentication Category = "AUTHENTICATION"
)

// Creatable reports whether a new template may ask for c. Old templates carry
// categories that can no longer be chosen, for example TRANSACTIONAL.
func (c Category) Creatable() bool {
	return c == Marketing || c == Utility || c == Authentication
}

// Format says how the variables of a template are written.
type Format string

// The two formats. The zero Format means that the definition does not say;
// Meta then assumes Positional.
const (
	Positional Format = "POSITIONAL" // {{1}}, {{2}}
	Named      Format = "NAMED"      // {{first_name}}
)

// HeaderFormat is the kind of content a header holds.
type HeaderFormat string

// The header formats. HeaderGIF needs the Marketing Messages API.
const (
	HeaderText     HeaderFormat = "TEXT"
	HeaderImage    HeaderFormat = "IMAGE"
	HeaderVideo    HeaderFormat = "VIDEO"
	HeaderGIF      HeaderFormat = "GIF"
	HeaderDocument HeaderFormat = "DOCUMENT"
	HeaderLocation HeaderFormat = "LOCATION"
	HeaderProduct  HeaderFormat = "PRODUCT"
)

// known reports whether f is one of the formats of this package.
func (f HeaderFormat) known() bool {
	return f == HeaderText || f == HeaderLocation || f == HeaderProduct || f.media() != ""
}

// media returns the kind of file a header of format f shows, "" if it shows none.
func (f HeaderFormat) media() MediaKind {
	switch f {
	case HeaderImage, HeaderVideo, HeaderGIF, HeaderDocument:
		return MediaKind(strings.ToLower(string(f)))
	}
	return ""
}
