package webhook_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/internal/fixtures"
	"github.com/kanava-go/kanava/webhook"
)

// TestNothingInAFixtureIsForgotten looks for every scalar of every fixture in the
// printed events. It finds the field that nobody decodes.
func TestNothingInAFixtureIsForgotten(t *testing.T) {
	t.Parallel()
	for _, f := range fixtures.All() {
		if f.Name == "envelope_other_object" {
			continue
		}
		d, err := webhook.Parse(f.Body)
		require.NoError(t, err)
		printed := print(d)
		var body any
		require.NoError(t, json.Unmarshal(f.Body, &body))
		eachScalar(body, "", func(path string, v any) {
			if !shown(printed, path, v) {
				t.Errorf("%s: %s = %v is in no event", f.Name, path, v)
			}
		})
	}
}

// eachScalar calls f for every string, number and true in v.
func eachScalar(v any, path string, f func(path string, v any)) {
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			eachScalar(x, path+"."+k, f)
		}
	case []any:
		for _, x := range v {
			eachScalar(x, path, f)
		}
	case string, float64:
		f(path, v)
	case bool:
		if v {
			f(path, v)
		}
	}
}

// shown reports whether the scalar v at path can be seen in the printed events.
func shown(printed, path string, v any) bool {
	for _, suffix := range []string{
		".object", ".messaging_product", ".conversation_context.type", // constant
		".messages.type", ".message_echoes.type", ".message.type", ".interactive.type", ".statuses.type", // the Go type says it
		".state_sync.type", ".call_recording.type", ".groups.type", ".interactive.action",
		".statuses.recipient_type", // "group": there is a GroupID
	} {
		if strings.HasSuffix(path, suffix) {
			return true
		}
	}
	switch v {
	case "NONE": // of a reason: no reason
		return true
	case "revoked":
		return strings.Contains(printed, "Revoked: true")
	}
	forms := []string{fmt.Sprintf("%q", v), fmt.Sprintf(": %v\n", v)}
	switch v := v.(type) {
	case bool:
		forms = append(forms, `": true`) // in raw JSON
	case string:
		forms = append(forms, fmt.Sprintf("%q", strings.TrimPrefix(v, "+")), fmt.Sprintf(" %s:", v)) // as a map key
		if n, err := strconv.ParseInt(v, 10, 64); err == nil {
			forms = append(forms, timeForm(n))
		}
	case float64:
		forms = append(forms, fmt.Sprintf("%.0f", v), fmt.Sprint(v), timeForm(int64(v)), (time.Duration(v) * time.Second).String())
	}
	return slices.ContainsFunc(forms, func(form string) bool { return strings.Contains(printed, form) })
}

func timeForm(n int64) string {
	if n > 1e12 {
		n /= 1000
	}
	return time.Unix(n, 0).UTC().Format(time.RFC3339)
}
