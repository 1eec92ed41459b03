package webhook_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/internal/fixtures"
	"github.com/kanava-go/kanava/redact"
	"github.com/kanava-go/kanava/webhook"
)

// message is a webhook with one text for a number.
func messageFor(number, id, text string) string {
	return fmt.Sprintf(`{"id":"1","changes":[{"field":"messages","value":{"metadata":{"phone_number_id":%q},"messages":[{"id":%q,"from":"13125550143","type":"text","text":{"body":%q}}]}}]}`,
		number, id, text)
}

// postOf is one POST of several entries, vouched for by everybody.
func postOf(t *testing.T, entries ...string) *webhook.Delivery {
	t.Helper()
	d, err := webhook.Parse([]byte(`{"object":"whatsapp_business_account","entry":[` + strings.Join(entries, ",") + `]}`))
	require.NoError(t, err)
	d.Scope = webhook.Scope{All: true}
	return d
}

func eventKeys(d *webhook.Delivery) (keys []string) {
	for e := range d.Events() {
		keys = append(keys, e.Key())
	}
	return keys
}

// recorded returns what comes back of a delivery, in one list of keys.
func recorded(t *testing.T, records []webhook.Record) (keys []string) {
	t.Helper()
	for i := range records {
		d, _, err := records[i].Delivery()
		require.NoError(t, err)
		keys = append(keys, eventKeys(d)...)
	}
	return keys
}

func TestARecordHoldsTheWholeDelivery(t *testing.T) {
	t.Parallel()
	r := webhook.Recorder{Redact: redact.Cards}
	for _, fixture := range fixtures.All() {
		name := fixture.Name
		d, err := webhook.Parse(fixture.Body)
		require.NoError(t, err)
		if d.Len() == 0 {
			continue
		}
		d.Secret, d.Scope = 3, webhook.Scope{Accounts: []string{"a", "b"}, Numbers: []string{"n"}}
		records, err := r.Records(t.Context(), d)
		require.NoError(t, err)
		require.Len(t, records, 1, name)
		back, carried, err := records[0].Delivery()
		require.NoError(t, err)
		require.Equal(t, eventKeys(d), eventKeys(back), name)
		require.Equal(t, d.Secret, back.Secret)
		require.Equal(t, d.Scope, back.Scope)
		require.Empty(t, carried)
		require.NotContains(t, records[0].Envelope, "\n")
	}
}

func TestARecordIsRedactedAndSaysWhere(t *testing.T) {
	t.Parallel()
	r := webhook.Recorder{Redact: redact.Cards}
	d := postOf(t, messageFor("7", "a", "hello"), messageFor("7", "b", "my card is 4111 1111 1111 1111"))
	records, err := r.Records(t.Context(), d)
	require.NoError(t, err)
	require.NotContains(t, string(records[0].Body), "4111")
	back, _, err := records[0].Delivery()
	require.NoError(t, err)
	var masked []bool
	for e := range back.Events() {
		masked = append(masked, e.Masked())
	}
	require.Equal(t, []bool{false, true}, masked)

	again, err := r.Records(t.Context(), withScope(back, d.Scope))
	require.NoError(t, err)
	require.Equal(t, records[0].Envelope, again[0].Envelope, "recorded anew it is still known to have been masked")
}

func withScope(d *webhook.Delivery, s webhook.Scope) *webhook.Delivery { d.Scope = s; return d }

func TestTheIDOfARecord(t *testing.T) {
	t.Parallel()
	r := webhook.Recorder{Redact: redact.Cards}
	id := func(text string, s webhook.Scope) string {
		records, err := r.Records(t.Context(), withScope(postOf(t, messageFor("7", "a", text)), s))
		require.NoError(t, err)
		return records[0].ID
	}
	all, one, two := webhook.Scope{All: true}, webhook.Scope{Accounts: []string{"1"}}, webhook.Scope{Accounts: []string{"2"}}
	require.Equal(t, id("x", all), id("x", all), "a repeated delivery is the same")
	require.NotEqual(t, id("x", all), id("y", all))
	require.NotEqual(t, id("x", one), id("x", two), "nobody uses up the ID of what another signed")
	require.NotEqual(t, id("x", one), id("x", webhook.Scope{Numbers: []string{"1"}}))
	require.Equal(t, id("x", webhook.Scope{Numbers: []string{"1", "2"}}), id("x", webhook.Scope{Numbers: []string{"2", "1"}}))
	require.Equal(t, id("card 4111 1111 1111 1111", all), id("card 4111 2093 1111 1111", all),
		"no ID is a hash of digits that are masked")
}

func TestALargeDeliveryBecomesSeveralRecords(t *testing.T) {
	t.Parallel()
	var entries []string
	for i := range 50 {
		entries = append(entries, messageFor("7", fmt.Sprint("m", i), strings.Repeat("x", 100)))
	}
	d := postOf(t, entries...)
	r := webhook.Recorder{Redact: redact.Cards, MaxBytes: 2000}
	records, err := r.Records(t.Context(), d)
	require.NoError(t, err)
	require.Greater(t, len(records), 5)
	require.Equal(t, eventKeys(d), recorded(t, records))
	ids := map[string]bool{}
	for _, rec := range records {
		require.LessOrEqual(t, len(rec.Body)+len(rec.Envelope), 2000)
		ids[rec.ID] = true
	}
	require.Len(t, ids, len(records))
	same, err := r.Records(t.Context(), d)
	require.NoError(t, err)
	require.Equal(t, records, same, "cut the same way each time")

	t.Run("one that is too large does not take its neighbours with it", func(t *testing.T) {
		t.Parallel()
		d := postOf(t, messageFor("7", "a", "x"), messageFor("7", "b", strings.Repeat("y", 3000)), messageFor("7", "c", "z"))
		records, err := r.Records(t.Context(), d)
		require.ErrorIs(t, err, webhook.ErrTooLarge)
		require.NotContains(t, err.Error(), "yyy")
		all := eventKeys(d)
		require.Equal(t, []string{all[0], all[2]}, recorded(t, records))
	})
	t.Run("a body that is not JSON and too large", func(t *testing.T) {
		t.Parallel()
		d, err := webhook.Parse([]byte("<" + strings.Repeat("y", 3000)))
		require.Error(t, err)
		records, err := r.Records(t.Context(), withScope(d, webhook.Scope{All: true}))
		require.ErrorIs(t, err, webhook.ErrTooLarge)
		require.Empty(t, records)
	})
}

func TestRecordsPerNumberKeepTheOrderOfEach(t *testing.T) {
	t.Parallel()
	d := postOf(t, messageFor("7", "a", "1"), messageFor("8", "b", "2"), messageFor("7", "c", "3"))
	r := webhook.Recorder{Redact: redact.Cards, PerNumber: true}
	records, err := r.Records(t.Context(), d)
	require.NoError(t, err)
	all := eventKeys(d)
	require.Len(t, records, 2)
	require.Equal(t, []string{all[0], all[2], all[1]}, recorded(t, records))
	require.Equal(t, []string{"7", "8"}, []string{records[0].Number, records[1].Number})
}

func TestWhatIsNotJSONIsRecordedTooAndSafe(t *testing.T) {
	t.Parallel()
	d, err := webhook.Parse([]byte(`{"text":"card 4111 1111 1111 1111"`))
	require.ErrorIs(t, err, webhook.ErrMalformed)
	r := webhook.Recorder{Redact: redact.Cards}
	records, err := r.Records(t.Context(), withScope(d, webhook.Scope{All: true}))
	require.NoError(t, err)
	require.NotContains(t, string(records[0].Body), "4111")
	back, _, err := records[0].Delivery()
	require.NoError(t, err)
	require.Equal(t, 1, back.Len())
	require.True(t, back.Scope.All)
}

func TestRecordsAreRefused(t *testing.T) {
	t.Parallel()
	d := postOf(t, messageFor("7", "a", "1"))
	_, err := (&webhook.Recorder{}).Records(t.Context(), d)
	require.Error(t, err, "nothing is kept that was not redacted")
	_, err = (&webhook.Recorder{Redact: redact.Cards}).Records(t.Context(), withScope(d, webhook.Scope{}))
	require.ErrorIs(t, err, webhook.ErrNoScope)
	empty, err := (&webhook.Recorder{Redact: redact.Cards}).Records(t.Context(), withScope(postOf(t), webhook.Scope{All: true}))
	require.NoError(t, err)
	require.Empty(t, empty)

	for name, envelope := range map[string]string{
		"nothing": "", "no JSON": "Canary", "another version": `{"v":2,"scope":{"all":true}}`,
		"no version": `{"scope":{"all":true}}`, "no scope": `{"v":1,"secret":0}`, "another type": `{"v":1,"scope":"Canary"}`,
	} {
		back, _, err := (&webhook.Record{Body: d.Body, Envelope: envelope}).Delivery()
		require.ErrorIs(t, err, webhook.ErrRecord, name)
		require.Nil(t, back, name)
		require.NotContains(t, err.Error(), "Canary", name)
	}
	back, _, err := (&webhook.Record{Body: d.Body, Envelope: `{"v":1,"scope":{"all":true},"masked":[-1,9],"later":1}`}).Delivery()
	require.NoError(t, err, "what is new in an envelope does not make it unreadable")
	require.Equal(t, 1, back.Len())
}

func TestWhatIsCarriedAlongComesBack(t *testing.T) {
	t.Parallel()
	type key struct{}
	r := webhook.Recorder{Redact: redact.Cards, Inject: func(ctx context.Context) map[string]string {
		id, _ := ctx.Value(key{}).(string)
		return map[string]string{"traceparent": id}
	}}
	records, err := r.Records(context.WithValue(t.Context(), key{}, "00-1\n2"), postOf(t, messageFor("7", "a", "1")))
	require.NoError(t, err)
	_, carried, err := records[0].Delivery()
	require.NoError(t, err)
	require.Equal(t, map[string]string{"traceparent": "00-1\n2"}, carried)
	require.NotContains(t, records[0].Envelope, "\n", "it fits into a header")
}

func TestARecordPrintsNoBody(t *testing.T) {
	t.Parallel()
	rec := webhook.Record{ID: "id", Body: []byte("Canary"), Envelope: "Canary"}
	encoded, err := json.Marshal(rec)
	require.NoError(t, err)
	for _, s := range []string{fmt.Sprint(rec), fmt.Sprintf("%+v %#v", rec, rec), string(encoded), rec.LogValue().String()} {
		require.NotContains(t, s, "Canary")
		require.NotContains(t, s, "67 97")
	}
	require.False(t, errors.Is(webhook.ErrRecord, webhook.ErrNoScope))
}
