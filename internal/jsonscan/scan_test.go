package jsonscan_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/internal/fixtures"
	"github.com/kanava-go/kanava/internal/jsonscan"
)

// generic turns a value into what encoding/json makes of it with UseNumber.
func generic(v jsonscan.Value) any {
	switch v.Kind() {
	case jsonscan.True, jsonscan.False:
		return v.Kind() == jsonscan.True
	case jsonscan.Number:
		return json.Number(v.Raw())
	case jsonscan.String:
		return v.Str()
	case jsonscan.Array:
		a := []any{}
		for it := v.Iter(); it.Next(); {
			a = append(a, generic(it.Value()))
		}
		return a
	case jsonscan.Object:
		m := map[string]any{}
		for it := v.Iter(); it.Next(); {
			m[it.Key()] = generic(it.Value())
		}
		return m
	default:
		return nil
	}
}

// compare requires that the scanner and encoding/json agree about src.
func compare(t *testing.T, src string) {
	t.Helper()
	var doc jsonscan.Doc
	err := doc.Parse(src)
	if !json.Valid([]byte(src)) {
		require.Error(t, err)
		var syntax *jsonscan.SyntaxError
		require.ErrorAs(t, err, &syntax)
		require.LessOrEqual(t, syntax.Offset, len(src))
		require.False(t, doc.Root().Exists(), "a failed document is empty")
		return
	}
	require.NoError(t, err)
	dec := json.NewDecoder(strings.NewReader(src))
	dec.UseNumber()
	var want any
	require.NoError(t, dec.Decode(&want))
	if got := generic(doc.Root()); !reflect.DeepEqual(want, got) { // cmp is slow on deep nesting
		require.Fail(t, "different values", cmp.Diff(want, got))
	}
	require.Equal(t, strings.Trim(src, " \t\r\n"), doc.Root().Raw())
}

func TestScannerAgreesWithEncodingJSON(t *testing.T) {
	t.Parallel()
	for _, src := range []string{
		``, ` `, `null`, ` null `, `nul`, `nulll`, `true`, `tru`, `false`, `falsy`, `x`,
		`0`, `-0`, `-`, `+1`, `01`, `-01`, `1.`, `.5`, `1.5`, `1e`, `1e+`, `1e5`, `1E-5`, `1.5e+10`, `1e1.5`, `0x1`, `1 2`,
		`""`, `"`, `"a`, `"a"b`, `"\"`, `"\\"`, `"\x"`, `"\u12"`, `"\u12g4"`, `"\u00e4"`, `"\ud83d\ude00"`, `"\ud83d"`, `"\ude00"`,
		`"\ud83d\u0041"`, `"\ud83d\ud83d\ude00"`, `"\ud83dx"`, `"\b\f\n\r\t\/\\\""`, "\"\x00\"", "\"\x1f\"", "\"\x20\"", "\"\x7f\"",
		"\"tab\there\"", "\"\xff\"", "\"a\xffb\"", "\"\xc3\xa4\"", "\"\xed\xa0\x80\"", "\"\xf0\x9f\x98\"", "\"eight888\xff\"", "\"eight88\x1f\"",
		`"0123456789abcdef"`, `"01234567\n89abcdef"`, `"0123456\"`, `"01234567\"`,
		`[]`, `[ ]`, `[`, `]`, `[1`, `[1,`, `[1,]`, `[,1]`, `[1 2]`, `[1}`, `[[]`, `[[],[]]`, `[1,[2,[3]],4]`, `[]]`,
		`{}`, `{ }`, `{`, `}`, `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `{"a":1,}`, `{a:1}`, `{"a" : 1 }`, `{"a":1 "b":2}`, `{"a":1]`, `{"a",1}`,
		`{1:2}`, `{"a":{"b":{"c":[{}]}}}`, `{"":1}`, `{"a":1,"a":2}`, `{"\u0061":1}`, `{"\ud800":1}`, "{\"\xff\":1}", `{"a":1}x`, `{"a":1}{}`,
		"\ufeff{}", "{}\x00", "\v{}", "[1\u00a0]", "{\n\t\"a\"\r\n:\t1\n}\n",
		`[1e999, 123456789012345678901234567890]`,
		strings.Repeat("[", 10000) + strings.Repeat("]", 10000),
		strings.Repeat("[", 10001) + strings.Repeat("]", 10001),
		strings.Repeat(`{"a":`, 10000) + "1" + strings.Repeat("}", 10000),
		strings.Repeat(`{"a":`, 10001) + "1" + strings.Repeat("}", 10001),
		strings.Repeat("[", 1_000_000),
	} {
		name := src
		if len(name) > 40 {
			name = name[:40]
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			compare(t, src)
		})
	}
}

func TestScannerAgreesOnFixturesCutAndMangled(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for _, f := range fixtures.All() {
		compare(t, string(f.Body))
		for range 20 {
			b := bytes.Clone(f.Body)
			switch i := r.IntN(len(b)); r.IntN(4) {
			case 0:
				b = b[:i]
			case 1:
				b[i] = byte(r.IntN(256))
			case 2:
				b = append(b[:i], b[i+1:]...)
			default:
				b[i] = `{}[]",:\`[r.IntN(8)]
			}
			compare(t, string(b))
		}
	}
}

func TestValueAccess(t *testing.T) {
	t.Parallel()
	var doc jsonscan.Doc
	require.NoError(t, doc.Parse(` {"a": "x", "n": null, "list": [1, {"b": true}], "a": "caf\u00e9", "\u0061b": 1} `))
	root := doc.Root()
	require.Equal(t, jsonscan.Object, root.Kind())
	require.Equal(t, 5, root.Len())
	require.Equal(t, "café", root.Get("a").Str(), "the last of two equal names counts")
	require.Equal(t, "1", root.Get("ab").Raw(), "escaped names are decoded")
	require.True(t, root.Get("a").Exists())
	require.False(t, root.Get("n").Exists(), "null counts as absent")
	require.Equal(t, jsonscan.Null, root.Get("n").Kind())
	require.Equal(t, jsonscan.Invalid, root.Get("none").Kind())
	require.Equal(t, `[1, {"b": true}]`, root.Get("list").Raw())
	start, end := root.Get("list").Span()
	require.Equal(t, uint32(31), start)
	require.Equal(t, uint32(47), end)

	it := root.Get("list").Iter()
	require.True(t, it.Next())
	require.Empty(t, it.Key())
	require.Equal(t, "1", it.Value().Raw())
	require.True(t, it.Next())
	require.Equal(t, jsonscan.True, it.Value().Get("b").Kind())
	require.False(t, it.Next())
}

func TestAbsentValueIsHarmless(t *testing.T) {
	t.Parallel()
	var doc jsonscan.Doc
	for name, v := range map[string]jsonscan.Value{"zero": {}, "root of nothing": doc.Root()} {
		require.Equal(t, jsonscan.Invalid, v.Kind(), name)
		require.Empty(t, v.Raw(), name)
		require.Empty(t, v.Str(), name)
		require.Zero(t, v.Len(), name)
		require.False(t, v.Get("a").Exists(), name)
		start, end := v.Span()
		require.Zero(t, start+end, name)
	}
}

func TestKindNames(t *testing.T) {
	t.Parallel()
	var doc jsonscan.Doc
	require.NoError(t, doc.Parse(`[null,true,false,1,"",[],{}]`))
	var names []string
	for it := doc.Root().Iter(); it.Next(); {
		names = append(names, it.Value().Kind().String())
	}
	require.Equal(t, []string{"null", "boolean", "boolean", "number", "string", "array", "object"}, names)
	require.Equal(t, "nothing", jsonscan.Invalid.String())
	require.Equal(t, "nothing", jsonscan.Kind(99).String())
}

func TestSyntaxErrorQuotesNothing(t *testing.T) {
	t.Parallel()
	var doc jsonscan.Doc
	err := doc.Parse(`{"a":"4111111111111111" secret}`)
	require.EqualError(t, err, "jsonscan: comma or closing bracket expected at byte 24")
}

func TestQuotedTextReadsBack(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "plain", `quote " and \ slash /`, "\x00\x01\x1f\n\r\t\b\f\x7f", "café 😀 \u2028", "bad \xff utf8 \xed\xa0\x80"} {
		quoted := string(jsonscan.AppendQuoted(nil, s))
		require.True(t, json.Valid([]byte(quoted)), quoted)
		var want string
		require.NoError(t, json.Unmarshal([]byte(quoted), &want))
		var doc jsonscan.Doc
		require.NoError(t, doc.Parse(quoted))
		require.Equal(t, want, doc.Root().Str())
		require.Equal(t, strings.ToValidUTF8(s, "\ufffd"), strings.ReplaceAll(want, "\ufffd\ufffd\ufffd", "\ufffd"))
	}
}

func TestReusedDocAllocatesNothing(t *testing.T) {
	body := string(fixtures.Get("messages_text"))
	var doc jsonscan.Doc
	require.NoError(t, doc.Parse(body))
	require.Zero(t, testing.AllocsPerRun(100, func() {
		if err := doc.Parse(body); err != nil {
			t.Error(err)
		}
		for it := doc.Root().Iter(); it.Next(); {
			if it.Key() == "object" && it.Value().Str() != "whatsapp_business_account" {
				t.Error("wrong object")
			}
		}
	}))
}
