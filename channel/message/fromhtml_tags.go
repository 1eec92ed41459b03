package message

import (
	"net/url"
	"strconv"
	"strings"
)

// tag says what an element means for the text.
type tag struct {
	breaks breaks // before and behind it
	style  style
	void   bool // has no content
	hidden bool // has content that is not shown
	raw    bool // its content is not HTML, and not shown
}

// tags are the elements that mean something. All others are their content.
var tags = func() map[string]tag {
	m := map[string]tag{
		"b": {style: bold}, "strong": {style: bold}, "i": {style: italic}, "em": {style: italic},
		"s": {style: strike}, "strike": {style: strike}, "del": {style: strike},
		"code": {style: code}, "kbd": {style: code}, "samp": {style: code}, "tt": {style: code},
		"th": {style: bold}, "hr": {breaks: gap, void: true},
	}
	for names, t := range map[string]tag{
		"h1 h2 h3 h4 h5 h6":                        {breaks: gap, style: bold},
		"p ul ol menu dl blockquote pre table":     {breaks: gap},
		"div li tr dt dd section article header":   {breaks: lineBreak},
		"footer main nav aside address figure":     {breaks: lineBreak},
		"figcaption center details summary body":   {breaks: lineBreak},
		"fieldset form caption":                    {breaks: lineBreak},
		"br img wbr input meta link col area base": {void: true},
		"embed source track param":                 {void: true},
		"head svg math template object select":     {hidden: true},
		"video audio canvas button datalist":       {hidden: true},
		"script style title textarea iframe":       {raw: true},
		"noscript noembed noframes xmp":            {raw: true},
	} {
		for name := range strings.FieldsSeq(names) {
			m[name] = t
		}
	}
	return m
}()

// oneOf reports whether name is one of the words of list.
func oneOf(list, name string) bool {
	for word := range strings.FieldsSeq(list) {
		if word == name {
			return true
		}
	}
	return false
}

// css reads what the style attribute says about e.
func (t htmlToken) css(e *element) {
	for declaration := range strings.SplitSeq(strings.ToLower(t.attr("style")), ";") {
		property, value, _ := strings.Cut(declaration, ":")
		value = strings.TrimSpace(strings.ReplaceAll(value, "!important", ""))
		switch strings.TrimSpace(property) {
		case "font-weight":
			weight, _ := strconv.Atoi(value)
			e.style = e.style.with(bold, value == "bold" || value == "bolder" || weight >= 600)
		case "font-style":
			e.style = e.style.with(italic, value == "italic" || strings.HasPrefix(value, "oblique"))
		case "text-decoration", "text-decoration-line":
			if strings.Contains(value, "line-through") {
				e.style |= strike
			}
		case "display":
			e.hidden = e.hidden || value == "none"
		case "visibility":
			e.hidden = e.hidden || value == "hidden"
		case "white-space":
			e.spaces = strings.HasPrefix(value, "pre") || value == "break-spaces"
		}
	}
}

// linkTarget returns where a link leads, if that can be written out.
func linkTarget(href string) string {
	href = strings.Map(func(r rune) rune {
		if r == '\t' || r == '\n' || r == '\r' {
			return -1
		}
		return r
	}, strings.TrimSpace(href))
	href = strings.ReplaceAll(cleanText(href, false), " ", "%20")
	scheme, rest, _ := strings.Cut(href, ":")
	switch strings.ToLower(scheme) {
	case "http", "https":
		if u, err := url.Parse(href); err == nil && u.Host != "" {
			return href
		}
	case "mailto", "tel":
		if rest != "" {
			return href
		}
	}
	return ""
}

// linkAddress is what is written of a target: of mailto and tel only the address.
func linkAddress(target string) string {
	scheme, rest, _ := strings.Cut(target, ":")
	switch strings.ToLower(scheme) {
	case "mailto", "tel":
		rest, _, _ = strings.Cut(rest, "?")
		if plain, err := url.PathUnescape(rest); err == nil {
			rest = cleanText(plain, false)
		}
		return rest
	}
	return target
}

// sameLink reports whether the text of a link says already where it leads.
func sameLink(text, address string) bool {
	plain := func(s string) string {
		s = strings.ToLower(strings.TrimSpace(s))
		for _, head := range []string{"mailto:", "tel:", "https://", "http://", "www."} {
			s = strings.TrimPrefix(s, head)
		}
		return strings.NewReplacer(" ", "", "%20", "").Replace(strings.TrimSuffix(s, "/"))
	}
	return plain(text) == plain(address)
}
