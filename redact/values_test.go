package redact_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/kanava-go/kanava/redact"
	"github.com/stretchr/testify/require"
)

func TestValuesMasksOnlyWhatPeopleWrote(t *testing.T) {
	t.Parallel()
	const doc = ` {"id": "4242424242424242", "messages":[{"id":4242424242424242,
	"text":{"body":"card 4242 4242 4242 4242","n":4242424242424242, "x":-4242424242424242, "f":4242424242424242.0, "e":4242424242424242e0}},
	{"text":{"body":"a\tcard:\u00a0\u0034242424242424242\ud83d\ude00 \"ok\"\/"}, "4242424242424242":null, "image":{"caption":"4111111111111111","ok":true}}]}
`
	human := redact.Paths("messages.*.text.**", "**.caption")
	var r redact.Redactor
	got, err := r.Values([]byte(doc), human)
	require.NoError(t, err)
	want := strings.NewReplacer(
		`card 4242 4242 4242 4242`, `card XXXX XXXX XXXX 4242`,
		`"n":4242424242424242`, `"n":"XXXXXXXXXXXX4242"`, `-4242424242424242`, `"-XXXXXXXXXXXX4242"`,
		`\u00a0\u0034242424242424242`, `\u00a0XXXXXXXXXXXX4242`,
		`4111111111111111`, `XXXXXXXXXXXX1111`,
	).Replace(doc)
	require.Equal(t, want, string(got))
	require.True(t, json.Valid(got))

	all, err := r.Values([]byte(doc), nil)
	require.NoError(t, err)
	require.Contains(t, string(all), `"id": "XXXXXXXXXXXX4242"`)
	require.Contains(t, string(all), `"id":"XXXXXXXXXXXX4242"`)
	require.Contains(t, string(all), `"4242424242424242":null`, "keys stay")
	require.Contains(t, string(all), `"f":4242424242424242.0`, "no integer")
}

func TestValuesReturnsTheDocumentItselfIfNothingIsFound(t *testing.T) {
	t.Parallel()
	var r redact.Redactor
	doc := []byte(`{"a":["no card","order 4539148803436467",1.5e3,null,true,false,{},[],""]}`)
	got, err := r.Values(doc, nil)
	require.NoError(t, err)
	require.Equal(t, string(doc), string(got))
	require.Same(t, &doc[0], &got[0])
}

func TestValuesDoesNotChangeItsArgument(t *testing.T) {
	t.Parallel()
	var r redact.Redactor
	doc := []byte(`["4242424242424242"]`)
	before := string(doc)
	got, err := r.Values(doc, nil)
	require.NoError(t, err)
	require.Equal(t, `["XXXXXXXXXXXX4242"]`, string(got))
	require.Equal(t, before, string(doc))
}

func TestValuesRefusesWhatIsNoJSON(t *testing.T) {
	t.Parallel()
	var r redact.Redactor
	for _, doc := range []string{
		"", " ", "{", "[", `"`, `"4242424242424242`, "{1:2}", `{"a"}`, `{"a":}`, `{"a":1,}`, "[1,]", "[1 2]", "01", "-", "1.", "1e", "+1", ".5",
		"nul", "truee", "{} {}", `"\x"`, `"\u12g4"`, `"\u+123"`, "\"\x01\"", `"\`, `"\u12`, strings.Repeat("[", 20000),
		`{"a":1`, `[1`, `{"a" 1}`,
	} {
		got, err := r.Values([]byte(doc), nil)
		require.Error(t, err, "%.20s", doc)
		require.Nil(t, got)
		require.NotContains(t, err.Error(), pan)
		require.False(t, json.Valid([]byte(doc)))
	}
}

func TestPathMatch(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		path, pattern string
		want          bool
	}{
		{"a.b", "a.b", true}, {"a.b", "a", false}, {"a", "a.b", false}, {"a.0.b", "a.*.b", true}, {"a.b", "a.*.b", false},
		{"a.b.c", "**", true}, {"a.b.c", "**.c", true}, {"a.b.c", "a.**", true}, {"a", "a.**", true}, {"a.b.c", "a.**.c", true},
		{"a.c", "a.**.c", true}, {"a.b.d", "a.**.c", false}, {"b", "a.**", false}, {"", "", true}, {"", "**", true}, {"a", "", false},
	} {
		var p redact.Path
		if tc.path != "" {
			p = strings.Split(tc.path, ".")
		}
		require.Equal(t, tc.want, p.Match(tc.pattern), "%s against %s", tc.path, tc.pattern)
		require.Equal(t, tc.path, p.String())
	}
	require.False(t, redact.Paths()(redact.Path{"a"}))
}

func FuzzValues(f *testing.F) {
	for _, l := range corpus(f) {
		doc, err := json.Marshal(map[string]any{"a": []any{l.Text, 1, nil, map[string]string{l.Text: l.Want}}})
		require.NoError(f, err)
		f.Add(doc)
	}
	f.Add([]byte(`{"\u0034":"\u0034242424242424242","n":4242424242424242}`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		var r redact.Redactor
		got, err := r.Values(doc, nil)
		if (err == nil) != json.Valid(doc) {
			t.Fatalf("valid %v, error %v", json.Valid(doc), err)
		}
		if err != nil {
			return
		}
		if !json.Valid(got) {
			t.Fatalf("no longer valid: %q from %q", got, doc)
		}
		again, err := r.Values(got, nil)
		if err != nil || string(again) != string(got) {
			t.Fatalf("changes again: %q to %q, %v", got, again, err)
		}
		if string(got) != string(doc) {
			if same, err := r.Values(doc, func(redact.Path) bool { return false }); err != nil || string(same) != string(doc) {
				t.Fatalf("changed what nobody asked for: %v", err)
			}
		}
	})
}
