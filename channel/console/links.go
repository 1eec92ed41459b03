package console

import (
	"html"
	"html/template"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	wa "github.com/kanava-go/kanava/template"
)

// address is what may be the address of a page in a text.
var address = regexp.MustCompile(`(?i)\bhttps?://[^\s<>"'\x60]+`)

// Addresses are taken out of a text before its marks are, so that an underscore in one is no italics, and
// put back as links. These two characters are for private use: nobody has a meaning for them.
const linkFrom, linkTo = "\uE0F0", "\uE0F1"

// formatted renders a text with WhatsApp's marks, and with links to the pages that it names; everything
// else in it is escaped.
func formatted(text string) template.HTML {
	if text == "" {
		return ""
	}
	var links []string
	if !strings.ContainsAny(text, linkFrom+linkTo) {
		text = address.ReplaceAllStringFunc(text, func(found string) string {
			link, rest := upToSentence(found)
			if !plainAddress(link) {
				return found
			}
			links = append(links, link)
			return linkFrom + strconv.Itoa(len(links)-1) + linkTo + rest
		})
	}
	out := wa.Preview{Body: text}.HTML()
	for i, link := range links {
		link = html.EscapeString(link)
		out = strings.Replace(out, linkFrom+strconv.Itoa(i)+linkTo, `<a href="`+link+`" target="_blank" rel="noopener noreferrer nofollow">`+link+`</a>`, 1)
	}
	return template.HTML(out) //nolint:gosec // Preview.HTML escapes, and so do the links
}

// upToSentence cuts off what belongs to the sentence around an address, or to WhatsApp's marks.
func upToSentence(found string) (link, rest string) {
	link = found
	for link != "" {
		last := link[len(link)-1]
		closes := strings.IndexByte(")]}", last)
		if strings.IndexByte(".,;:!?*_~", last) < 0 && (closes < 0 || strings.Count(link, string(last)) <= strings.Count(link, string("([{"[closes]))) {
			break
		}
		link = link[:len(link)-1]
	}
	return link, found[len(link):]
}

// plainAddress reports whether an address leads where it looks as if it led. Who names himself before an @,
// letters of other alphabets in the name of a site, also in disguise, and characters that turn the
// direction can make it look like another one: such an address stays a text.
func plainAddress(link string) bool {
	u, err := url.Parse(link)
	if err != nil || u.User != nil || u.Hostname() == "" {
		return false
	}
	host := strings.ToLower(u.Hostname())
	if strings.HasPrefix(host, "xn--") || strings.Contains(host, ".xn--") {
		return false
	}
	return !strings.ContainsFunc(host, func(r rune) bool { return r > unicode.MaxASCII }) && !strings.ContainsAny(host, "%\\") &&
		!strings.ContainsFunc(link, func(r rune) bool { return r == '\\' || unicode.Is(unicode.Cf, r) || unicode.IsControl(r) })
}
