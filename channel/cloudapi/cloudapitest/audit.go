package cloudapitest

import (
	"cmp"
	"crypto/sha256"
	"slices"
	"sync"
	"time"
)

// A Rule names something that code using WhatsApp must not do.
type Rule string

// The rules the oracle watches.
const (
	RuleDoubleSend        Rule = "double-send"
	RuleClosedWindow      Rule = "free-form-outside-window"
	RuleThroughput        Rule = "throughput-overrun"
	RulePairLimit         Rule = "pair-limit-overrun"
	RuleTierOverrun       Rule = "messaging-limit-overrun"
	RuleManagementOverrun Rule = "management-limit-overrun"
	RulePermanentRetry    Rule = "permanent-error-retried"
	RuleAuthLoop          Rule = "refused-token-used-on"
	RuleTokenLeak         Rule = "token-sent-to-wrong-host"
	RuleTokenInURL        Rule = "token-in-query"
	RuleExpiredMedia      Rule = "expired-media-used"
	RuleIgnoredStop       Rule = "opt-out-ignored"
	RuleIgnoredTemplate   Rule = "template-status-ignored"
	RuleNoPlus            Rule = "recipient-without-plus"
	RuleOldVersion        Rule = "graph-version-out-of-service"
	RuleRemovedFeature    Rule = "removed-graph-feature"
	RuleWrongAck          Rule = "webhook-answered-2xx-but-not-200"
	RuleLostWebhook       Rule = "webhook-never-accepted"
	RuleForgedAccepted    Rule = "forged-webhook-accepted"
	RuleReceiverPanic     Rule = "webhook-receiver-panicked"
)

// A Finding is a rule that was broken.
type Finding struct {
	Rule   Rule
	At     time.Time // in the world
	Detail string    // what happened, without personal data
	Times  int       // how often, with this detail
}

// auditLog collects findings. It has its own lock, so that a finding can be noted
// from anywhere.
type auditLog struct {
	mu       sync.Mutex
	findings map[Rule][]*Finding
	lost     map[[32]byte]bool // sends accepted whose answer was lost
}

// opaqueKey identifies a message by the sender's own id for it.
type opaqueKey struct {
	number *Number
	value  string
}

// Audit lists every rule broken so far by the code under test, in the order of
// their first occurrence. It is empty after a flawless run.
func (w *World) Audit() []Finding {
	w.log.mu.Lock()
	defer w.log.mu.Unlock()
	var out []Finding
	for _, list := range w.log.findings {
		for _, f := range list {
			out = append(out, *f)
		}
	}
	slices.SortFunc(out, func(a, b Finding) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Detail, b.Detail))
	})
	return out
}

// note records a finding. It may be called with or without mu.
func (w *World) note(rule Rule, detail string) {
	w.log.mu.Lock()
	defer w.log.mu.Unlock()
	for _, f := range w.log.findings[rule] {
		if f.Detail == detail {
			f.Times++
			return
		}
	}
	if w.log.findings == nil {
		w.log.findings = make(map[Rule][]*Finding)
	}
	w.log.findings[rule] = append(w.log.findings[rule], &Finding{rule, time.Unix(0, w.now()).UTC(), detail, 1})
}

// lostAnswer remembers a send whose answer an interceptor lost.
func (w *World) lostAnswer(c *call) {
	if c.edge != "messages" || c.status != 200 {
		return
	}
	w.log.mu.Lock()
	defer w.log.mu.Unlock()
	if w.log.lost == nil {
		w.log.lost = make(map[[32]byte]bool)
	}
	w.log.lost[c.fingerprint()] = true
}

// fingerprint identifies a request by number and body.
func (c *call) fingerprint() [32]byte {
	e := enc{[]byte(c.id + "/" + c.edge)}
	e.node(&c.body)
	return sha256.Sum256(e.b)
}

// checkDouble notes a message that the platform already has: one with the same
// opaque id, or a body whose answer was lost.
func (c *call) checkDouble(m *message) {
	if m.opaque != "" {
		key := opaqueKey{m.number, m.opaque}
		if o := c.opaque[key]; o != nil && o.doom == nil && o.stage != stageFailed {
			c.note(RuleDoubleSend, "two messages were accepted with one biz_opaque_callback_data")
			return
		}
		c.opaque[key] = m
	}
	c.log.mu.Lock()
	again := len(c.log.lost) > 0 && c.log.lost[c.fingerprint()]
	c.log.mu.Unlock()
	if again {
		c.note(RuleDoubleSend, "a send was repeated after its answer was lost, although it had been accepted")
	}
}

// turnedDown notes limits that were overrun.
func (c *call) turnedDown(ge *graphError) {
	switch ge.code {
	case 130429:
		c.note(RuleThroughput, "a send exceeded the throughput of the number")
	case 131056:
		c.note(RulePairLimit, "a send exceeded the limit between number and user")
	}
}

// answered judges the answer to a webhook.
func (w *World) answered(p *post, status int) {
	switch {
	case status == statusPanicked:
		w.note(RuleReceiverPanic, "the handler panicked")
	case p.forged && status == 200:
		w.note(RuleForgedAccepted, "a body with a wrong signature was answered 200")
	case !p.forged && status > 200 && status < 300:
		w.note(RuleWrongAck, "only 200 counts; the webhook was answered "+itoa(status))
	}
}

// dropped notes a webhook given up after seven days.
func (w *World) dropped(p *post) {
	w.note(RuleLostWebhook, "a webhook of field "+p.items[0].field+" was not accepted in seven days and is lost")
}
