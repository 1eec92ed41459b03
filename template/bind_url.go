package template

import (
	"net/url"
	"strings"
)

// suffix returns the URL of a button with its variable replaced.
//
// Meta puts the suffix into the link as it is. What would need encoding is
// refused and not encoded here: only the host knows whether a "%" in its value
// is one, and a value that was altered could not be found again in the logs of
// the host's web server.
func (b *binder) suffix(path, link, suffix string) string {
	v, _ := nextVariable(link, 0)
	base, tail := link[:v.start], link[v.end:]
	full := base + suffix + tail
	switch {
	case strings.TrimSpace(suffix) == "":
		b.problem(Problem{Path: path, Rule: RuleValueBlank, Code: CodeMissing})
	case strings.ContainsAny(suffix, "\r\n\t"):
		b.problem(Problem{Path: path, Rule: RuleValueBreak, Code: CodeInvalidText})
	case !urlText(suffix), strings.HasSuffix(base, "/") && suffix[0] == '/', openHost(base) && !strings.ContainsRune("/?#", rune(suffix[0])):
		b.problem(Problem{Path: path, Rule: RuleURLSuffix, Code: CodeInvalidValue})
	case len(full) > MaxURL:
		b.problem(Problem{Path: path, Rule: RuleValueLength, Limit: MaxURL, Actual: len(full), Code: CodeInvalidValue})
	}
	return full
}

// openHost reports whether the host is not ended yet, as in "https://desk.example": what
// follows could lead to another one, ".example.net" or "@example.net".
func openHost(base string) bool {
	_, rest, ok := strings.Cut(base, "://")
	return ok && !strings.ContainsAny(rest, "/?#")
}

// webURL reports whether s is an absolute http or https URL without characters
// that would need encoding. Anything else must neither be sent, for Meta fetches
// it, nor become a link in a page.
func webURL(s string) bool {
	if len(s) > MaxURL || !urlText(s) {
		return false
	}
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() != ""
}

// urlText reports whether s consists of characters that may stand in a URL.
func urlText(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' || strings.IndexByte("\"<>\\^`{|}", s[i]) >= 0 {
			return false
		}
	}
	return true
}

// coupon reports whether s may be a coupon code: letters and digits only.
func coupon(s string) bool {
	for i := range len(s) {
		if !letter(s[i]) && (s[i] < '0' || s[i] > '9') {
			return false
		}
	}
	return s != "" && len(s) <= MaxCoupon
}

// letter reports whether b is a letter of ASCII.
func letter(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }
