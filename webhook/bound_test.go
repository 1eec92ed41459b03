package webhook_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/webhook"
)

func TestItemsDoNotCopyWhatIsLargeBesideEachOfThem(t *testing.T) {
	t.Parallel()
	large := strings.Repeat("ä", 100_000)
	const items = `"messages":[{"id":"wamid.1","from":"13125550187","type":"text","text":{"body":"x"}},{"id":"wamid.2","from":"13125550187","type":"text","text":{"body":"y"}}]`
	for name, tt := range map[string]struct{ account, metadata, members string }{
		"a name":          {"1", "", `"contacts":[{"wa_id":"13125550187","user_id":"US.1","profile":{"name":"` + large + `"}}],` + items},
		"a username":      {"1", "", `"contacts":[{"wa_id":"13125550187","profile":{"username":"` + large + `"}}],` + items},
		"a BSUID":         {"1", "", `"contacts":[{"wa_id":"13125550187","user_id":"` + large + `"}],` + items},
		"a new member":    {"1", "", `"contacts":[{"wa_id":"13125550187","new":"` + large + `"}],` + items},
		"the metadata":    {"1", `,"new":"` + large + `"`, items},
		"the account":     {large, "", items},
		"the summary":     {"1", "", `"conversation_context":{"summary":{"text":"` + large + `"}},` + items},
		"nothing of that": {"1", "", items},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, err := webhook.Parse(fmt.Appendf(nil, `{"object":"whatsapp_business_account","entry":[{"id":%q,"changes":[{"field":"messages","value":{
				"metadata":{"phone_number_id":"11"%s},%s}}]}]}`, tt.account, tt.metadata, tt.members))
			require.NoError(t, err)
			messages := 0
			for e := range d.Events() {
				m, ok := e.Payload.(*webhook.Message)
				if !ok {
					continue
				}
				messages++
				require.Equal(t, "13125550187", m.From.Phone)
				require.LessOrEqual(t, len(m.From.Name), 1024)
				require.True(t, strings.HasPrefix(large, m.From.Name), "cut between characters")
				alone := e.AppendBody(nil)
				require.Less(t, len(alone), 8<<10)
				again, err := webhook.Parse(alone)
				require.NoError(t, err)
				require.Equal(t, 1, again.Len())
				for e2 := range again.Events() {
					require.Equal(t, e.Key(), e2.Key())
					require.Equal(t, "11", e2.Number.ID)
					require.Equal(t, m.From, e2.Payload.(*webhook.Message).From)
				}
			}
			require.Equal(t, 2, messages)
		})
	}
}

func TestABodyWithFarTooManyItemsStaysWhole(t *testing.T) {
	t.Parallel()
	body := []byte(`{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{"messages":[` +
		strings.Repeat("1,", 300_000) + `1]}}]}]}`)
	d, err := webhook.Parse(body)
	require.NoError(t, err)
	require.Equal(t, 1, d.Len())
	for e := range d.Events() {
		u, ok := e.Payload.(*webhook.Unknown)
		require.True(t, ok)
		require.Error(t, u.Err)
		require.Equal(t, len(body), len(u.Raw), "nothing is lost")
		require.Equal(t, string(body), string(e.AppendBody(nil)))
	}
	d, err = webhook.Parse(crowd(20_000))
	require.NoError(t, err)
	require.Equal(t, 20_000, d.Len(), "as many as that are taken apart")
}

func crowd(n int) []byte {
	var b strings.Builder
	b.WriteString(`{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{"messages":[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"id":"%d","type":"text","text":{"body":"x"}}`, i)
	}
	b.WriteString(`]}}]}]}`)
	return []byte(b.String())
}
