package message_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/message"
)

func TestSplit(t *testing.T) {
	t.Parallel()
	x := func(n int) string { return strings.Repeat("x", n) }
	for name, c := range map[string]struct {
		text string
		max  int
		want []string
	}{
		"a text that fits stays as it is":          {" one\n", 10, []string{" one\n"}},
		"white space alone is nothing":             {" \n\t ", 10, nil},
		"0 means the limit of a text":              {strings.Repeat("ab ", 1500), 0, []string{strings.TrimSpace(strings.Repeat("ab ", 1365)), strings.Repeat("ab ", 135)}},
		"between paragraphs before lines":          {"one one\n\ntwo\nthree. four", 16, []string{"one one", "two\nthree. four"}},
		"between paragraphs with carriage returns": {"one one\r\n\r\ntwo\nfour", 16, []string{"one one", "two\nfour"}},
		"between lines before sentences":           {"aaaa aaaa\nTwo. Three four", 20, []string{"aaaa aaaa", "Two. Three four"}},
		"behind a sentence before words":           {"It is here. Come and get it", 20, []string{"It is here.", "Come and get it"}},
		"a quote belongs to its sentence":          {`He said "go away." And then he did`, 24, []string{`He said "go away."`, "And then he did"}},
		"an amount ends no sentence":               {"costs 1.250,50 in total", 18, []string{"costs 1.250,50 in", "total"}},
		"an early end is not worth a small piece":  {"Hi. This is one line without an end", 20, []string{"Hi. This is one line", "without an end"}},
		"between words":                            {"one two three", 9, []string{"one two", "three"}},
		"a word that is too long is cut":           {"a " + x(12), 5, []string{"a", "xxxxx", "xxxxx", "xx"}},
		"Chinese, behind a sentence":               {"今天天气很好。我们去公园吧", 10, []string{"今天天气很好。", "我们去公园吧"}},
		"Japanese, not before a mark":              {"これは本、とても", 4, []string{"これは", "本、とて", "も"}},
		"Hindi, behind a sentence":                 {"यह यहाँ है। आओ और ले लो", 14, []string{"यह यहाँ है।", "आओ और ले लो"}},
		"Arabic, behind a question":                {"كيف حالك اليوم؟ أنا بخير والحمد لله", 22, []string{"كيف حالك اليوم؟", "أنا بخير والحمد لله"}},
		"Thai, not between a vowel and its letter": {"เก้าเก้าเก้า", 5, []string{"เก้า", "เก้า", "เก้า"}},
		"a family stays together":                  {"aaa👨‍👩‍👧bbb", 6, []string{"aaa", "👨‍👩‍👧b", "bb"}},
		"a skin tone stays with its hand":          {"aaa👍🏽b", 4, []string{"aaa", "👍🏽b"}},
		"a flag is a pair":                         {"🇫🇮🇸🇪🇳🇴", 3, []string{"🇫🇮", "🇸🇪", "🇳🇴"}},
		"an accent stays with its letter":          {"xxxe\u0301e\u0301", 4, []string{"xxx", "e\u0301e\u0301"}},
		"a conjunct of Devanagari stays together":  {"ककक्षकक", 4, []string{"कक", "क्षक", "क"}},
		"a web address stays whole":                {"look: see https://example.org/a.b?c=d, now. More", 30, []string{"look: see", "https://example.org/a.b?c=d,", "now. More"}},
		"a web address among Chinese":              {"请看一下https://example.org/a好的", 16, []string{"请看一下", "https://example.", "org/a好的"}},
		"a web address that is too long is cut":    {"https://example.org/" + x(10), 20, []string{"https://example.org/", x(10)}},
		"a cluster that is too long is cut":        {"e" + strings.Repeat("\u0301", 7), 4, []string{"e\u0301\u0301\u0301", "\u0301\u0301\u0301\u0301"}},
		"bold is closed and opened again":          {"*" + strings.TrimSpace(strings.Repeat("bold ", 12)) + "*", 32, []string{"*bold bold bold bold bold bold*", "*bold bold bold bold bold bold*"}},
		"marks within marks":                       {"*_" + strings.TrimSpace(strings.Repeat("both ", 10)) + "_* end", 34, []string{"*_both both both both both both_*", "*_both both both both_* end"}},
		"code over lines":                          {"```" + strings.TrimSpace(strings.Repeat("code\n", 10)) + "```", 36, []string{"```code\ncode\ncode\ncode\ncode\ncode```", "```code\ncode\ncode\ncode```"}},
		"a quote goes on as a quote":               {"> " + strings.TrimSpace(strings.Repeat("said ", 10)), 32, []string{"> said said said said said said", "> said said said said"}},
		"a number in groups stays whole":           {"My card is 4111 1111 1111 1111. Thanks", 26, []string{"My card is", "4111 1111 1111 1111.", "Thanks"}},
		"over lines and marks, too":                {"So: *4111-1111*\n 1111-1111 ok", 25, []string{"So:", "*4111-1111*\n 1111-1111 ok"}},
		"in any digits":                            {"بطاقتي ٤١١١ ١١١١ ١١١١ ١١١١ شكرا", 20, []string{"بطاقتي", "٤١١١ ١١١١ ١١١١ ١١١١", "شكرا"}},
		"short numbers may be parted":              {"Rooms 12 and 14, 3 of 2026 now", 17, []string{"Rooms 12 and 14,", "3 of 2026 now"}},
		"so may a table of numbers":                {strings.Repeat("1234 ", 10), 22, []string{"1234 1234 1234 1234", "1234 1234 1234 1234", "1234 1234 "}},
		"marks over many pieces":                   {"*_~" + strings.TrimSpace(strings.Repeat("bold ", 15)) + "~_*", 32, slices.Repeat([]string{"*_~bold bold bold bold bold~_*"}, 3)},
		"code over many pieces":                    {"```" + strings.TrimSpace(strings.Repeat("code\n", 20)) + "```", 36, append(slices.Repeat([]string{"```code\ncode\ncode\ncode\ncode\ncode```"}, 3), "```code\ncode```")},
		"the line behind a quote is none":          {"> " + strings.TrimSpace(strings.Repeat("said ", 6)) + "\nand this is not", 32, []string{"> said said said said said said", "and this is not"}},
		"nor is one behind white space":            {"> " + strings.TrimSpace(strings.Repeat("said ", 6)) + ".  \r\n\r\nand this is not", 32, []string{"> said said said said said said.", "and this is not"}},
		"a cut in front of what closes is none":    {"*_" + x(37) + "_*, and so on", 40, []string{"*_" + x(36) + "_*", "*_x_*, and so on"}},
		"code begins in the next piece":            {"words before it, and here: ``` " + strings.Repeat("code ", 3) + "```", 32, []string{"words before it, and here:", "``` code code code ```"}},
		"code ends with its piece":                 {"```" + strings.Repeat("code\n", 5) + "``` and then words", 32, []string{"```code\ncode\ncode\ncode\ncode```", "and then words"}},
		"a lonely star is none":                    {"2 * 3 and *this goes on and on and on, on", 32, []string{"2 * 3 and *this goes on and on", "and on, on"}},
		"underscores within a word are none":       {"a snake_case_word " + strings.Repeat("and_so on ", 3), 32, []string{"a snake_case_word and_so on", "and_so on and_so on "}},
		"a thin space is white space, too":         {"one\u2009two\u2006", 3, []string{"one", "two"}},
		"no room for marks around an address":      {"*https://example.org/" + strings.Repeat("a", 24) + "*", 45, []string{"https://example.org/" + strings.Repeat("a", 24) + "*"}},
		"nor for those of a quote":                 {"> *https://example.org/" + strings.Repeat("a", 25), 45, []string{"https://example.org/" + strings.Repeat("a", 25)}},
		"nor for those of code":                    {"```https://example.org/" + strings.Repeat("a", 25) + "```", 45, []string{"https://example.org/" + strings.Repeat("a", 25), "```"}},
		"nothing is a mark in code":                {"`*a` b " + strings.Repeat("word ", 8) + "c*", 32, []string{"`*a` b word word word word word", "word word word c*"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, message.Split(c.text, c.max))
		})
	}
}

// TestSplitTakesTimeInProportion: the end of a web address is not looked for in all that follows, piece by piece,
// nor what stands before white space, blank by blank.
func TestSplitTakesTimeInProportion(t *testing.T) {
	t.Parallel()
	for _, beginning := range []string{"", "www.example.org/"} {
		text := beginning + strings.Repeat("https://", 1<<16)
		pieces := message.Split(text, 8)
		require.Len(t, pieces, len(text)/8)
		require.Equal(t, text, strings.Join(pieces, ""))
	}
	word, quotes, blanks := "b"+strings.Repeat("a", 1<<10), strings.Repeat(`"`, 1<<16), strings.Repeat(" ", 1<<16)
	require.Equal(t, []string{word + quotes, word + quotes}, message.Split(word+quotes+blanks+word+quotes, 1<<17))
}

// FuzzSplit: nothing is lost, no piece is too long, and it ends.
func FuzzSplit(f *testing.F) {
	f.Add("one two. three\n\nfour *five six* https://example.org/a", 9)
	f.Add("*"+strings.Repeat("bold ", 40)+"*", 33)
	f.Add("*https://example.org/"+strings.Repeat("a", 24)+"*", 44)
	f.Add("> https://example.org/"+strings.Repeat("a", 25), 44)
	f.Add(strings.Repeat("https://", 1000), 3)
	f.Add("```"+strings.Repeat("a\n", 40)+"```", 35)
	f.Add("before ```\n"+strings.Repeat("a\n", 60)+"``` after", 36)
	f.Add("> *_"+strings.Repeat("a", 60)+"_*\n> b\nc", 38)
	f.Add("👨‍👩‍👧‍👦👍🏽🇫🇮🇸🇪 क्षि เก้า 今天。", 3)
	f.Fuzz(func(t *testing.T, text string, max int) {
		max = max%200 + 1
		if max < 1 {
			max = 1 - max
		}
		bare := func(r rune) rune { // nothing but what must stay
			if unicode.IsSpace(r) || strings.ContainsRune("*_~`>", r) {
				return -1
			}
			return r
		}
		pieces := message.Split(text, max)
		var got strings.Builder
		for _, p := range pieces {
			require.LessOrEqual(t, utf8.RuneCountInString(p), max)
			require.NotEmpty(t, strings.TrimSpace(p))
			got.WriteString(strings.Map(bare, p))
		}
		require.Equal(t, strings.Map(bare, text), got.String())
	})
}
