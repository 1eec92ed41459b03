package webhook_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"reflect"
	"regexp"
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
	f.Add([]byte(`{"object":"whatsapp_business_account","entry":[{"id":"0","id":[],"changes":[{"field":"calls","field":"messages","value":{"metadata":{"phone_number_id":"1"},"metadata":-1,"messages":[{}]}}]}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		d, err := webhook.Parse(body)
		if json.Valid(body) != (err == nil) {
			t.Fatalf("encoding/json disagrees: %v", err)
		}
		if err != nil {
			if !errors.Is(err, webhook.ErrMalformed) || d.Len() != 1 {
				t.Fatalf("%d events and %v", d.Len(), err)
			}
			return
		}
		for e := range d.Events() {
			_ = e.LogValue().Resolve()
			own := e.AppendBody(nil)
			again, err := webhook.Parse(own)
			if err != nil || again.Len() != 1 {
				t.Fatalf("%d events and %v in %s", again.Len(), err, own)
			}
			for e2 := range again.Events() {
				checkSame(t, e, e2)
			}
		}
	})
}

// checkSame requires that b is a again, with a payload and a content. It avoids
// require, which would take most of a fuzzing run.
func checkSame(t *testing.T, a, b *webhook.Event) {
	t.Helper()
	if a.Key() != b.Key() || a.Account != b.Account || a.Number != b.Number || a.Field != b.Field || !a.Time.Equal(b.Time) {
		t.Fatalf("envelope differs: %v, %v", a.LogValue(), b.LogValue())
	}
	if a.Payload == nil || !reflect.DeepEqual(a.Payload, b.Payload) {
		t.Fatalf("payload differs: %#v, %#v", a.Payload, b.Payload)
	}
	switch a.Payload.(type) {
	case *webhook.Message, *webhook.StandbyMessage, *webhook.Echo, *webhook.HistoryMessage:
		if contentOf(a.Payload) == nil {
			t.Fatal("no content")
		}
	default:
	}
}

// FuzzSignature compares Verify with the plain way of checking a signature.
func FuzzSignature(f *testing.F) {
	for _, v := range signatureVectors {
		f.Add([]byte(v.body), v.header, testSecret)
		f.Add([]byte(v.body), strings.ToUpper(v.header), testSecret)
		f.Add([]byte(v.body), v.header[:20], "")
		f.Add([]byte(v.body), v.header, " ")
	}
	f.Fuzz(func(t *testing.T, body []byte, header, secret string) {
		_, err := webhook.Verify(body, header, secret)
		require.Equal(t, plainVerify(body, header, secret), err == nil)
		if strings.TrimSpace(secret) == "" {
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
	if !ok || err != nil || strings.TrimSpace(secret) == "" {
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
	f.Add([]byte(`{"4111111111111111":"a","4111 1111 1111 1111":"b"}`))
	f.Add([]byte(`{"entry":[{"changes":[{"field":"messages","value":{"from 4111111111111111":{"id":"1"}}}]}]}`))
	f.Add([]byte(`{"[card]":1,"4111111111111111":"a"}`))
	f.Add([]byte(`{"text":"4111111111111111","type":-1,"4111111111111111-_id":"a"}`))
	f.Add([]byte(`{"٤١١١١١١١١١١١١١١١":"a","type":"４１１１１１１１１１１１１１１１"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, redact := range []func(string) string{maskCards, func(string) string { return "\"\\X\n" }} {
			clean, err := webhook.RedactBody(body, redact)
			if json.Valid(body) != (err == nil) {
				t.Fatalf("encoding/json disagrees: %v", err)
			}
			if err != nil {
				return
			}
			if !json.Valid(clean) {
				t.Fatalf("no longer JSON: %s", clean)
			}
			if !sameForm(decode(t, body), decode(t, clean), "") {
				t.Fatalf("not the same form: %s", clean)
			}
			if again, err := webhook.RedactBody(clean, redact); err != nil || !bytes.Equal(clean, again) {
				t.Fatalf("redacted again: %v, %s", err, again)
			}
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

var nd = regexp.MustCompile(`\p{Nd}`)

// sameForm reports whether b differs from a in texts only, and in names of members that can
// hold the number of a card.
func sameForm(a, b any, key string) bool {
	switch a := a.(type) {
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok {
			return false
		}
		renamed := 0
		for k := range a {
			v, ok := b[k]
			switch {
			case strings.Contains(k, "[card]"), k == "\"\\X\n", !ok && len(nd.FindAllString(k, 12)) == 12:
				renamed++ // or another is called as this one now
			case !ok || !sameForm(a[k], v, k):
				return false
			}
		}
		return len(b) <= len(a) && len(b) >= len(a)-renamed
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, func(x, y any) bool { return sameForm(x, y, key) })
	case string:
		b, ok := b.(string)
		return ok && (a == b || !isIdentifier(key, a))
	case json.Number:
		_, text := b.(string) // a number may become one, also where a word is expected
		return a == b || text && (key == "type" || key == "status" || !isIdentifier(key, a.String()))
	default:
		return a == b
	}
}

// isIdentifier reports whether s under key must survive redaction.
func isIdentifier(key, s string) bool {
	switch key {
	case "type", "status":
		return len(s) < 12 // longer, it may be a card number in place of the word
	case "id", "from", "to", "wa_id", "user_id", "message_id", "recipient_id", "phone_number_id", "display_phone_number",
		"group_id", "timestamp", "sha256":
		return true
	default:
		return false
	}
}
