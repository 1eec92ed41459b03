package template_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/template"
)

var update = flag.Bool("update", false, "rewrite the golden files under testdata/previews")

// golden is a file of testdata/previews: a template, its values, and what comes
// out of them.
type golden struct {
	Definition json.RawMessage `json:"definition"`
	Values     template.Values `json:"values"`
	Message    json.RawMessage `json:"message"`
	Text       []string        `json:"text"`
	HTML       []string        `json:"html"`
}

func goldens(t testing.TB) map[string]golden {
	t.Helper()
	files, err := filepath.Glob("testdata/previews/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	out := make(map[string]golden, len(files))
	for _, f := range files {
		raw, err := os.ReadFile(f)
		require.NoError(t, err)
		var g golden
		dec := json.NewDecoder(bytes.NewReader(raw))
		dec.DisallowUnknownFields()
		require.NoError(t, dec.Decode(&g), f)
		out[strings.TrimSuffix(filepath.Base(f), ".json")] = g
	}
	return out
}

// TestGoldenPreviews binds every kind of component and button and compares the
// message, the text and the HTML with what was reviewed once.
func TestGoldenPreviews(t *testing.T) {
	t.Parallel()
	for name, g := range goldens(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := define(t, string(g.Definition))
			require.Empty(t, d.Validate().Err(), "the template itself must be good")
			msg, preview, err := d.Bind(g.Values)
			require.NoError(t, err)
			raw, err := json.Marshal(msg)
			require.NoError(t, err)
			text := strings.Split(preview.Text(), "\n")
			page := strings.Split(strings.ReplaceAll(preview.HTML(), "><", ">\n<"), "\n")
			if *update {
				g.Message, g.Text, g.HTML = raw, text, page
				writeGolden(t, name, g)
				return
			}
			require.JSONEq(t, string(g.Message), string(raw))
			require.Empty(t, cmp.Diff(g.Text, text))
			require.Empty(t, cmp.Diff(g.HTML, page))
			require.Empty(t, preview.Warnings)
		})
	}
}

func writeGolden(t *testing.T, name string, g golden) {
	t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	require.NoError(t, enc.Encode(g))
	require.NoError(t, os.WriteFile("testdata/previews/"+name+".json", b.Bytes(), 0o644))
}

// TestGoldenPreviewsCoverEveryKind keeps the set of golden files complete.
func TestGoldenPreviewsCoverEveryKind(t *testing.T) {
	t.Parallel()
	seen := make(map[string]bool)
	var walk func(list []template.Component)
	walk = func(list []template.Component) {
		for _, c := range list {
			seen[string(c.Type())] = true
			switch c := c.(type) {
			case *template.Header:
				seen["HEADER "+string(c.Format)] = true
			case *template.Buttons:
				for _, b := range c.Buttons {
					seen["button "+string(b.Kind())] = true
				}
			case *template.Carousel:
				for i := range c.Cards {
					walk(c.Cards[i].Components)
				}
			default:
			}
		}
	}
	parameters := make(map[template.ParameterType]bool)
	for _, g := range goldens(t) {
		d := define(t, string(g.Definition))
		walk(d.Components)
		msg, _, err := d.Bind(g.Values)
		require.NoError(t, err)
		for _, p := range msg.Parameters() {
			parameters[p.Type] = true
		}
	}
	for _, want := range []string{
		"HEADER", "BODY", "FOOTER", "BUTTONS", "CAROUSEL", "LIMITED_TIME_OFFER", "CALL_PERMISSION_REQUEST",
		"HEADER TEXT", "HEADER IMAGE", "HEADER VIDEO", "HEADER GIF", "HEADER DOCUMENT", "HEADER LOCATION", "HEADER PRODUCT",
		"button QUICK_REPLY", "button URL", "button PHONE_NUMBER", "button COPY_CODE", "button OTP", "button FLOW",
		"button CATALOG", "button MPM", "button SPM", "button ORDER_DETAILS", "button VOICE_CALL", "button REQUEST_CONTACT_INFO",
	} {
		require.True(t, seen[want], "no golden file has %s", want)
	}
	for _, want := range []template.ParameterType{
		template.ParamText, template.ParamCurrency, template.ParamDateTime, template.ParamImage, template.ParamVideo,
		template.ParamGIF, template.ParamDocument, template.ParamLocation, template.ParamProduct, template.ParamPayload,
		template.ParamTTLMinutes, template.ParamCouponCode, template.ParamAction, template.ParamOffer,
		template.ParamOrderStatus, template.ParamTapTarget,
	} {
		require.True(t, parameters[want], "no golden file sends %s", want)
	}
}
