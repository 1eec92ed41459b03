package template_test

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	texttemplate "text/template"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/template"
)

// fiveValues is a usual reminder: a header, a body of five values, a footer, a
// link and a quick reply.
func fiveValues(b testing.TB) (*template.Definition, template.Values) {
	d := define(b, `{"name":"visit_reminder","language":"en_GB","category":"UTILITY","status":"APPROVED","components":[
		{"type":"HEADER","format":"TEXT","text":"Your visit"},
		{"type":"BODY","text":"Hello {{1}}, this is a reminder of your visit on {{2}} at {{3}} with {{4}} in {{5}}.\n\nPlease answer below if you need another time."},
		{"type":"FOOTER","text":"Example Clinic"},
		{"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"I will come"},{"type":"QUICK_REPLY","text":"Another time"}]}]}`)
	v := template.Values{Body: texts("Noor", "Tuesday, 24 November", "14:30", "Dr. Example", "Harbour Street 7")}
	_, _, err := d.Bind(v)
	require.NoError(b, err)
	return d, v
}

// BenchmarkBindAndRender binds five values and renders the preview; the
// baselines only render: the same text with text/template, parsed beforehand,
// and with one strings.Replacer for each message.
func BenchmarkBindAndRender(b *testing.B) {
	d, v := fiveValues(b)
	b.Run("kanava bind and preview", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, p, err := d.Bind(v)
			if err != nil || p.Text() == "" {
				b.Fatal(err)
			}
		}
	})
	b.Run("kanava bind and send object", func(b *testing.B) {
		b.ReportAllocs()
		buf := make([]byte, 0, 1024)
		for b.Loop() {
			m, _, err := d.Bind(v)
			if err != nil {
				b.Fatal(err)
			}
			buf = m.AppendJSON(buf[:0])
		}
	})
	b.Run("kanava bind and HTML", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, p, err := d.Bind(v)
			if err != nil || p.HTML() == "" {
				b.Fatal(err)
			}
		}
	})
	parsed := texttemplate.Must(texttemplate.New("").Parse("Your visit\n" +
		regexp.MustCompile(`\{\{(\d)\}\}`).ReplaceAllString(d.Body().Text, `{{.V$1}}`) +
		"\nExample Clinic\n[I will come]\n[Another time]"))
	type data struct{ V1, V2, V3, V4, V5 string }
	fill := data{v.Body[0].Text, v.Body[1].Text, v.Body[2].Text, v.Body[3].Text, v.Body[4].Text}
	b.Run("text/template render only", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var out strings.Builder
			if err := parsed.Execute(&out, fill); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("strings.Replacer render only", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if strings.NewReplacer("{{1}}", fill.V1, "{{2}}", fill.V2, "{{3}}", fill.V3, "{{4}}", fill.V4, "{{5}}", fill.V5).Replace(d.Body().Text) == "" {
				b.Fatal()
			}
		}
	})
}

func BenchmarkValidate(b *testing.B) {
	d := define(b, everything)
	b.ReportAllocs()
	for b.Loop() {
		d.Validate()
	}
}

// BenchmarkCatalogLookup looks up one of 6000 templates, alone and while another
// goroutine changes templates as fast as it can; the baseline is a map behind a
// sync.RWMutex under the same load.
func BenchmarkCatalogLookup(b *testing.B) {
	const n = 6000
	names := make([]string, n)
	defs := make([]template.Definition, n)
	for i := range n {
		names[i] = fmt.Sprint("template_number_", i)
		defs[i] = approved(names[i], "en_GB")
	}
	c := newCatalog(b, template.CatalogConfig{})
	require.NoError(b, c.Sync(noon, listing(defs...)))
	busy := func(b *testing.B, work func(i int), measure func()) {
		done := make(chan struct{})
		var wg sync.WaitGroup
		wg.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-done:
					return
				default:
					work(i)
				}
			}
		})
		measure()
		b.StopTimer()
		close(done)
		wg.Wait()
	}
	look := func(b *testing.B) {
		b.ReportAllocs()
		i := 0
		for b.Loop() {
			if _, ok := c.Lookup(names[i%n], "en_GB"); !ok {
				b.Fatal("not found")
			}
			i++
		}
	}
	b.Run("kanava at rest", look)
	b.Run("kanava at rest, other spelling", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, ok := c.Lookup(names[5], "en-gb"); !ok {
				b.Fatal("not found")
			}
		}
	})
	b.Run("kanava under updates", func(b *testing.B) {
		statuses := []template.Event{"PAUSED", "APPROVED"}
		busy(b, func(i int) {
			c.SetStatus(template.StatusFact{Ref: template.Ref{Name: names[i%n], Language: "en_GB"}, At: noon.Add(time.Duration(i) * time.Second), Event: statuses[i%2]})
		}, func() {
			// The updates allocate, so that allocations are not reported here;
			// TestWhatMustNotAllocate counts them.
			i := 0
			for b.Loop() {
				if _, ok := c.Lookup(names[i%n], "en_GB"); !ok {
					b.Fatal("not found")
				}
				i++
			}
		})
	})
	type key struct{ name, lang string }
	var mu sync.RWMutex
	m := make(map[key]*template.Definition, n)
	for i := range defs {
		m[key{names[i], "en_GB"}] = &defs[i]
	}
	b.Run("map behind RWMutex under updates", func(b *testing.B) {
		busy(b, func(i int) {
			d := *m[key{names[i%n], "en_GB"}] // only this goroutine writes
			mu.Lock()
			m[key{names[i%n], "en_GB"}] = &d
			mu.Unlock()
		}, func() {
			i := 0
			for b.Loop() {
				mu.RLock()
				d := m[key{names[i%n], "en_GB"}]
				mu.RUnlock()
				if d == nil {
					b.Fatal("not found")
				}
				i++
			}
		})
	})
}

// BenchmarkParseShorthand reads a usual macro; the baseline is the regular
// expression producers use.
func BenchmarkParseShorthand(b *testing.B) {
	text := `&((namespace=[[0f2c_demo_namespace]] template=[[claim_update]] fallback=[[Your claim has an update, please open the app to see it.]] language=[[pt_BR]] ` +
		`header_document=[[https://files.example.org/claims/2026/c-41.pdf]] body_text=[[Noor Example]] body_text=[[C-41 of 17 November 2026]] body_text=[[approved in full, payment follows]] button_index=[[0]] button_url=[[c-41]]))&`
	big := strings.Replace(text, "approved in full", strings.Repeat("approved in full, ", 500), 1)
	for name, s := range map[string]string{"usual": text, "long": big} {
		b.Run("kanava "+name, func(b *testing.B) {
			b.SetBytes(int64(len(s)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := template.ParseShorthand(s, strict); err != nil {
					b.Fatal(err)
				}
			}
		})
		pair := regexp.MustCompile(`([a-z_]+)=\[\[(.*?)\]\]`)
		b.Run("regexp "+name, func(b *testing.B) {
			b.SetBytes(int64(len(s)))
			b.ReportAllocs()
			for b.Loop() {
				if len(pair.FindAllStringSubmatch(s, -1)) < 10 {
					b.Fatal("pairs are missing")
				}
			}
		})
	}
}

func BenchmarkExpand(b *testing.B) {
	text := "Hello {{customer.name}}, your order {{order.id}} is here."
	look := func(name string) (string, bool) { return "Noor Example", true }
	b.ReportAllocs()
	for b.Loop() {
		if _, err := template.Expand(text, look); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReadDefinition(b *testing.B) {
	raw := []byte(everything)
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		var d template.Definition
		if err := d.UnmarshalJSON(raw); err != nil {
			b.Fatal(err)
		}
	}
}
