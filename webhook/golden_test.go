package webhook_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/internal/fixtures"
	"github.com/kanava-go/kanava/webhook"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestFixturesParseAsTheirGoldenFilesSay(t *testing.T) {
	t.Parallel()
	for _, f := range fixtures.All() {
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			d, err := webhook.Parse(f.Body)
			require.NoError(t, err)
			got := print(d)
			file := filepath.Join("testdata", "golden", f.Name+".txt")
			if *update {
				require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
			}
			want, err := os.ReadFile(file)
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(string(want), got))
		})
	}
}

func TestGoldenFilesAllBelongToFixtures(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("testdata", "golden", "*.txt"))
	require.NoError(t, err)
	require.Len(t, files, len(fixtures.All()))
}

// TestNoKnownKindIsUnknown guards against a fixture whose kind is documented
// falling through to Unknown, as a payload or as a content.
func TestNoKnownKindIsUnknown(t *testing.T) {
	t.Parallel()
	// Fixtures that show the unknown on purpose, and what of them is.
	unknown := map[string]string{
		"envelope_batch_mixed":                 "a_future_field/",
		"envelope_unknown_field":               "consumer_profile/",
		"messages_unknown_future_type":         "messages/hologram",
		"messages_interactive_unknown_subtype": "messages/future_reply",
		"messages_missing_payload_object":      "messages/image",
	}
	for _, f := range fixtures.All() {
		d, err := webhook.Parse(f.Body)
		require.NoError(t, err)
		found := ""
		for e := range d.Events() {
			require.NoError(t, e.Err, f.Name)
			for _, x := range []any{e.Payload, contentOf(e.Payload)} {
				if u, ok := x.(*webhook.Unknown); ok {
					found += u.Field + "/" + u.Type
				}
			}
		}
		require.Equal(t, unknown[f.Name], found, f.Name)
	}
}

// contentOf returns the content of the payloads that have one, the inner one for
// edits.
func contentOf(p webhook.Payload) webhook.Content {
	var c webhook.Content
	switch p := p.(type) {
	case *webhook.Message:
		c = p.Content
	case *webhook.StandbyMessage:
		c = p.Message.Content
	case *webhook.Echo:
		c = p.Content
	case *webhook.HistoryMessage:
		c = p.Content
	default:
		return nil
	}
	if e, ok := c.(*webhook.Edit); ok {
		return e.Content
	}
	return c
}
