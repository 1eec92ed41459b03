package cloudapitest

import (
	"maps"
	"strings"
	"time"
)

// countSend applies the two rate limits and counts the message if both let it
// pass; a refused message costs nothing.
func (c *call) countSend(m *message) *graphError {
	n := m.number
	if !n.bucket.allows(c.at, n.interval(), int64(n.rate)) {
		return fail(130429, "Cloud API message throughput has been reached.")
	}
	if m.chat != nil {
		if !m.chat.pair.allows(c.at, pairInterval, pairBurst) {
			return fail(131056, "Too many messages sent from this phone number to the same recipient in a short period of time.")
		}
		m.chat.pair.count(c.at, pairInterval)
	}
	n.bucket.count(c.at, n.interval())
	return nil
}

// countReach applies the portfolio's messaging limit: different users messaged
// outside a service window in moving 24 hours.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/messaging-limits
// (checked 2026-09-11)
func (c *call) countReach(m *message) *graphError {
	p := m.number.account.Portfolio
	if p.limit < 0 {
		return nil
	}
	who := m.chat.user.bsuid(p)
	if at, known := p.reached[who]; !known || c.at-at >= int64(24*time.Hour) {
		// Those of yesterday are dropped only when the limit seems to be reached, since
		// it takes a look at everybody.
		if len(p.reached) >= p.limit {
			maps.DeleteFunc(p.reached, func(_ string, at int64) bool { return c.at-at >= int64(24*time.Hour) })
		}
		if len(p.reached) >= p.limit {
			c.note(RuleTierOverrun, "more users were messaged outside a service window than the portfolio's messaging limit allows", m.named())
			return fail(131048, "The messaging limit of the business portfolio has been reached.")
		}
	}
	p.reached[who] = c.at
	return nil
}

// hourly counts calls in a rolling hour, by minute.
type hourly struct {
	minutes [60]int
	last    int64
}

// add counts n calls at now and returns the number in the last hour.
func (h *hourly) add(now int64, n int) int {
	minute := now / int64(time.Minute)
	if minute-h.last >= 60 {
		h.minutes = [60]int{}
	} else {
		for m := h.last + 1; m <= minute; m++ {
			h.minutes[m%60] = 0
		}
	}
	h.last = max(h.last, minute)
	h.minutes[h.last%60] += n
	sum := 0
	for _, v := range h.minutes {
		sum += v
	}
	return sum
}

// managementLimit is calls per hour for an app and account: 200, or 5,000 once a
// number is registered.
// https://developers.facebook.com/docs/graph-api/overview/rate-limiting
// (checked 2026-09-11)
func (a *Account) managementLimit() int {
	for _, n := range a.numbers {
		if n.registered {
			return 5000
		}
	}
	return 200
}

// countManagement applies the hourly limit. A refused call is not counted, so that a
// client that waits gets through.
func (c *call) countManagement() *graphError {
	a := c.target.owner()
	if a == nil {
		return nil
	}
	h := c.token.app.calls[a.ID]
	if h == nil {
		h = &hourly{}
		c.token.app.calls[a.ID] = h
	}
	limit := a.managementLimit()
	used := h.add(c.at, 1)
	c.usage = used * 100 / limit
	c.usageOf = a.ID
	if used <= limit {
		return nil
	}
	h.add(c.at, -1)
	c.note(RuleManagementOverrun, "more management calls than the hourly limit of app and account")
	ge := fail(80008, "")
	ge.usage = 60
	return ge
}

// usageHeaders reports how much of the management quota is used. The platform
// sends the header only after enough calls; here that is from 10 % on.
func (c *call) usageHeaders(h map[string][]string, ge *graphError) {
	if c.usageOf == "" || c.usage < 10 {
		return
	}
	e := enc{}
	e.obj(func() {
		e.key(c.usageOf).arr(func() {
			e.obj(func() {
				e.key("type").str("whatsapp")
				e.key("call_count").num(int64(c.usage))
				e.key("total_cputime").num(int64(c.usage / 4))
				e.key("total_time").num(int64(c.usage / 4))
				regain := 0
				if ge != nil {
					regain = ge.usage
				}
				e.key("estimated_time_to_regain_access").num(int64(regain))
			})
		})
	})
	h["X-Business-Use-Case-Usage"] = []string{string(e.b)}
	share := itoa(c.usage)
	h["X-App-Usage"] = []string{strings.NewReplacer("%", share).Replace(`{"call_count":%,"total_time":%,"total_cputime":%}`)}
}
