package cloudapitest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
)

// flowBody is a message that opens a flow.
func flowBody(f *cloudapitest.Flow, mode string) string {
	return `"type":"interactive","interactive":{"type":"flow","body":{"text":"?"},"action":{"name":"flow","parameters":{"flow_message_version":"3","flow_id":"` +
		f.ID + `","mode":"` + mode + `","flow_cta":"Rate","flow_token":"t"}}}`
}

// TestARefusalWhoseCauseWasRepairedMayBeTriedAgain sends what was refused once more, after
// somebody did something about it: it is no broken rule, even if it was not enough.
func TestARefusalWhoseCauseWasRepairedMayBeTriedAgain(t *testing.T) {
	t.Parallel()
	const template = `"type":"template","template":{"name":"plain","language":{"code":"en_US"}}`
	const products = `"type":"interactive","interactive":{"type":"product","body":{"text":"?"},"action":{"catalog_id":"77","product_retailer_id":"tea"}}`
	for _, tc := range []struct {
		name  string
		start func(t *testing.T, s *site) (body string, repair func())
		code  int
	}{
		{"a flow that was published, deprecated after it was sent", func(t *testing.T, s *site) (string, func()) {
			open(t, s)
			f := s.account.AddFlow(cloudapitest.FlowConfig{Draft: true})
			return flowBody(f, "published"), func() {
				s.graph("POST", f.ID+"/publish", "")
				status, _ := s.send(flowBody(f, "published"))
				require.Equal(t, 200, status)
				s.graph("POST", f.ID+"/deprecate", "")
			}
		}, 131009},
		{"a flow that was a draft and then deprecated", func(t *testing.T, s *site) (string, func()) {
			open(t, s)
			f := s.account.AddFlow(cloudapitest.FlowConfig{Draft: true})
			return flowBody(f, "published"), func() { f.SetStatus(cloudapitest.FlowDeprecated) }
		}, 131009},
		{"a flow that somebody made as a draft", func(t *testing.T, s *site) (string, func()) {
			open(t, s)
			return `"type":"interactive","interactive":{"type":"flow","body":{"text":"?"},"action":{"name":"flow","parameters":{"flow_message_version":"3","flow_name":"rating","flow_cta":"Rate","flow_token":"t"}}}`,
				func() { s.account.AddFlow(cloudapitest.FlowConfig{Name: "rating", Draft: true}) }
		}, 131009},
		{"a template that was made and is in review", func(_ *testing.T, s *site) (string, func()) {
			return template, func() {
				s.graph("POST", s.account.ID+"/message_templates", `{"name":"plain","language":"en_US","category":"UTILITY","components":[{"type":"BODY","text":"Hello."}]}`)
			}
		}, 132001},
		{"a template that was approved and rejected", func(t *testing.T, s *site) (string, func()) {
			plainTemplate(t, s)
			var tpl *cloudapitest.Template
			for x := range s.account.Templates() {
				tpl = x
			}
			tpl.Reject("INVALID_FORMAT")
			return template, func() { tpl.Approve(); tpl.Reject("INVALID_FORMAT") }
		}, 132001},
		{"a catalog that lacks the product", func(t *testing.T, s *site) (string, func()) {
			open(t, s)
			return products, func() { s.account.AddCatalog(cloudapitest.CatalogConfig{ID: "77", Products: []string{"coffee"}}) }
		}, 131009},
		{"a person who was blocked, unblocked and blocked", func(t *testing.T, s *site) (string, func()) {
			open(t, s)
			block := func(method string) {
				status, v := s.graph(method, s.number.ID+"/block_users", `{"messaging_product":"whatsapp","block_users":[{"user":"+`+s.user.Phone()+`"}]}`)
				require.Equal(t, 200, status, "%v", v)
			}
			block("POST")
			return `"type":"text","text":{"body":"x"}`, func() { block("DELETE"); block("POST") }
		}, 130403},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			body, repair := tc.start(t, s)
			_, v := s.send(body)
			require.Equal(t, tc.code, code(v), "%v", v)
			repair()
			_, v = s.send(body)
			require.Equal(t, tc.code, code(v), "%v", v)
			require.NotContains(t, rules(s.Audit()), cloudapitest.RulePermanentRetry)
			_, v = s.send(body) // nobody did anything
			require.Equal(t, tc.code, code(v), "%v", v)
			require.Contains(t, rules(s.Audit()), cloudapitest.RulePermanentRetry)
		})
	}
}

// TestSomebodyWhoWritesAgainMayBeAnswered is about a failure that the person ended.
func TestSomebodyWhoWritesAgainMayBeAnswered(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	open(t, s)
	s.user.Block(s.number)
	s.send(`"type":"text","text":{"body":"are you there?"}`)
	s.Settle()
	s.Advance(time.Minute)
	s.user.Text(s.number, "I am back")
	s.Settle()
	s.send(`"type":"text","text":{"body":"good"}`)
	require.NotContains(t, rules(s.Audit()), cloudapitest.RuleIgnoredFailure)
}
