package redact

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
)

func TestTheTableOfWordsIsComplete(t *testing.T) {
	t.Parallel()
	languages := map[string]bool{}
	for _, table := range [][]language{europe, world} {
		for _, l := range table {
			assert.False(t, languages[l.name], l.name)
			languages[l.name] = true
			v := reflect.ValueOf(l)
			for i := range v.NumField() {
				assert.NotEmpty(t, v.Field(i).String(), "%s: %s", l.name, v.Type().Field(i).Name)
			}
			for _, entry := range strings.Split(strings.Join([]string{l.card, l.code, l.pin, l.expiry, l.label, l.kind, l.number}, ","), ",") {
				w := parseWord(entry, 0)
				assert.NotEmpty(t, w.text, "%s: %q", l.name, entry)
				assert.Equal(t, strings.TrimSpace(entry), entry, l.name)
				assert.LessOrEqual(t, len(w.text), maxWord, "%s: %q", l.name, entry)
				assert.False(t, strings.ContainsFunc(entry, func(r rune) bool { return describe(r).class&breaks != 0 }), "%s: %q", l.name, entry)
			}
		}
	}
	assert.GreaterOrEqual(t, len(languages), 60)
	for _, want := range []string{"Arabic", "Hebrew", "Persian", "Turkish", "Hindi", "Bengali", "Thai", "Vietnamese", "Chinese", "Japanese", "Korean", "Swahili"} {
		assert.True(t, languages[want], want)
	}
}

// The key of a word is a hash of 32 bits: other texts have it, too, such as "4 7gif" that
// of "license". Among the beginnings of words with one character more are many of them.
func TestATextWithTheKeyOfAWordIsNotTheWord(t *testing.T) {
	t.Parallel()
	inverse := uint32(1) // of the factor in addKey: each step doubles the bits that are right
	for range 5 {
		inverse *= 2 - addKey(0, 1)*inverse
	}
	var words []word
	beginnings := map[uint32]string{}
	for _, list := range allWords().words {
		for _, w := range list {
			words = append(words, w)
			key := uint32(0)
			for n, r := range w.text[:w.first-1] {
				key = addKey(key, charOf(table(), r).fold)
				beginnings[key] = string(w.text[:n+1])
			}
		}
	}
	texts := []string{"4 7gift"}
	for key, text := range beginnings {
		for i := 0; i < len(words); i += 16 {
			r := key ^ words[i].key*inverse
			if r <= unicode.MaxRune && unicode.IsLetter(rune(r)) && Fold(rune(r)) == rune(r) && int(words[i].first) != utf8.RuneCountInString(text)+1 {
				assert.Equal(t, words[i].key, addKey(key, rune(r)))
				texts = append(texts, text+string(rune(r)))
			}
		}
	}
	assert.Greater(t, len(texts), 20)
	for _, text := range texts {
		assert.NotPanics(t, func() { Cards("my card is 4242 4242 4242 4242, " + text + " 123") }, text)
	}
	assert.Equal(t, "my card is XXXX XXXX XXXX 4242, 4 7gift", Cards("my card is 4242 4242 4242 4242, 4 7gift"))
}

func TestNoWordSpeaksForAndAgainstACard(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, e := range TableWords() {
		text := strings.TrimLeft(e.Entry, "+-=")
		side := map[string]string{"card": "for", "code": "for", "unionpay": "for", "label": "against", "kind": "against", "number": "against"}[e.Column]
		if side == "" {
			continue
		}
		if other, ok := seen[text]; ok && !strings.HasPrefix(other, side) {
			t.Errorf("%q (%s, %s) is also %s", text, e.Language, e.Column, other)
		}
		seen[text] = side + ": " + e.Language + ", " + e.Column
	}
}

// cased returns a text in the cases that people write it in: Turkish has
// capitals of its own.
func cased(text string) []string {
	if strings.Contains(text, "ß") {
		return []string{text}
	}
	return []string{text, strings.ToUpper(text), strings.ToUpperSpecial(unicode.TurkishCase, text)}
}

func TestEveryWordCountsInEveryCase(t *testing.T) {
	t.Parallel()
	const strong, weak, masked = "4539148803436467", "4222222222222", "XXXXXXXXXXXX6467"
	assert.Equal(t, weak, Cards(weak))
	for _, e := range TableWords() {
		word := strings.TrimSuffix(strings.TrimLeft(e.Entry, "+-="), "|")
		for _, text := range cased(word) {
			sc := newScanner(nil, []byte(text+" 1"))
			sc.read()
			marks := slices.Clone(sc.words(0, len(sc.c)-2))
			length := len(sc.c) - 2
			sc.release()
			if strings.ContainsRune(text, rune(DefaultMask)) {
				continue // that may be a mask
			}
			if !assert.NotEmpty(t, marks, "%+v", e) {
				continue
			}
			var says meaning
			for _, m := range marks {
				says |= m.says
			}
			switch e.Column {
			case "card":
				if says&saysLabel == 0 { // no word of another language makes a label of it
					assert.Equal(t, text+" XXXXXXXXX2222", Cards(text+" "+weak), "%+v", e)
				}
			case "label":
				if says&vouches == 0 && marks[len(marks)-1].end == length {
					assert.Equal(t, text+" "+strong, Cards(text+" "+strong), "%+v", e)
				}
			case "code":
				if says&saysLabel == 0 {
					assert.Equal(t, masked+" "+text+" XXX", Cards(strong+" "+text+" 123"), "%+v", e)
					assert.Equal(t, text+" 123", Cards(text+" 123"), "without a card: %+v", e)
				}
			case "pin":
				if says&saysLabel == 0 {
					assert.Equal(t, masked+" "+text+" XXXX", Cards(strong+" "+text+" 1234"), "%+v", e)
				}
			case "unionpay":
				assert.Equal(t, text+" XXXXXXXXXXXX1230", Cards(text+" 6228480000001230"), "%+v", e)
			}
		}
	}
}

func TestHostsAddWordsAndTakeSomeAway(t *testing.T) {
	t.Parallel()
	const weak, strong = "4222222222222", "4539148803436467"
	r := Redactor{
		CardWords: []string{"stadtpass"}, CodeWords: []string{"geheimwort"}, PINWords: []string{"zauberzahl"}, LabelWords: []string{"fahrplan"},
		IgnoreWords: []string{"oyster", "order"},
	}
	assert.NoError(t, r.Validate())
	for text, want := range map[string]string{
		"Mein STADTPASS: " + weak:             "Mein STADTPASS: XXXXXXXXX2222",
		strong + ", Geheimwort 123":           "XXXXXXXXXXXX6467, Geheimwort XXX",
		strong + ", Zauberzahl 4821":          "XXXXXXXXXXXX6467, Zauberzahl XXXX",
		"Fahrplan " + strong:                  "Fahrplan " + strong,
		"order " + strong:                     "order XXXXXXXXXXXX6467",
		"order no " + strong:                  "order no XXXXXXXXXXXX6467",
		"invoice " + strong:                   "invoice " + strong,
		"oyster card " + strong + " declined": "oyster card XXXXXXXXXXXX6467 declined",
	} {
		assert.Equal(t, want, r.String(text))
	}
}
