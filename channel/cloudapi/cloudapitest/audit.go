package cloudapitest

import (
	"slices"
	"strings"
	"sync"
	"time"
)

// A Rule names something that code using WhatsApp must not do.
type Rule string

// What senders must not do.
const (
	RuleDoubleSend        Rule = "double-send"                     // a message accepted before is sent again
	RuleClosedWindow      Rule = "free-form-outside-window"        // anything but a template after 24 hours
	RuleThroughput        Rule = "throughput-overrun"              // 130429
	RulePairLimit         Rule = "pair-limit-overrun"              // 131056
	RuleTierOverrun       Rule = "messaging-limit-overrun"         // too many users outside a window in 24 hours
	RuleManagementOverrun Rule = "management-limit-overrun"        // 80008
	RuleRegisterLoop      Rule = "registration-limit-overrun"      // 133016
	RuleCodeLoop          Rule = "codes-asked-for-in-a-loop"       // 136024 with 2388091
	RulePINGuessing       Rule = "pin-tried-after-lock-out"        // 133008
	RuleHammering         Rule = "throttled-request-repeated-soon" // within a second, where 1, 4, 16 … are asked for
	RulePermanentRetry    Rule = "permanent-error-retried"         // the same bytes after an error that stays
	RuleMalformed         Rule = "malformed-request"               // broken JSON, unknown keys, wrong JSON types
	RuleAuthLoop          Rule = "refused-token-used-on"           // a token goes on being used after 190
	RuleTokenLeak         Rule = "token-sent-to-wrong-host"        // neither Graph nor media
	RuleTokenInURL        Rule = "token-in-query"                  // where access logs keep it
	RuleExpiredMedia      Rule = "expired-media-used"              // ids after 30 or 7 days, URLs after 5 minutes
	RuleNoPlus            Rule = "recipient-without-plus"          // the platform may prepend its own country code
	RulePersonalOpaque    Rule = "personal-data-in-callback-data"  // it is echoed to every subscribed app
	RuleReadUnknown       Rule = "read-receipt-for-unknown"        // a message this number never received
	RuleOldVersion        Rule = "graph-version-out-of-service"
	RuleRemovedFeature    Rule = "removed-graph-feature"
)

// What receivers must not do.
const (
	RuleWrongAck          Rule = "webhook-answered-2xx-but-not-200" // counts as failure and is retried
	RuleLostWebhook       Rule = "webhook-never-accepted"           // refused for seven days
	RuleSlowWebhook       Rule = "webhook-timed-out"
	RuleReceiverPanic     Rule = "webhook-receiver-panicked"
	RuleForgedAccepted    Rule = "forged-webhook-accepted"
	RuleOpenHandshake     Rule = "handshake-without-token-check"
	RuleDuplicateAnswered Rule = "duplicate-webhook-answered-twice"
	RuleIgnoredStop       Rule = "opt-out-ignored"         // user_preferences not read
	RuleIgnoredMove       Rule = "number-change-ignored"   // system messages not read
	RuleIgnoredTemplate   Rule = "template-status-ignored" // template webhooks not read
	RuleIgnoredFailure    Rule = "failed-status-ignored"   // errors of statuses not read
)

// advice are the rules whose breach works today and is unwise.
var advice = map[Rule]bool{
	RuleNoPlus: true, RuleTokenInURL: true, RuleOldVersion: true, RuleRemovedFeature: true, RulePersonalOpaque: true,
}

// Advice reports whether the rule is advice: what goes against it works, and a careful
// program does it otherwise. Breaking any other rule is a mistake.
func (r Rule) Advice() bool { return advice[r] }

// A Finding is a rule that was broken, or advice that was not taken.
type Finding struct {
	Rule   Rule
	At     time.Time // in the world, of the first time
	Detail string    // what happened, without personal data
	Times  int       // how often, with this detail
	Cases  []Case    // the first five times
}

// A Case is one breach of a rule, named so that it can be found in a log or in the
// traffic. It holds no personal data.
type Case struct {
	At time.Time

	// What it was about: "text to person 3 of number 1…", "template offer (en_US)",
	// "field statuses". "" if the detail says it all.
	What string

	// Where it happened: method and path of a call of the Graph API, or the callback URL
	// of a webhook without its query.
	Where string

	// Trace is the x-fb-trace-id of the call, "" of a webhook.
	Trace string
}

// maxCases is how many cases of a finding are kept.
const maxCases = 5

// auditLog collects findings. It has a lock of its own, so that a finding can be
// noted with and without World.mu.
type auditLog struct {
	mu       sync.Mutex
	findings []*Finding
	lost     map[[32]byte]int64   // sends accepted whose answer was lost
	refused  map[[32]byte]refusal // the last refusal of a send, by its bytes
}

// Audit lists every rule broken so far by the code under test, in the order of
// their first occurrence. It is empty after a flawless run. Rules are about what a
// careful client can know: 131026, for instance, is nobody's fault and no finding.
func (w *World) Audit() []Finding {
	w.log.mu.Lock()
	defer w.log.mu.Unlock()
	out := make([]Finding, 0, len(w.log.findings))
	for _, f := range w.log.findings {
		x := *f
		x.Cases = slices.Clone(f.Cases)
		out = append(out, x)
	}
	slices.SortStableFunc(out, func(a, b Finding) int { return a.At.Compare(b.At) })
	return out
}

// ClearAudit forgets the findings so far. What the world remembers in order to judge,
// lost answers for instance, stays.
func (w *World) ClearAudit() {
	w.log.mu.Lock()
	defer w.log.mu.Unlock()
	w.log.findings = nil
}

// note records a finding.
func (w *World) note(rule Rule, detail string, x Case) {
	w.log.mu.Lock()
	defer w.log.mu.Unlock()
	x.At = w.Now()
	for _, f := range w.log.findings {
		if f.Rule == rule && f.Detail == detail {
			if f.Times++; len(f.Cases) < maxCases {
				f.Cases = append(f.Cases, x)
			}
			return
		}
	}
	w.log.findings = append(w.log.findings, &Finding{rule, x.At, detail, 1, []Case{x}})
}

// note records a finding about the call; what names what it is about.
func (c *call) note(rule Rule, detail string, what ...string) {
	c.World.note(rule, detail, Case{What: strings.Join(what, " "), Where: c.method + " " + c.path, Trace: c.trace()})
}

// inCase names a webhook POST for a finding.
func (p *post) inCase() Case {
	where, _, _ := strings.Cut(p.url, "?")
	it := p.items[0]
	what := "field " + it.field
	if it.list != "" {
		what += ", " + it.list
	}
	return Case{What: what, Where: "POST " + where}
}

// named says what a message is without saying who it is for: its kind, the person by
// number, the business number by id.
func (m *message) named() string {
	what := m.kind
	if m.tmpl != nil {
		what = "template " + m.tmpl.Name + " (" + m.tmpl.Language + ")"
	}
	switch {
	case m.group != nil:
		what += " to a group"
	case m.chat != nil:
		what += " to person " + itoa(m.chat.user.seq)
	default:
		what += " to nobody"
	}
	return what + " from number " + m.number.ID
}

// answered judges the answer to a webhook.
func (w *World) answered(p *post, status int) {
	switch {
	case status == statusPanicked:
		w.note(RuleReceiverPanic, "the handler panicked", p.inCase())
	case status == statusTimedOut:
		w.note(RuleSlowWebhook, "the webhook was not answered in time", p.inCase())
	case p.forged && status == 200:
		w.note(RuleForgedAccepted, "a body with a wrong signature was answered 200", p.inCase())
	case !p.forged && status > 200 && status < 300:
		w.note(RuleWrongAck, "only 200 counts; the webhook was answered "+itoa(status), p.inCase())
	}
}

// dropped notes a webhook given up after seven days.
func (w *World) dropped(p *post) {
	w.note(RuleLostWebhook, "a webhook of field "+p.items[0].field+" was not accepted in seven days and is lost", p.inCase())
}

// told marks what an acknowledged webhook told the receiver.
func (w *World) told(p *post) {
	for _, it := range p.items {
		if it.told != nil {
			it.told(w, p.app)
		}
	}
}
