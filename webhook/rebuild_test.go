package webhook_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/internal/fixtures"
	"github.com/kanava-go/kanava/webhook"
)

// equalPayloads compares payloads by value. Errors compare by their text: they
// are made anew by every parse.
var equalPayloads = cmp.Options{
	cmp.Comparer(func(a, b error) bool {
		return a == nil && b == nil || a != nil && b != nil && a.Error() == b.Error()
	}),
}

// requireRebuilds checks the promise of AppendBody for every event of body.
func requireRebuilds(t *testing.T, d *webhook.Delivery) {
	t.Helper()
	for e := range d.Events() {
		body := e.AppendBody([]byte("prefix"))
		require.Equal(t, "prefix", string(body[:6]), "AppendBody appends")
		again, err := webhook.Parse(body[6:])
		require.NoError(t, err, "%s", body)
		require.Equal(t, 1, again.Len(), "%s", body)
		for e2 := range again.Events() {
			require.Equal(t, e.Key(), e2.Key(), "%s", body)
			require.Empty(t, cmp.Diff(e, e2, equalPayloads, cmpopts.IgnoreUnexported(webhook.Event{})), "%s", body)
			require.JSONEq(t, string(e.Raw()), string(e2.Raw()))
		}
	}
}

func TestEveryFixtureEventSurvivesInABodyOfItsOwn(t *testing.T) {
	t.Parallel()
	for _, f := range fixtures.All() {
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			d, err := webhook.Parse(f.Body)
			require.NoError(t, err)
			requireRebuilds(t, d)
		})
	}
}

// TestOfAMemberOfTheEnvelopeThatComesTwiceTheLastCounts, in the event as in its own body,
// also where the last is nothing that could be one.
func TestOfAMemberOfTheEnvelopeThatComesTwiceTheLastCounts(t *testing.T) {
	t.Parallel()
	const item = `"messages":[{"id":"wamid.A","from":"13125550143","timestamp":"1795003200","type":"text","text":{"body":"hi"}}]`
	const history = `"history":[{"metadata":{"phase":1},"metadata":{"phase":2,"chunk_order":3},"threads":[{%s,"messages":[{"id":"wamid.A","from":"12025550142","timestamp":"1795003200","type":"text","text":{"body":"hi"}}]}]}]`
	entry := func(head, change, value string) string {
		return `{"object":"whatsapp_business_account","entry":[{` + head + `"changes":[{` + change + `"value":{` + value + `}}]}]}`
	}
	thread := func(of string) string {
		return entry(`"id":"1",`, `"field":"history",`, `"metadata":{"display_phone_number":"12025550142","phone_number_id":"2"},`+strings.Replace(history, "%s", of, 1))
	}
	for name, c := range map[string]struct {
		body            string
		account, number string
		user            string
	}{
		"an account, then none":          {body: entry(`"id":"1","id":["2"],`, `"field":"messages",`, item)},
		"two accounts":                   {body: entry(`"id":"1","id":"2",`, `"field":"messages",`, item), account: "2"},
		"a time, then none":              {body: entry(`"time":1795003200,"time":{},`, `"field":"messages",`, item)},
		"a field, then none":             {body: entry(``, `"field":"calls","field":[],`, item)},
		"two fields":                     {body: entry(``, `"field":"calls","field":"messages",`, item)},
		"a number, then none":            {body: entry(``, `"field":"messages",`, `"metadata":{"phone_number_id":"2"},"metadata":-1,`+item)},
		"two numbers":                    {body: entry(``, `"field":"messages",`, `"metadata":{"phone_number_id":"2","display_phone_number":"12025550142"},"metadata":{"phone_number_id":"3"},`+item), number: "3"},
		"two ids of a thread":            {body: thread(`"id":"13125550143","id":"13125550144"`), account: "1", number: "2", user: "13125550144"},
		"two contexts of a thread":       {body: thread(`"context":{"wa_id":"13125550143"},"context":{"wa_id":"13125550144"}`), account: "1", number: "2", user: "13125550144"},
		"a context of a thread, then id": {body: thread(`"context":{"wa_id":"13125550143"},"id":"13125550144"`), account: "1", number: "2", user: "13125550143"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, err := webhook.Parse([]byte(c.body))
			require.NoError(t, err)
			require.Equal(t, 1, d.Len())
			for e := range d.Events() {
				require.Equal(t, c.account, e.Account)
				require.Equal(t, c.number, e.Number.ID)
				if h, ok := e.Payload.(*webhook.HistoryMessage); ok {
					require.Equal(t, c.user, h.User.Phone)
					require.Equal(t, 3, h.Chunk.Order)
				}
			}
			requireRebuilds(t, d)
		})
	}
}
