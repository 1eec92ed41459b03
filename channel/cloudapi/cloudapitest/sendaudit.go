package cloudapitest

import (
	"crypto/sha256"
	"net/http"
	"strings"
	"time"
)

// opaqueKey identifies a message by the sender's own id for it, by whom it is for and
// by what it says.
type opaqueKey struct {
	number *Number
	value  string
	to     any // *User, *Group, or the digits of a number nobody has
	print  [16]byte
}

// doubleWithin is how long after a message the same one again counts as sent twice.
const doubleWithin = int64(24 * time.Hour)

// recipientOf is whom a message is for, however it was written.
func (c *call) recipientOf(m *message) any {
	switch {
	case m.chat != nil:
		return m.chat.user
	case m.group != nil:
		return m.group
	}
	return m.waid
}

// contentPrint identifies what a send says, whoever it is for.
func (c *call) contentPrint() (print [16]byte) {
	e := enc{make([]byte, 0, 256)}
	for i := range c.body.items {
		switch m := &c.body.items[i]; m.key {
		case "to", "recipient", "recipient_type", "messaging_product", "biz_opaque_callback_data":
		default:
			e.key(m.key).node(&m.val)
		}
	}
	sum := sha256.Sum256(e.b)
	copy(print[:], sum[:])
	return print
}

// refusal is the last error a request got.
type refusal struct {
	code    int
	details string
	turns   uint64 // of the account and the recipient
	at      int64
}

// lostAnswer remembers a send whose answer an interceptor lost.
func (w *World) lostAnswer(c *call) {
	if c.edge != "messages" && c.edge != "marketing_messages" {
		return
	}
	w.log.mu.Lock()
	defer w.log.mu.Unlock()
	if w.log.lost == nil {
		w.log.lost = make(map[[32]byte]int64)
	}
	w.log.lost[c.fingerprint()] = c.at
}

// fingerprint identifies a request by object and body.
func (c *call) fingerprint() [32]byte {
	e := enc{[]byte(c.id + "/" + c.edge)}
	e.node(&c.body)
	return sha256.Sum256(e.b)
}

// judgeSend looks at a send that is about to be accepted.
func (c *call) judgeSend(m *message) {
	c.judgeOpaque(m)
	c.log.mu.Lock()
	lost, again := int64(0), false
	if len(c.log.lost) > 0 {
		lost, again = c.log.lost[c.fingerprint()]
	}
	c.log.mu.Unlock()
	if again && c.at-lost < doubleWithin {
		c.note(RuleDoubleSend, "a send was repeated after its answer was lost, although it had been accepted", m.named())
	}
	if m.chat == nil {
		return
	}
	if last := m.chat.lastSent; last != nil && m.chat.repeated > last.at && last.kind == m.kind && last.text == m.text &&
		last.replyTo == m.replyTo && m.chat.lastWrote() <= last.at && m.kind != "template" {
		c.note(RuleDuplicateAnswered, "the same answer was sent again after a webhook was delivered twice", m.named())
	}
	m.chat.lastSent = m
}

// judgeOpaque looks at the sender's own id: it must be used once and tell nothing about
// the person, since it goes to every subscribed app.
func (c *call) judgeOpaque(m *message) {
	if m.opaque == "" {
		return
	}
	// One id for different people or texts is no double send: some programs put the
	// name of a campaign there.
	key := opaqueKey{m.number, m.opaque, c.recipientOf(m), c.contentPrint()}
	if o := c.opaque[key]; o != nil && o.doom == nil && o.stage != stageFailed && c.at-o.at < doubleWithin {
		c.note(RuleDoubleSend, "the same message was accepted twice under one biz_opaque_callback_data", m.named())
	}
	c.opaque[key], m.sentAs = m, &key
	if m.chat == nil {
		return
	}
	u := m.chat.user
	if strings.Contains(digitsOnly(m.opaque), u.phone) || len(u.cfg.Name) > 3 && strings.Contains(m.opaque, u.cfg.Name) {
		c.note(RulePersonalOpaque, "biz_opaque_callback_data contains the recipient's name or number", m.named())
	}
}

// permanent are the errors after which the same request cannot succeed while
// nothing else changes.
var permanent = map[int]bool{
	100: true, 131008: true, 131009: true, 131021: true, 131030: true, 131051: true, 131062: true, 132000: true,
	132001: true, 132005: true, 132007: true, 132012: true, 132016: true, 132018: true, 130403: true, 131050: true, 131047: true,
}

// throttles are the errors that ask to wait.
var throttles = map[int]bool{4: true, 80008: true, 130429: true, 131048: true, 131056: true, 131057: true}

// judgeRefusal looks at a send that was refused; r is what was read of it, or nil.
func (c *call) judgeRefusal(r *sendRequest, ge *graphError) {
	switch ge.code {
	case 130429:
		c.note(RuleThroughput, "a send exceeded the throughput of the number", "number "+c.id)
	case 131056:
		c.note(RulePairLimit, "a send exceeded the limit between number and user", "number "+c.id)
	}
	// Whoever repairs the cause may try again, even if it was not enough.
	turns := c.target.number.account.turns
	if r != nil && r.to.user != nil {
		turns += r.to.user.turns
	}
	key := c.fingerprint()
	c.log.mu.Lock()
	last, known := c.log.refused[key]
	if c.log.refused == nil || len(c.log.refused) > 100_000 {
		c.log.refused = make(map[[32]byte]refusal)
	}
	c.log.refused[key] = refusal{ge.code, ge.details, turns, c.at}
	c.log.mu.Unlock()
	switch {
	case !known || last.code != ge.code:
	case permanent[ge.code] && last.details == ge.details && last.turns == turns && c.at-last.at < int64(time.Hour):
		c.note(RulePermanentRetry, "a send refused with "+itoa(ge.code)+" was repeated unchanged")
	case throttles[ge.code] && c.at-last.at < int64(time.Second):
		c.note(RuleHammering, "a send refused with "+itoa(ge.code)+" was repeated within a second")
	}
}

// forgetRefusal forgets that a send was refused before, for now it was accepted.
func (c *call) forgetRefusal() {
	c.log.mu.Lock()
	defer c.log.mu.Unlock()
	if len(c.log.refused) > 0 {
		delete(c.log.refused, c.fingerprint())
	}
}

// turned remembers that an account or a person is no longer as it was, so that what was
// refused may be tried again. A status says nothing new.
func (it *item) turned() {
	switch {
	case it.list == "statuses":
	case it.user != nil:
		it.user.turns++
	default:
		it.account.turns++
	}
}

// turned remembers a call that changed the account.
func (c *call) turned() {
	a := c.target.owner()
	if a != nil && c.method != http.MethodGet && c.edge != "messages" && c.edge != "marketing_messages" && c.edge != "media" {
		a.turns++
	}
}
