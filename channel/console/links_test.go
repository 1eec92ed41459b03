package console

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	hrefs = regexp.MustCompile(`<a href="([^"]*)" target="_blank" rel="noopener noreferrer nofollow">([^<]*)</a>`)
	tags  = regexp.MustCompile(`<a\b`)
)

func TestPagesThatATextNamesAreLinks(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"see https://example.com/a":                               {"https://example.com/a"},
		"HTTP://Example.com.":                                     {"HTTP://Example.com"},
		"(https://example.com/a_(b))":                             {"https://example.com/a_(b)"},
		"*https://example.com/x*, or http://b.example:8080/?q=1!": {"https://example.com/x", "http://b.example:8080/?q=1"},
		"https://example.com/_one_two_ and _this_":                {"https://example.com/_one_two"},
		"https://example.com/?a=1&b=2":                            {"https://example.com/?a=1&amp;b=2"},
		"https://example.com/طريق":                                {"https://example.com/طريق"},
		"two\nhttps://a.example\nhttps://a.example":               {"https://a.example", "https://a.example"},
		"http://[::1]:80/":                                        {"http://[::1]:80/"},
	} {
		var got []string
		for _, m := range hrefs.FindAllStringSubmatch(string(formatted(text)), -1) {
			require.Equal(t, m[1], m[2], "what is read is where it leads")
			got = append(got, m[1])
		}
		require.Equal(t, want, got, text)
	}
	require.Contains(t, string(formatted("https://example.com/_one_two_ and _this_")), "<em>this</em>")
}

func TestWhatMayLeadElsewhereThanItLooksIsNoLink(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"javascript:alert(1)", "data:text/html,x", "ftp://example.com", "file:///etc/passwd", "//example.com", "example.com", "mailto:a@example.com",
		"https://bank.example@evil.example/", "https://bank.example:443@evil.example/", "https://аррӏе.com/", "https://xn--80ak6aa92e.com/", "https://shop.XN--p1ai/",
		"https://käsi.example/", "https://example.com\\@evil.example/", "https://exa\u202emple.com/", "https://example.com/\u202egnp.exe", "https://ex\u200bample.com", "https://", "https:///path",
		"https://%65xample.com/", "https://example。com/", "xhttps://example.com", "\uE0F00\uE0F1 https://example.com/",
	} {
		require.NotRegexp(t, tags, string(formatted(text)), text)
	}
}

func TestAnAddressCannotLeaveItsLink(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`https://example.com/"onmouseover="alert(1)`, `https://example.com/'onmouseover='alert(1)`, `https://example.com/<script>alert(1)</script>`,
		"https://example.com/`x`", `https://example.com/&quot;onload=x`, "```https://example.com/<b>```", "https://example.com/\x00x", "https://example.com/{{7*7}}",
	} {
		html := string(formatted(text))
		rest := hrefs.ReplaceAllString(html, "")
		require.NotContains(t, rest, "<script", text)
		require.NotContains(t, rest, "<b>", text)
		require.NotRegexp(t, tags, rest, text)
		for _, m := range hrefs.FindAllStringSubmatch(html, -1) {
			require.NotContains(t, m[1], "'", text)
			require.NotContains(t, m[1], "<", text)
		}
	}
}
