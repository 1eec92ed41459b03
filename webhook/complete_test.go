package webhook_test

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/internal/fixtures"
	"github.com/kanava-go/kanava/webhook"
)

// notTyped are the places of fixtures whose value no typed field depends on, by the
// end of their path, with the reason.
var notTyped = map[string]string{
	".messaging_product":                 "always whatsapp",
	".conversation_context.type":         "always summary",
	".group_settings_update.groups.type": "the Go type says it",
	".call_recording.type":               "the media kind says it",
	".calls.statuses.type":               "the Go type says it",
	".statuses.recipient_type":           "a participant says it",
	".interactive.action":                "only in an old sample, where nothing else names the reply",
	".contacts.wa_id":                    "the item names the person itself",
	".contacts.parent_user_id":           "the item names the person itself",
	".threads.id":                        "the context of the thread says it",
	".threads.context.wa_id":             "the message says it",
	".threads.context.user_id":           "the message says it",
	".history.threads.messages.from":     "the business number, in messages of ours",
	".history.message_echoes.from":       "the business number",
	".calls.calls.from":                  "the business number, in calls of ours",
	".calls.calls.to":                    "the business number, in calls to us",
	".standby.message_echoes.message":    "a send request in Meta's words, kept raw",
	".standby.message_echoes.template":   "a template's definition, kept raw",
	".standby.message_echoes.flow":       "a Flow's definition, kept raw",
	".hologram":                          "unknown on purpose, kept raw",
	".future_reply":                      "unknown on purpose, kept raw",
	".a_future_field":                    "unknown on purpose, kept raw",
	".consumer_profile":                  "unknown on purpose, kept raw",
}

// TestEveryScalarOfAFixtureReachesATypedField changes the scalars of every fixture
// one at a time. What is printed of the typed events, keys and raw JSON apart, must
// change with it. It finds the field that nobody decodes, or that is decoded and
// dropped.
func TestEveryScalarOfAFixtureReachesATypedField(t *testing.T) {
	t.Parallel()
	unseen := maps.Clone(notTyped)
	for _, f := range fixtures.All() {
		if f.Name == "envelope_other_object" {
			continue
		}
		body := decode(t, f.Body)
		before := typed(t, body)
		eachScalar(body, "", func(path string, v any, set func(any)) {
			set(another(v))
			changed := typed(t, body) != before
			set(v)
			if changed {
				return
			}
			reason := false
			for place := range notTyped {
				if strings.Contains(path+".", place+".") {
					reason = true
					delete(unseen, place)
				}
			}
			if !reason {
				t.Errorf("%s: %s is in no typed field", f.Name, path)
			}
		})
	}
	require.Empty(t, slices.Collect(maps.Keys(unseen)), "typed by now, or in no fixture")
}

// eachScalar calls f for every scalar in v, with a function that replaces it. Under
// a change the path has the name of the field in place of the word value.
func eachScalar(v any, path string, f func(path string, v any, set func(any))) {
	descend := func(v any, path string, set func(any)) {
		switch v.(type) {
		case map[string]any, []any:
			eachScalar(v, path, f)
		default:
			f(path, v, set)
		}
	}
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			p := path + "." + k
			if field, ok := v["field"].(string); ok && k == "value" {
				p = "." + field
			}
			descend(x, p, func(n any) { v[k] = n })
		}
	case []any:
		for i, x := range v {
			descend(x, path, func(n any) { v[i] = n })
		}
	}
}

// another returns a scalar of the same kind that means something else.
func another(v any) any {
	switch v := v.(type) {
	case bool:
		return !v
	case json.Number:
		if v == "0" {
			return json.Number("7")
		}
		return v + "1"
	case string:
		if len(v) == 10 && strings.Trim(v, "0123456789") == "" { // a timestamp, which must stay one
			return v[:9] + string('0'+('9'-v[9]))
		}
		return "7" + v
	default:
		return "7"
	}
}

var (
	keyLine = regexp.MustCompile(`(?m)^[a-z-]+\.[A-Za-z0-9_-]{22}$`)
	rawJSON = regexp.MustCompile(`(?m): raw .*$`)
)

// typed prints the events of body without their keys and raw JSON.
func typed(t *testing.T, body any) string {
	t.Helper()
	b, err := json.Marshal(body)
	require.NoError(t, err)
	d, err := webhook.Parse(b)
	require.NoError(t, err)
	return rawJSON.ReplaceAllString(keyLine.ReplaceAllString(print(d), ""), ":")
}
