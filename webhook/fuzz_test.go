package webhook_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/internal/fixtures"
	"github.com/kanava-go/kanava/webhook"
)

func addBodies(f *testing.F) {
	for _, fx := range fixtures.All() {
		f.Add(fx.Body)
	}
	for _, tt := range badInputs {
		if len(tt.body) < 2000 {
			f.Add([]byte(tt.body))
		}
	}
}

// FuzzParse holds Parse against encoding/json about what JSON is (the values are
// compared where they are scanned, in internal/jsonscan), and against its own
// promises: no panic, nothing nil, every event rebuilt from a body of its own.
func FuzzParse(f *testing.F) {
	addBodies(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		d, err := webhook.Parse(body)
		require.Equal(t, json.Valid(body), err == nil)
		require.NotNil(t, d)
		if err != nil {
			require.ErrorIs(t, err, webhook.ErrMalformed)
			require.Equal(t, 1, d.Len())
			return
		}
		for e := range d.Events() {
			require.NotNil(t, e.Payload)
			for _, p := range []webhook.Payload{e.Payload} {
				switch p.(type) {
				case *webhook.Message, *webhook.StandbyMessage, *webhook.Echo, *webhook.HistoryMessage:
					require.NotNil(t, contentOf(p))
				}
			}
			require.NotContains(t, slogString(e), "panicked")

			own := e.AppendBody(nil)
			again, err := webhook.Parse(own)
			require.NoError(t, err, "%s", own)
			require.Equal(t, 1, again.Len(), "%s", own)
			for e2 := range again.Events() {
				require.Equal(t, e.Key(), e2.Key(), "%s", own)
				require.True(t, reflect.DeepEqual(e.Payload, e2.Payload), "%s", own)
				require.Equal(t, e.Time, e2.Time)
				require.Equal(t, e.Number, e2.Number)
				require.Equal(t, e.Account, e2.Account)
				require.Equal(t, e.Field, e2.Field)
			}
		}
	})
}

// FuzzSignature compares Verify with the plain way of checking a signature.
func FuzzSignature(f *testing.F) {
	for _, v := range signatureVectors {
		f.Add([]byte(v.body), v.header, testSecret)
		f.Add([]byte(v.body), strings.ToUpper(v.header), testSecret)
		f.Add([]byte(v.body), v.header[:20], "")
	}
	f.Fuzz(func(t *testing.T, body []byte, header, secret string) {
		_, err := webhook.Verify(body, header, secret)
		require.Equal(t, plainVerify(body, header, secret), err == nil)
		if secret == "" {
			return
		}
		right := webhook.Sign(secret, body)
		got, err := webhook.Verify(body, right, "other"+secret, secret)
		require.NoError(t, err)
		require.Equal(t, 1, got)
		_, err = webhook.Verify(append(body, 'x'), right, secret)
		require.ErrorIs(t, err, webhook.ErrSignature)
	})
}

func plainVerify(body []byte, header, secret string) bool {
	digits, ok := strings.CutPrefix(header, "sha256=")
	given, err := hex.DecodeString(digits)
	if !ok || err != nil || secret == "" {
		return false
	}
	m := hmac.New(sha256.New, []byte(secret))
	m.Write(body)
	return hmac.Equal(given, m.Sum(nil))
}

// FuzzRedactBody checks that JSON stays JSON of the same form, that identifiers
// stay what they are, and that redacting twice is redacting once.
func FuzzRedactBody(f *testing.F) {
	addBodies(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, redact := range []func(string) string{maskCards, func(string) string { return "\"\\X\n" }} {
			clean, err := webhook.RedactBody(body, redact)
			require.Equal(t, json.Valid(body), err == nil)
			if err != nil {
				return
			}
			require.True(t, json.Valid(clean), "%s", clean)
			sameForm(t, decode(t, body), decode(t, clean), "")
			again, err := webhook.RedactBody(clean, redact)
			require.NoError(t, err)
			require.Equal(t, string(clean), string(again))
		}
	})
}

func decode(t *testing.T, body []byte) any {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(string(body)))
	dec.UseNumber()
	var v any
	require.NoError(t, dec.Decode(&v))
	return v
}

// sameForm requires that b differs from a in texts only.
func sameForm(t *testing.T, a, b any, key string) {
	t.Helper()
	switch a := a.(type) {
	case map[string]any:
		b, ok := b.(map[string]any)
		require.True(t, ok)
		require.Len(t, b, len(a))
		for k := range a {
			require.Contains(t, b, k)
			sameForm(t, a[k], b[k], k)
		}
	case []any:
		b, ok := b.([]any)
		require.True(t, ok)
		require.Len(t, b, len(a))
		for i := range a {
			sameForm(t, a[i], b[i], key)
		}
	case string:
		require.IsType(t, "", b)
		if slices.Contains([]string{"id", "from", "to", "wa_id", "user_id", "message_id", "recipient_id", "phone_number_id",
			"display_phone_number", "group_id", "timestamp", "sha256", "type", "status"}, key) {
			require.Equal(t, a, b)
		}
	case json.Number:
		if _, text := b.(string); !text { // a long number may become one
			require.Equal(t, a, b)
		}
	default:
		require.Equal(t, a, b)
	}
}
