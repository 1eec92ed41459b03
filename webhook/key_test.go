package webhook_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/internal/fixtures"
	"github.com/kanava-go/kanava/webhook"
)

// keysOf returns the keys of all events of body in order.
func keysOf(t *testing.T, body []byte) []string {
	t.Helper()
	d, err := webhook.Parse(body)
	require.NoError(t, err)
	var keys []string
	for e := range d.Events() {
		keys = append(keys, e.Key())
	}
	return keys
}

func TestKeysDifferBetweenFixtures(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, f := range fixtures.All() {
		for _, k := range keysOf(t, f.Body) {
			require.Regexp(t, `^[a-z-]+\.[A-Za-z0-9_-]{22}$`, k)
			require.LessOrEqual(t, len(k), 40)
			pair := seen[k] + " " + f.Name
			seen[k] = f.Name
			// These two tell the same status of the same message.
			if pair != " "+f.Name && pair != "messages_status_sent_no_pricing messages_status_sent_utility" {
				t.Errorf("%s have the same key", pair)
			}
		}
	}
}

func TestKeysSurviveAnotherPrintingOfTheSameJSON(t *testing.T) {
	t.Parallel()
	for _, f := range fixtures.All() {
		want := keysOf(t, f.Body)
		require.Equal(t, want, keysOf(t, compact(f.Name)), "%s without white space, with escapes", f.Name)
		var v any
		dec := json.NewDecoder(bytes.NewReader(f.Body))
		dec.UseNumber()
		require.NoError(t, dec.Decode(&v))
		sorted, err := json.Marshal(v)
		require.NoError(t, err)
		require.ElementsMatch(t, want, keysOf(t, sorted), "%s with its members sorted", f.Name)
	}
}

func TestKeysSurviveRebatching(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	var entries, want []string
	for _, f := range fixtures.All() {
		var d struct{ Entry []json.RawMessage }
		require.NoError(t, json.Unmarshal(f.Body, &d))
		if f.Name == "envelope_other_object" {
			continue
		}
		for _, e := range d.Entry {
			entries = append(entries, string(e))
		}
		want = append(want, keysOf(t, f.Body)...)
	}
	for range 5 {
		r.Shuffle(len(entries), func(i, j int) { entries[i], entries[j] = entries[j], entries[i] })
		body := `{"object":"whatsapp_business_account","entry":[` + strings.Join(entries, ",") + `]}`
		d, err := webhook.Parse([]byte(body))
		require.NoError(t, err)
		require.ElementsMatch(t, want, keysOf(t, []byte(body)))
		requireRebuilds(t, d)
	}
}

func TestKeysTellDifferentEventsApart(t *testing.T) {
	t.Parallel()
	status := func(s string) string { return in("messages", `{"statuses":[`+s+`]}`) }
	pref := func(s string) string { return in("user_preferences", `{"user_preferences":[{`+s+`}]}`) }
	for _, group := range [][]string{
		{messages(`{"id":"a","type":"x"}`), messages(`{"id":"b","type":"x"}`), in("standby", `{"standby":{"messages":[{"id":"a"}]}}`),
			in("history", `{"messages":[{"id":"a"}]}`), in("history", `{"messages":[{"id":"a","type":"media_placeholder"}]}`),
			in("smb_message_echoes", `{"message_echoes":[{"id":"a"}]}`)},
		{status(`{"id":"s","status":"sent"}`), status(`{"id":"s","status":"read"}`), status(`{"id":"t","status":"read"}`),
			status(`{"id":"s","status":"read","recipient_type":"group","recipient_id":"g","recipient_participant_id":"1"}`),
			status(`{"id":"s","status":"read","recipient_type":"group","recipient_id":"g","recipient_participant_id":"2"}`),
			status(`{"id":"s","status":"read","recipient_id":"g","recipient_participant_id":"3"}`),
			status(`{"id":"s","status":"read","recipient_id":"g","recipient_participant_user_id":"4"}`),
			in("standby", `{"standby":{"statuses":[{"id":"s","status":"read"}]}}`)},
		{status(`{"id":"s","type":"payment","status":"captured"}`),
			status(`{"id":"s","type":"payment","status":"captured","payment":{"reference_id":"r","transaction":{"id":"t","status":"success"}}}`),
			status(`{"id":"other","type":"payment","status":"captured","payment":{"reference_id":"r","transaction":{"id":"t","status":"success"}}}`),
			in("messages", `{"metadata":{"phone_number_id":"7"},"statuses":[{"id":"s","type":"payment","status":"captured","payment":{"reference_id":"r","transaction":{"id":"t","status":"success"}}}]}`),
			status(`{"id":"s","type":"payment","status":"captured","payment":{"reference_id":"r","transaction":{"id":"u","status":"success"}}}`),
			status(`{"id":"s","type":"payment","status":"captured","payment":{"reference_id":"r","transaction":{"id":"t","status":"success"},"refunds":[{"id":"f","status":"pending"}]}}`),
			status(`{"id":"s","type":"payment","status":"captured","payment":{"reference_id":"r","transaction":{"id":"t","status":"success"},"refunds":[{"id":"f","status":"success"}]}}`)},
		{pref(`"wa_id":"1","value":"stop","timestamp":1`), pref(`"wa_id":"1","value":"resume","timestamp":1`),
			pref(`"wa_id":"1","value":"stop","timestamp":2`), pref(`"wa_id":"2","value":"stop","timestamp":1`)},
		{in("security", `{"event":"PIN_CHANGED"}`), in("security", `{"event":"PIN_RESET_REQUEST"}`), in("account_update", `{"event":"PIN_CHANGED"}`)},
		{in("messages", `{"a":1}`), in("messages", `{"b":1}`), in("messages", `{"a":"1"}`), in("messages", `{"a":[1]}`), in("messages", `{"a":{"1":1}}`), in("future", `{"a":1}`)},
		{in("calls", `{"calls":[{"id":"c","event":"connect"}]}`), in("calls", `{"calls":[{"id":"c","event":"terminate"}]}`), in("calls", `{"statuses":[{"id":"c","status":"connect"}]}`)},
	} {
		seen := map[string]string{}
		for _, body := range group {
			keys := keysOf(t, []byte(body))
			require.Len(t, keys, 1, body)
			require.Empty(t, seen[keys[0]], "%s\n%s", body, seen[keys[0]])
			seen[keys[0]] = body
		}
	}
}

func TestKeysIgnoreWhatChangesBetweenRepetitions(t *testing.T) {
	t.Parallel()
	message := func(url, name string) string {
		return in("messages", `{"contacts":[{"wa_id":"1","profile":{"name":"`+name+`"}}],"messages":[{"id":"a","from":"1","type":"image","image":{"id":"5","url":"`+url+`"}}]}`)
	}
	require.Equal(t, keysOf(t, []byte(message("https://x/1", "A"))), keysOf(t, []byte(message("https://x/2", "B"))))
	status := func(more string) string {
		return in("messages", `{"statuses":[{"id":"s","status":"sent","recipient_id":"1"`+more+`}]}`)
	}
	require.Equal(t, keysOf(t, []byte(status(``))), keysOf(t, []byte(status(`,"timestamp":"1795003200","pricing":{"type":"regular"}`))))
}

func TestKeysShowNoIdentifier(t *testing.T) {
	t.Parallel()
	for i, body := range []string{
		messages(good),
		in("messages", `{"statuses":[{"id":"wamid.good","status":"sent","recipient_id":"13125550143"}]}`),
		in("user_preferences", `{"user_preferences":[{"value":"stop","wa_id":"13125550143"}]}`),
		in("future", `{"phone":"13125550143"}`),
	} {
		for _, k := range keysOf(t, []byte(body)) {
			require.NotContains(t, k, "13125550143", fmt.Sprint(i))
			require.NotContains(t, k, "good")
		}
	}
}
