package webhook_test

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/internal/fixtures"
	"github.com/kanava-go/kanava/webhook"
)

// TestMutatedFixturesKeepEveryPromise changes fixtures at random places of their
// tree: values of another type, missing, moved and foreign members, lists that
// are not. Whatever comes of it, every event must survive in a body of its own,
// and redaction must leave the form alone.
func TestMutatedFixturesKeepEveryPromise(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	var trees []any
	for _, f := range fixtures.All() {
		trees = append(trees, decode(t, f.Body))
	}
	rounds := 20_000
	if raceEnabled || testing.Short() {
		rounds = 1_000
	}
	for range rounds {
		tree := clone(trees[r.IntN(len(trees))])
		for range 1 + r.IntN(4) {
			tree = mutate(r, tree, trees)
		}
		body, err := json.Marshal(tree)
		require.NoError(t, err)
		d, err := webhook.Parse(body)
		require.NoError(t, err)
		for e := range d.Events() {
			again, err := webhook.Parse(e.AppendBody(nil))
			if err != nil || again.Len() != 1 {
				t.Fatalf("%d events and %v of %s", again.Len(), err, body)
			}
			for e2 := range again.Events() {
				checkSame(t, e, e2)
			}
			_ = e.LogValue().Resolve()
		}
		clean, err := webhook.RedactBody(body, func(string) string { return "X" })
		require.NoError(t, err)
		if !sameForm(tree, decode(t, clean), "") {
			t.Fatalf("%s redacted to %s", body, clean)
		}
	}
}

func clone(v any) any {
	switch v := v.(type) {
	case map[string]any:
		c := make(map[string]any, len(v))
		for k, x := range v {
			c[k] = clone(x)
		}
		return c
	case []any:
		c := make([]any, len(v))
		for i, x := range v {
			c[i] = clone(x)
		}
		return c
	default:
		return v
	}
}

// mutate changes one place of v, found by going down at random.
func mutate(r *rand.Rand, v any, trees []any) any {
	switch x := v.(type) {
	case map[string]any:
		if len(x) == 0 || r.IntN(6) == 0 {
			break
		}
		keys := slices.Sorted(maps.Keys(x))
		key := keys[r.IntN(len(keys))]
		switch r.IntN(12) {
		case 0:
			delete(x, key)
		case 1:
			x[keys[r.IntN(len(keys))]] = x[key]
		case 2:
			x["future"] = clone(x[key])
		default:
			x[key] = mutate(r, x[key], trees)
		}
		return x
	case []any:
		if len(x) == 0 || r.IntN(6) == 0 {
			break
		}
		i := r.IntN(len(x))
		switch r.IntN(8) {
		case 0:
			return slices.Delete(x, i, i+1)
		case 1:
			return append(x, clone(x[i]))
		default:
			x[i] = mutate(r, x[i], trees)
		}
		return x
	}
	switch r.IntN(10) {
	case 0:
		return nil
	case 1:
		return ""
	case 2:
		return json.Number("7")
	case 3:
		return true
	case 4:
		return []any{}
	case 5:
		return map[string]any{}
	case 6:
		return []any{v, v}
	case 7:
		return map[string]any{"id": v}
	case 8:
		return "4111 1111 1111 1111"
	default: // something of another fixture
		other := trees[r.IntN(len(trees))]
		for {
			switch x := other.(type) {
			case map[string]any:
				if len(x) > 0 && r.IntN(4) > 0 {
					keys := slices.Sorted(maps.Keys(x))
					other = x[keys[r.IntN(len(keys))]]
					continue
				}
			case []any:
				if len(x) > 0 && r.IntN(4) > 0 {
					other = x[r.IntN(len(x))]
					continue
				}
			}
			return clone(other)
		}
	}
}
