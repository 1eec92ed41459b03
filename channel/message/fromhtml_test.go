package message_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/message"
)

func TestFromHTML(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ html, want string }{
		"plain text":                            {"Hello", "Hello"},
		"nothing that shows":                    {"<p><br></p><div>&nbsp;</div>", ""},
		"characters by name and number":         {"Fish &amp; chips &lt;3 &#8364;5 &#x1F600; &eacute;", "Fish & chips <3 €5 😀 é"},
		"white space is one space":              {"<p>  a\n\t b  </p>", "a b"},
		"spaces that do not break are kept":     {"a&nbsp;&nbsp;b", "a  b"},
		"paragraphs":                            {"<p>a</p>\n<p>b</p>", "a\n\nb"},
		"paragraphs without end":                {"<p>a<p>b", "a\n\nb"},
		"lines of an editable page":             {"<div>a</div><div><br></div><div>b</div>", "a\n\nb"},
		"line breaks":                           {"a<br>b<br/>c<br></br>d", "a\nb\nc\n\nd"},
		"a break at the end of a block is none": {"<p>a<br></p><p>b</p>", "a\n\nb"},
		"many blank lines are one":              {"a<br><br><br><br>b", "a\n\nb"},
		"bold, italic, struck out, code":        {"<b>a</b> <strong>b</strong> <i>c</i> <em>d</em> <s>e</s> <del>f</del> <code>g</code>", "*a b* _c d_ ~e f~ `g`"},
		"joined bold is one":                    {"<b>a</b><strong> b</strong>", "*a b*"},
		"styles in each other":                  {"<b>a <i>b</i></b> <i><b>c</b></i>", "*a _b c_*"},
		"styles that overlap":                   {"<b>a <i>b</b> c</i> d", "*a _b_* c d"},
		"styles by attribute":                   {`<span style="font-weight:700">a</span> <span style='FONT-STYLE: italic; text-decoration: line-through'>b</span>`, "*a* _~b~_"},
		"bold that is not, as Google writes it": {`<b style="font-weight:normal;"><p>a</p><p>b</p></b>`, "a\n\nb"},
		"space belongs outside of a mark":       {"a<b> b </b>c", "a *b* c"},
		"bold over lines is bold in each":       {"<b>a<br>b</b>", "*a*\n*b*"},
		"bold within a word is plain":           {"un<b>believ</b>able", "unbelievable"},
		"bold around a star is plain":           {"<b>2*3</b>", "2*3"},
		"bold before a stop":                    {"<b>a</b>, b", "*a*, b"},
		"nothing of other styles in code":       {"<b>x <code>a*b</code> y</b>", "*x* `a*b` *y*"},
		"headings":                              {"<h1>Title</h1>text", "*Title*\n\ntext"},
		"a list":                                {"Buy:<ul><li>milk</li><li><p>bread</p></li></ul>Thanks", "Buy:\n\n- milk\n- bread\n\nThanks"},
		"a list with numbers":                   {"<ol start=3><li>a<li>b<li value=9>c</ol>", "3. a\n4. b\n9. c"},
		"lists in lists":                        {"<ul><li>a<ol><li>b</li><li>c</li></ol></li><li>d</li></ul>", "- a\n  1. b\n  2. c\n- d"},
		"a second line of an item":              {"<ul><li>a<br>b</li></ul>", "- a\n  b"},
		"the bullets of Quill":                  {`<ol><li data-list="bullet">a</li><li data-list="ordered">b</li></ol>`, "- a\n1. b"},
		"a quote":                               {"<blockquote><p>a</p><p>b</p></blockquote>c", "> a\n\n> b\n\nc"},
		"preformatted":                          {"a<pre><code>x  = 1\n  y</code></pre>b", "a\n\n```x  = 1\n  y```\n\nb"},
		"preformatted in preformatted":          {"<pre>a<pre>b</pre>c</pre>", "```abc```"},
		"white space that counts":               {`<span style="white-space: pre-wrap">a  b` + "\n" + `c</span>`, "a  b\nc"},
		"a link":                                {`See <a href="https://example.org/a?b=1&copy=2&amp;d=3">our page</a>.`, "See our page (https://example.org/a?b=1&copy=2&d=3)."},
		"a link that is its text":               {`<a href="https://example.org/">example.org</a>`, "example.org"},
		"a link that says another address":      {`<a href="https://evil.example/">https://bank.example/</a>`, "https://bank.example/ (https://evil.example/)"},
		"a link without text":                   {`<a href="https://example.org/a b"></a>`, "https://example.org/a%20b"},
		"a bold link":                           {`<b><a href="https://example.org/">here</a></b> now`, "*here* (https://example.org/) now"},
		"a link around a picture":               {`<a href="https://example.org/"><img alt="Offer" src="x.png"></a>`, "Offer (https://example.org/)"},
		"a link around blocks":                  {`<a href="https://example.org/"><p>a</p></a><p>b</p>`, "a (https://example.org/)\n\nb"},
		"a link with a break":                   {`<a href="https://example.org/">a<br></a>b`, "a\n(https://example.org/)b"},
		"addresses of mail and phone":           {`<a href="mailto:a@example.org?subject=x">write</a> <a href="tel:+358401234567">+358 40 1234567</a>`, "write (a@example.org) +358 40 1234567"},
		"a link that runs something":            {`<a href="javascript:alert(1)">a</a><a href=" JAVA` + "\n" + `SCRIPT:alert(1)">b</a><a href="data:text/html,x">c</a><a href="/local">d</a>`, "abcd"},
		"what is executed is not shown":         {`a<script>if (1 < 2) alert("</p>")</script><STYLE>p{}</Style><noscript>x</noscript>b<iframe>y</iframe>`, "ab"},
		"what is hidden is not shown":           {`a<div style="display:none">b<p>c</p></div><span hidden>d</span><template><p>e</p></template><svg><title>f</title><text>g</text></svg>`, "a"},
		"a head is not shown":                   {`<html><head><title>t</title><meta charset=utf-8><body>a</body></html>`, "a"},
		"comments":                              {"a<!-- <b>x</b> --><!--[if mso]>y<![endif]-->b<?xml z?><!DOCTYPE html>", "ab"},
		"forms":                                 {`a <button>Send</button><select><option>x</select><textarea>y</textarea><input value=z> b`, "a b"},
		"unknown elements are their content":    {"<o:p>a</o:p><custom-tag>b</custom-tag><u>c</u>", "abc"},
		"a table":                               {"<table><thead><tr><th>Name</th><th>Price</th></tr></thead><tbody>\n<tr><td><p>Pot</p></td>\n<td><p>5 €</p></td></tr></tbody></table>", "*Name* | *Price*\nPot | 5 €"},
		"a table with empty cells":              {"<table><tr><td>a<td><td>c<tr><td><td>d</table>", "a | | c\nd"},
		"a picture is its text":                 {`Hi <img src="x" alt="😀"><img src="y">`, "Hi 😀"},
		"a line":                                {"a<hr>b", "a\n\n---\n\nb"},
		"signs that are no tags":                {"1 < 2, I <3 you, a <b", "1 < 2, I <3 you, a <b"},
		"quotes in values":                      {`<a title="a > b" href='https://example.org/'>x</a>`, "x (https://example.org/)"},
		"a value that is never closed":          {`<p title="a>b</p>c`, "b\n\nc"},
		"what holds the cursor":                 {"\ufeffa\u200bb\u00adc", "abc"},
		"an emoji of several parts":             {"<b>👨‍👩‍👧</b>", "*👨‍👩‍👧*"},
		"control characters and broken bytes":   {"a\x00\x07b\xffc&#0;", "ab\ufffdc\ufffd"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := message.FromHTML(c.html)
			if c.want == "" {
				require.Nil(t, got)
				return
			}
			require.Equal(t, []string{c.want}, got)
		})
	}
}

func TestFromHTMLSplits(t *testing.T) {
	t.Parallel()
	item := "<li>" + strings.Repeat("word ", 100) + "</li>"
	got := message.FromHTML("<ul>" + strings.Repeat(item, 10) + "</ul>")
	require.Len(t, got, 2)
	for _, text := range got {
		require.True(t, strings.HasPrefix(text, "- word"), "a piece begins with an item")
		out := message.Outbound{To: message.Recipient{Phone: "16505550123"}, Content: &message.Text{Body: text}}
		require.NoError(t, out.Validate())
	}
	got = message.FromHTML("<b>" + strings.Repeat("Bold words. ", 500) + "</b>")
	require.Len(t, got, 2)
	for _, text := range got {
		require.True(t, strings.HasPrefix(text, "*Bold") && strings.HasSuffix(text, "words.*"), "bold in every piece")
	}
}

// TestFromHTMLDeep: what is nested without end costs no more than what is not.
func TestFromHTMLDeep(t *testing.T) {
	t.Parallel()
	for _, tag := range []string{"<div>", "<ul><li>", "<b><i>", "<table><tr><td>", "<a href=https://example.org/>", "<pre>", "<", `<a b="" b="`, "<b><i>a</i> b "} {
		got := message.FromHTML(strings.Repeat(tag, 20_000) + "end")
		require.Contains(t, strings.Join(got, ""), "end", tag)
	}
}

// FuzzFromHTML: whatever comes, texts that can be sent come out.
func FuzzFromHTML(f *testing.F) {
	f.Add(`<p>a <b>b</b></p><ul><li>c<li>d</ul><pre>e</pre><a href="https://example.org">f</a><table><tr><td>g<td>h</table>`)
	f.Add(`<a href='x' title="y><script>z</script><!-- w --><p style="display:none`)
	f.Add("<b>a<i>b</b>c</i>&amp;&#1;&nbsp;<3")
	f.Add(`<a href="https://a.b"><br></a><blockquote><ol><li value=-3>x`)
	f.Fuzz(func(t *testing.T, html string) {
		for _, text := range message.FromHTML(html) {
			require.True(t, utf8.ValidString(text))
			require.NotEmpty(t, strings.TrimSpace(text))
			require.LessOrEqual(t, utf8.RuneCountInString(text), message.MaxTextBody)
		}
	})
}
