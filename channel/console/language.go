package console

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/explain"
)

// locales are the sentences of the console: a file for each part of it and language, such as
// inbox.fi.json, with the same keys in every language. A sentence may have %s or %d for what it is
// about; it avoids numbers that would bend a word. Keys that begin with "js." are for scripts.
//
//go:embed locales/*.json
var locales embed.FS

// tongues are the languages that there are, as each calls itself.
var tongues = []struct{ tag, name, dir string }{
	{"en", "English", "ltr"},
	{"fi", "suomi", "ltr"},
	{"de", "Deutsch", "ltr"},
	{"fr", "français", "ltr"},
	{"ja", "日本語", "ltr"},
	{"ar", "العربية", "rtl"},
}

// Languages are the tags of the languages in which the console speaks.
func Languages() []string {
	var tags []string
	for _, t := range tongues {
		tags = append(tags, t.tag)
	}
	return tags
}

// language is the console in one language.
type language struct {
	Tag, Name, Dir string
	words          map[string]string
	scripts        map[string]string
	templates      *template.Template
}

// say returns the sentence for a key.
func (l *language) say(key string, args ...any) string {
	text, ok := l.words[key]
	if !ok {
		return key
	}
	if len(args) > 0 {
		return fmt.Sprintf(text, args...)
	}
	return text
}

// word is say for the words of the platform and of rules, of which there may be new ones: these are
// shown as they are.
func (l *language) word(of, word string) string {
	if text, ok := l.words[of+"."+word]; ok {
		return text
	}
	return strings.ReplaceAll(word, "_", " ")
}

// known is word for what has a title of its own in English.
func (l *language) known(of, word, title string) struct {
	Text  string
	Known bool
} {
	text, ok := l.words[of+"."+word]
	if !ok {
		text = title
	}
	return struct {
		Text  string
		Known bool
	}{text, ok}
}

// explained puts an explanation into the language, by its cause; what has none is said in English.
func (l *language) explained(x *explain.Explanation) (text, do string) {
	for _, key := range []string{string(x.Cause), strconv.Itoa(x.Status)} {
		said, ok := l.words["cause."+key]
		if !ok || l.Tag == "en" {
			continue
		}
		if x.Number > 0 {
			said = l.say("numbered", x.Number, said)
		}
		return said, l.words["do."+key]
	}
	return x.Text, x.Do
}

// failed says why a message failed: in English as WhatsApp's error has it, else by its class.
func (l *language) failed(f *conversation.Failure) string {
	if text, ok := l.words["failure."+f.Class]; ok && (l.Tag != "en" || f.Title == "") {
		return text
	}
	return strings.TrimSpace(f.Title + ". " + f.Hint)
}

// catalogue is the console in all languages that are offered.
type catalogue struct {
	offered []*language // the first one is for browsers that ask for none of them
}

func newCatalogue(offered []string) (*catalogue, error) {
	if offered == nil {
		offered = Languages()
	}
	var c catalogue
	var problems []error
	for _, tag := range offered {
		i := slices.IndexFunc(tongues, func(t struct{ tag, name, dir string }) bool { return t.tag == tag })
		if i < 0 || slices.ContainsFunc(c.offered, func(l *language) bool { return l.Tag == tag }) {
			problems = append(problems, fmt.Errorf("the Languages are of %s, once each: %q is not", strings.Join(Languages(), ", "), tag))
			continue
		}
		l := &language{Tag: tag, Name: tongues[i].name, Dir: tongues[i].dir}
		if err := l.read(); err != nil {
			return nil, err
		}
		c.offered = append(c.offered, l)
	}
	if len(c.offered) == 0 && problems == nil {
		problems = append(problems, errors.New("the Languages are none"))
	}
	return &c, errors.Join(problems...)
}

// read collects the sentences of a language.
func (l *language) read() error {
	l.words, l.scripts = map[string]string{}, map[string]string{}
	files, err := fs.Glob(locales, "locales/*."+l.Tag+".json")
	if err != nil {
		return err
	}
	for _, f := range files {
		raw, err := locales.ReadFile(f)
		if err != nil {
			return err
		}
		if err := json.Unmarshal(raw, &l.words); err != nil {
			return fmt.Errorf("%s: %w", path.Base(f), err)
		}
	}
	for key, text := range l.words {
		if short, ok := strings.CutPrefix(key, "js."); ok {
			l.scripts[short] = text
		}
	}
	return nil
}

const languageCookie = "console_language"

// of returns the language of a request: the agent's choice, or what the browser likes best.
func (c *catalogue) of(r *http.Request) *language {
	if cookie, err := r.Cookie(languageCookie); err == nil {
		if l := c.find(cookie.Value); l != nil {
			return l
		}
	}
	best, weight := c.offered[0], 0.0
	for part := range strings.SplitSeq(r.Header.Get("Accept-Language"), ",") {
		tag, rest, _ := strings.Cut(strings.TrimSpace(part), ";")
		wish := 1.0
		if q, ok := strings.CutPrefix(strings.TrimSpace(rest), "q="); ok {
			if n, err := strconv.ParseFloat(q, 64); err == nil {
				wish = n
			}
		}
		base, _, _ := strings.Cut(strings.ToLower(tag), "-")
		if l := c.find(base); l != nil && wish > weight {
			best, weight = l, wish
		}
	}
	return best
}

func (c *catalogue) find(tag string) *language {
	for _, l := range c.offered {
		if l.Tag == tag {
			return l
		}
	}
	return nil
}

// setLanguage remembers an agent's choice in the browser.
func (q *request) setLanguage() error {
	if l := q.words.find(q.FormValue("language")); l != nil {
		http.SetCookie(q.w, &http.Cookie{
			Name: languageCookie, Value: l.Tag, Path: q.Prefix + "/", MaxAge: int((365 * 24 * time.Hour).Seconds()),
			HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: q.TLS != nil,
		})
	}
	return q.done("")
}
