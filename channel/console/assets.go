package console

import (
	"bytes"
	"compress/gzip"
	"embed"
	"encoding/hex"
	"hash/fnv"
	"html/template"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"
	"unicode"
)

//go:embed static
var static embed.FS

//go:embed templates/*.html
var sources embed.FS

// assets are the scripts, the stylesheet and the icon. Their address changes with their content, so that
// browsers keep them for ever.
type assets struct {
	version string
	files   map[string]asset
}

type asset struct {
	kind        string
	plain, gzip []byte
}

func newAssets() *assets {
	a := &assets{files: map[string]asset{}}
	sum := fnv.New64a()
	_ = fs.WalkDir(static, "static", func(name string, d fs.DirEntry, err error) error { // an embedded tree has no errors
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := static.ReadFile(name)
		if err != nil {
			return err
		}
		sum.Write(raw)
		var small bytes.Buffer
		zip, _ := gzip.NewWriterLevel(&small, gzip.BestCompression)
		_, _ = zip.Write(raw) // into memory
		_ = zip.Close()
		kind := mime.TypeByExtension(path.Ext(name))
		if path.Ext(name) == ".js" {
			kind = "text/javascript; charset=utf-8" // whatever the machine's table says
		}
		a.files[path.Base(name)] = asset{kind, raw, small.Bytes()}
		return nil
	})
	a.version = hex.EncodeToString(sum.Sum(nil))
	return a
}

// ServeHTTP serves them by name.
func (a *assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f, ok := a.files[r.PathValue("name")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Add("Vary", "Accept-Encoding")
	if r.PathValue("version") == a.version {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	body := f.plain
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = f.gzip
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // a browser that went away needs no answer
}

// parse reads the templates for each language.
func (c *Console) parse() error {
	for _, l := range c.words.offered {
		t, err := template.New("").Funcs(template.FuncMap{
			"say":      l.say,
			"word":     l.word,
			"at":       func(p string) string { return c.Prefix + p },
			"time":     moment,
			"lasts":    l.lasts,
			"count":    grouped,
			"bytes":    size,
			"add":      func(i int) int { return i + 1 },
			"lower":    strings.ToLower,
			"initials": initials,
			"icon":     icon,
			"days":     func(d time.Duration) int { return int(d.Hours() / 24) },

			"roleRow":    roleRow,
			"known":      l.known,
			"grantKinds": func() []string { return grantKinds },
		}).ParseFS(sources, "templates/*.html")
		if err != nil {
			return err
		}
		l.templates = t
	}
	return nil
}

// moment shows a time, which a script writes in the agent's zone and language: as "time", "day", "date"
// or "ago". Without scripts it is in UTC.
func moment(how string, t time.Time) template.HTML {
	if t.IsZero() {
		return ""
	}
	t = t.UTC()
	plain := t.Format("2006-01-02 15:04")
	if how == "time" {
		plain = t.Format("15:04")
	}
	return template.HTML(`<time datetime="` + t.Format("2006-01-02T15:04:05Z") + `" data-as="` + template.HTMLEscapeString(how) + `">` + plain + `</time>`) //nolint:gosec // nothing of others is in it
}

// initials stand for somebody without a picture.
func initials(name string) string {
	var out []rune
	for word := range strings.FieldsSeq(name) {
		if r := []rune(word)[0]; unicode.IsLetter(r) || unicode.IsDigit(r) {
			out = append(out, r)
		}
		if len(out) == 2 {
			break
		}
	}
	return strings.ToUpper(string(out))
}

// icon draws one of the icons of icons.svg.
func icon(name string) template.HTML {
	return template.HTML(`<svg class="icon" aria-hidden="true" viewBox="0 0 20 20">` + icons[name] + `</svg>`) //nolint:gosec // from a table
}
