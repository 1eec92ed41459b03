package cloudapi

import (
	"math"
	"time"
)

// round is the time in which no more messages leave than the limit allows in a
// second. What it has beyond a second is for the network: if none takes 25 ms longer
// than another, those that arrive in one second left in one round.
const round = time.Second + 25*time.Millisecond

// maxLog is the largest limit whose messages are all remembered, with 8 bytes each.
// Meta's largest is 1,000.
const maxLog = 4096

// pace decides when the next message of a number may leave. Two rules have to agree:
//
// The even pace divides the round by the limit and lets a few messages go at once.
// Alone it would not do: it had to be slower by as many messages as it lets go at
// once, or let none go at once and lose what every late timer costs.
//
// The log counts. Each message takes a place and frees it when its round is over, so
// that no round ever has more messages than there are places, however unevenly they
// come, and all places are used.
type pace struct {
	interval time.Duration // between two messages
	ahead    time.Duration // by how much a burst may be early
	next     time.Duration // when the next message is due

	log  []time.Duration // when each place is free again, a ring; nil above maxLog
	at   int             // the place to take next
	most int             // places in use: fewer than there are after a refusal
}

// burstFor is how many messages may leave at once.
func burstFor(perSecond float64) int { return 2 + int(perSecond/100) }

// setLimit makes room for a limit. Messages that were counted stay counted.
func (p *pace) setLimit(perSecond int) {
	if perSecond > maxLog {
		p.log, p.at = nil, 0
		return
	}
	log := make([]time.Duration, perSecond)
	n := min(len(p.log), perSecond)
	for i := range n {
		log[i] = p.log[p.place(n-i)]
	}
	p.log, p.at = log, n%perSecond
}

// setSpeed changes the pace, up to the limit. Messages that are ahead of their time
// or were received in advance remain so many messages.
func (p *pace) setSpeed(now time.Duration, perSecond float64) {
	burst := burstFor(perSecond)
	room := perSecond // messages that fit into the round
	p.most = min(int(math.Ceil(perSecond)), len(p.log))
	if p.log == nil {
		room = max(perSecond+1-float64(burst), 1)
	}
	interval := time.Duration(math.Ceil(float64(round) / room))
	if early := p.next - now; early > 0 && p.interval > 0 {
		p.next = now + time.Duration(float64(early)*(float64(interval)/float64(p.interval)))
	}
	p.interval, p.ahead = interval, interval*time.Duration(burst-1)
}

// place returns where the message stands that was the n-th before the next.
func (p *pace) place(n int) int {
	if p.at >= n {
		return p.at - n
	}
	return p.at - n + len(p.log)
}

// wait returns how long the next message has to wait, at most 0 if not at all.
func (p *pace) wait(now time.Duration) time.Duration {
	at := p.next - p.ahead
	if p.most > 0 {
		at = max(at, p.log[p.place(p.most)])
	}
	return at - now
}

// waitBehind returns how long a message has to wait if n others go before it.
func (p *pace) waitBehind(n int, now time.Duration) time.Duration {
	at := p.next - p.ahead + time.Duration(n)*p.interval
	if p.most > 0 {
		at = max(at, p.log[p.place(p.most-n%p.most)]+time.Duration(n/p.most)*round)
	}
	return at - now
}

// take counts a message, whether it is due or not.
func (p *pace) take(now time.Duration) {
	p.next = max(p.next, now) + p.interval
	if p.log == nil {
		return
	}
	p.log[p.at] = now + round
	if p.at++; p.at == len(p.log) {
		p.at = 0
	}
}
