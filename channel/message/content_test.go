package message_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/message"
)

// The comment of Content is the list that readers switch over: it must name all
// implementers and nothing else, and so must the golden messages.
func TestTheUnionIsClosedAndItsCommentComplete(t *testing.T) {
	t.Parallel()
	implementers := make(map[string]bool)
	var listed []string
	fset := token.NewFileSet()
	files, err := fs.Glob(os.DirFS("."), "*.go")
	require.NoError(t, err)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
		require.NoError(t, err)
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.Name != "content" || d.Recv == nil || d.Type.Results != nil {
					continue
				}
				star, ok := d.Recv.List[0].Type.(*ast.StarExpr)
				require.True(t, ok, "the marker must have a pointer receiver")
				implementers[star.X.(*ast.Ident).Name] = true
			case *ast.GenDecl:
				for _, s := range d.Specs {
					if ts, ok := s.(*ast.TypeSpec); ok && ts.Name.Name == "Content" {
						for _, m := range regexp.MustCompile(`\*\[(\w+)\]`).FindAllStringSubmatch(d.Doc.Text(), -1) {
							listed = append(listed, m[1])
						}
					}
				}
			}
		}
	}
	want := slices.Sorted(maps.Keys(implementers))
	slices.Sort(listed)
	require.Equal(t, want, listed)

	seen := make(map[string]bool)
	for _, g := range goldens(t) {
		seen[strings.TrimPrefix(fmt.Sprintf("%T", g.out.Content), "*message.")] = true
	}
	require.Equal(t, want, slices.Sorted(maps.Keys(seen)), "every kind needs a golden request")
}

func TestKindsAreDistinctAndInteractiveOnesKnown(t *testing.T) {
	t.Parallel()
	for _, g := range goldens(t) {
		var body struct{ Type string }
		require.NoError(t, json.Unmarshal([]byte(g.json), &body))
		kind := g.out.Content.Kind()
		if kind == message.KindUnknown {
			continue
		}
		require.Equal(t, body.Type == "interactive", kind.Interactive(), g.name)
		if !kind.Interactive() {
			require.Equal(t, body.Type, string(kind), g.name)
		}
	}
}

func TestBadStoredMessagesAreRefusedWithoutQuotingThem(t *testing.T) {
	t.Parallel()
	for name, doc := range map[string]string{
		"not JSON":               `{"type":"text","text":{"body":"CANARY`,
		"trailing garbage":       `{"type":"text","text":{"body":"CANARY"}} CANARY`,
		"no type":                `{"text":{"body":"CANARY"}}`,
		"a type that is no key":  `{"type":"CANARY\"","text":{}}`,
		"no object":              `{"type":"image","text":{"body":"CANARY"}}`,
		"null object":            `{"type":"text","text":null,"note":"CANARY"}`,
		"unknown without object": `{"type":"hologram","canary":"CANARY"}`,
		"a number for a text":    `{"type":"text","text":{"body":16505550123}}`,
		"an overflow":            `{"type":"location","location":{"latitude":1e999}}`,
		"a huge ttl":             `{"type":"text","text":{"body":"b"},"ttl_seconds":16505550123165055501231650555}`,
		"a nameless template":    `{"type":"template","template":{"body":"CANARY"}}`,
	} {
		var out message.Outbound
		err := json.Unmarshal([]byte(doc), &out)
		require.Error(t, err, name)
		require.NotContains(t, err.Error(), "CANARY", name)
		require.NotContains(t, err.Error(), "16505550123", name)
		_, err = message.UnmarshalContent([]byte(doc))
		if name != "a huge ttl" {
			require.Error(t, err, name)
			require.NotContains(t, err.Error(), "CANARY", name)
		}
	}
}

func TestWhatCannotBeEncodedIsAnErrorThatQuotesNothing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]message.Content{
		"nil":             nil,
		"a nil pointer":   (*message.Buttons)(nil),
		"broken raw JSON": &message.Unknown{Type: "poll", Raw: json.RawMessage(`{"a":"CANARY`)},
		"no raw JSON":     &message.Unknown{Type: "poll"},
		"a reserved type": &message.Unknown{Type: "to", Raw: json.RawMessage(`"CANARY"`)},
		"broken data":     &message.Flow{Data: json.RawMessage(`CANARY`)},
	} {
		_, err := json.Marshal(message.Outbound{To: toPhone, Content: c})
		require.Error(t, err, name)
		require.NotContains(t, err.Error(), "CANARY", name)
		_, err = message.MarshalContent(c)
		require.Error(t, err, name)
		require.NotContains(t, err.Error(), "CANARY", name)
		got, err := (&message.Outbound{Content: c}).AppendJSON([]byte("kept"))
		require.Error(t, err, name)
		require.Equal(t, "kept", string(got), name)
	}
}

func TestTheLaneIsStoredButNotSent(t *testing.T) {
	t.Parallel()
	out := message.Outbound{To: toPhone, Content: &message.Text{Body: "b"}, Lane: message.LaneBulk}
	stored, err := json.Marshal(out)
	require.NoError(t, err)
	var back message.Outbound
	require.NoError(t, json.Unmarshal(stored, &back))
	require.Empty(t, cmp.Diff(out, back))
	sent, err := out.AppendJSON(nil)
	require.NoError(t, err)
	require.NotContains(t, string(sent), "lane")
}

func TestPhonesAreAlwaysSentInternationally(t *testing.T) {
	t.Parallel()
	out := message.Outbound{To: message.Recipient{Phone: "16505550123"}, Content: &message.Text{Body: "b"}}
	body, err := out.AppendJSON(nil)
	require.NoError(t, err)
	require.Contains(t, string(body), `"to":"+16505550123"`)
}

// Nothing private may be seen in logs or errors of this package.
func TestLogsAndErrorsShowNothingPrivate(t *testing.T) {
	t.Parallel()
	const canary = "CANARY"
	private := []string{canary, "16505550123", "wamid.", "US.1349"}
	var log bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&log, nil))
	check := func(where, s string) {
		for _, p := range private {
			require.NotContains(t, s, p, where)
		}
	}
	for _, g := range goldens(t) {
		out := g.out
		// Put the canary everywhere a text can be.
		raw, err := json.Marshal(out)
		require.NoError(t, err)
		doc := decodeAny(t, raw)
		salt(doc, canary)
		raw, err = json.Marshal(doc)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(raw, &out))
		out.ReplyTo = "wamid.CANARY16505550123"

		logger.Info("out", "value", out, "pointer", &out, "content", out.Content, "to", out.To)
		if err := out.Validate(); err != nil {
			check(g.name, err.Error())
			logger.Info("err", "err", err)
		}
	}
	logger.Info("parts", "upload", message.Upload{Name: "CANARY.pdf", MIME: "application/pdf", Size: 3}, "download", message.Download{SHA256: "CANARY"},
		"contact", message.Contact{Name: message.ContactName{Formatted: "CANARY"}})
	logger.Info("receipt", "r", message.Receipt{ID: "wamid.CANARY", WAID: "16505550123", BSUID: "US.1349"})
	logger.Info("failure", "f", message.Classify(131047, 0, 400, false))
	check("log", log.String())
	require.Contains(t, log.String(), `"kind":"text"`, "the log must show something")
}

// salt puts s into every string of a document that is not an enumeration.
func salt(v any, s string) {
	m, ok := v.(map[string]any)
	if !ok {
		if list, ok := v.([]any); ok {
			for _, e := range list {
				salt(e, s)
			}
		}
		return
	}
	for k, e := range m {
		switch text, isText := e.(string); {
		case !isText:
			salt(e, s)
		case slices.Contains([]string{"body", "text", "caption", "title", "id", "formatted_name", "url", "link", "filename", "display_text"}, k):
			m[k] = s + text
		}
	}
}
