package sharelimit

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/message"
)

const (
	// horizon is how far ahead messages get their moment, more with a ledger that takes long to
	// answer, up to maxHorizon; and maxLot how many at a time.
	horizon    = 100 * time.Millisecond
	maxHorizon = time.Second
	maxLot     = 100
	// tellAfter is how long the ledger may not know what came in.
	tellAfter = 25 * time.Millisecond
	// overtakes is how many lots in a row may leave out whoever has waited longest.
	overtakes = 7
	// staleAfter is how late a message may be for its moment. Who was frozen meanwhile asks again:
	// others have gone in its place.
	staleAfter = 500 * time.Millisecond
	// receivedAtMost is as many messages as a number cannot receive before the ledger hears of them.
	receivedAtMost = 1_000_000
)

// number is what waits in this process for one business number.
type number struct {
	l       *limiter
	id, key string // key is what the ledger knows it by

	// turn is held by whoever asks the ledger, for all who wait.
	turn chan struct{}

	mu       sync.Mutex
	queue    []*waiter
	lots     int            // since the longest wait was looked at
	free     time.Time      // nothing goes before, as the ledger said last
	took     time.Duration  // a running mean of how long it takes to answer
	received int            // messages that came in, of which the ledger is told with the next lot
	telling  bool           // or soon, if nobody waits
	back     map[string]int // messages to pairs that did not go after all, told likewise
	learned  int            // the number's limit, 0 while only the ledger may know
	untold   bool           // the ledger does not know it
}

// waiter is one message that waits.
type waiter struct {
	ctx   context.Context
	pair  string // its key, "" for none
	lane  message.Lane
	since time.Time
	end   time.Time
	told  chan answer // of one
	gone  bool        // nobody reads told any more
}

// answer is what is known about one message.
type answer struct {
	scope cloudapi.LimitScope // "" if it goes
	at    time.Time           // when it goes, or may be asked for again
	away  bool                // the ledger did not answer
}

func newNumber(l *limiter, id string) *number {
	return &number{l: l, id: id, key: hash(id), turn: make(chan struct{}, 1), back: map[string]int{}}
}

// hash stands for an identifier: keys show neither numbers nor users.
func hash(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:12])
}

func (n *number) pair(recipient string) string {
	if recipient == "" {
		return ""
	}
	return hash(n.id, recipient)
}

// acquire waits for a permit of the number and one of the pair.
func (n *number) acquire(ctx context.Context, p cloudapi.Permit, now time.Time) error {
	w := &waiter{ctx: ctx, pair: n.pair(p.Recipient), lane: p.Lane, since: now, end: now.Add(p.MaxWait), told: make(chan answer, 1)}
	for {
		if n.l.away.is(now) {
			return n.acquireAlone(w)
		}
		if d := n.join(w, now); d > 0 {
			return late(cloudapi.ScopeNumber, d)
		}
		a, err := n.await(w)
		if err != nil {
			return err
		}
		now = time.Now()
		d := a.at.Sub(now)
		switch {
		case a.away:
		case a.scope == "":
			if err := n.l.sleep(ctx, d); err != nil {
				n.giveBack(w) // the number's permit lapses; the pair's is dear
				return err
			}
			if now = time.Now(); now.Sub(a.at) <= staleAfter {
				return nil
			}
			n.giveBack(w)
		case tooLong(ctx, now, d, w.end):
			return late(a.scope, d)
		default:
			if err := sleep(ctx, d); err != nil {
				return err
			}
			now = time.Now()
		}
	}
}

// join lets w wait, or returns the expected wait if that is too long.
func (n *number) join(w *waiter, now time.Time) time.Duration {
	n.mu.Lock()
	defer n.mu.Unlock()
	if d := n.free.Sub(now); tooLong(w.ctx, now, d, w.end) {
		return d
	}
	n.queue = append(n.queue, w)
	return 0
}

// await waits for the answer about w. Whoever has the turn asks for all.
func (n *number) await(w *waiter) (answer, error) {
	end := time.NewTimer(max(time.Until(w.end), 2*n.l.cfg.Timeout)) // if there is no time, the ledger is asked once
	defer end.Stop()
	for {
		select {
		case a := <-w.told:
			return a, nil
		default:
		}
		select {
		case a := <-w.told:
			return a, nil
		case <-w.ctx.Done():
			n.leave(w)
			return answer{}, w.ctx.Err()
		case <-end.C:
			n.leave(w)
			return answer{}, late(cloudapi.ScopeNumber, max(time.Until(n.freeAt()), time.Millisecond))
		case n.turn <- struct{}{}:
			if n.waits(w) {
				n.ask(w)
			}
			<-n.turn
		}
	}
}

// waits reports whether w is in the queue, and sleeps until it pays to ask.
func (n *number) waits(w *waiter) bool {
	n.mu.Lock()
	waits, early := slices.Contains(n.queue, w), time.Until(n.free.Add(-n.horizon()/2))
	n.mu.Unlock()
	// Not beyond the end of w: others may have more time, and take the turn then.
	return waits && sleep(w.ctx, min(early, time.Until(w.end))) == nil
}

// leave takes w out of the queue. A permit that it gets in this moment is given back.
func (n *number) leave(w *waiter) {
	n.mu.Lock()
	defer n.mu.Unlock()
	w.gone = true
	n.queue = slices.DeleteFunc(n.queue, func(o *waiter) bool { return o == w })
	select {
	case a := <-w.told:
		n.dropped(w, a)
	default:
	}
}

// dropped gives back what an answer that nobody reads has granted. The caller holds the lock.
func (n *number) dropped(w *waiter, a answer) {
	if a.scope == "" && !a.away && w.pair != "" {
		n.back[w.pair]++
	}
}

func (n *number) giveBack(w *waiter) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.dropped(w, answer{})
}

func (n *number) freeAt() time.Time {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.free
}

// horizon is how far ahead the number's messages get their moment. The caller holds the lock.
func (n *number) horizon() time.Duration {
	return min(max(horizon, 3*n.took), maxHorizon)
}

// ask asks the ledger for a lot, of w and of others, and tells everybody.
func (n *number) ask(w *waiter) {
	lot, asked := n.lot()
	began := time.Now()
	var said []Answer
	err := n.l.call(w.ctx, func(ctx context.Context) (err error) {
		said, err = n.l.cfg.Ledger.Take(ctx, &n.l.rules, asked)
		return err
	})
	if err != nil {
		n.untell(asked)
	}
	now := time.Now() // after the answer: late rather than early
	n.mu.Lock()
	defer n.mu.Unlock()
	n.took += (now.Sub(began) - n.took) / 8
	var rest []*waiter
	for i, w := range lot {
		a := answer{away: true}
		if err == nil && i < len(said) {
			a = answer{scope: said[i].Scope, at: now.Add(said[i].Wait)}
		}
		if a.scope == cloudapi.ScopeNumber {
			n.free = a.at
		}
		switch {
		case w.gone:
			n.dropped(w, a)
		case a.scope == cloudapi.ScopeNumber && !tooLong(w.ctx, now, a.at.Sub(now), w.end):
			rest = append(rest, w) // it goes on waiting
		default:
			w.told <- a
		}
	}
	n.queue = append(rest, n.queue...)
}

// lot takes those out of the queue who are to be asked for, with what the ledger is to be asked.
func (n *number) lot() (lot []*waiter, asked *Lot) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.sort()
	size := min(len(n.queue), maxLot)
	lot = slices.Clone(n.queue[:size])
	n.queue = slices.Delete(n.queue, 0, size)
	asked = &Lot{Number: n.key, Horizon: n.horizon(), Received: n.received, Back: n.back, Learned: n.learned}
	now := time.Now()
	for _, w := range lot {
		asked.Waiting = append(asked.Waiting, Waiting{Pair: w.pair, Most: max(w.end.Sub(now), 0)})
	}
	n.received, n.back = 0, map[string]int{}
	return lot, asked
}

// untell remembers what the ledger was to be told along with a lot, since it was not.
func (n *number) untell(asked *Lot) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.count(asked.Received)
	for pair, count := range asked.Back {
		n.back[pair] += count
	}
}

// sort brings the urgent before the others, but from time to time whoever has waited longest to
// the front. The caller holds the lock.
func (n *number) sort() {
	slices.SortStableFunc(n.queue, func(a, b *waiter) int {
		if a.lane != b.lane {
			return int(a.lane) - int(b.lane)
		}
		return a.since.Compare(b.since)
	})
	if n.lots++; n.lots <= overtakes || len(n.queue) == 0 {
		return
	}
	n.lots = 0
	oldest := slices.MinFunc(n.queue, func(a, b *waiter) int { return a.since.Compare(b.since) })
	n.queue = slices.Insert(slices.DeleteFunc(n.queue, func(w *waiter) bool { return w == oldest }), 0, oldest)
}

// observe tells the ledger what was learned about the number.
func (n *number) observe(ctx context.Context, p cloudapi.Permit, o cloudapi.Observation) {
	numberPause := pause(o, message.ClassThrottledNumber, time.Second)
	pairPause := pause(o, message.ClassThrottledPair, n.l.cfg.Limits.PairInterval)
	n.mu.Lock()
	if o.Inbound > 0 {
		if n.count(o.Inbound); !n.telling {
			n.telling = true
			time.AfterFunc(tellAfter, n.tell)
		}
	}
	news := n.untold || numberPause > 0 || pairPause > 0 && p.Recipient != "" || o.Throughput > 0
	if o.Throughput > 0 {
		n.learned = o.Throughput
	}
	learned := 0 // another process may know better by now
	if n.untold || o.Throughput > 0 {
		learned = n.learned
		n.untold = news
	}
	n.mu.Unlock()
	n.l.alone.block(n.key, numberPause)
	n.l.alone.block(n.pair(p.Recipient), pairPause)
	if !news || n.l.away.is(time.Now()) {
		return
	}
	told := News{Number: n.key, Learned: learned, Pause: numberPause}
	if p.Recipient != "" && pairPause > 0 {
		told.Pair, told.PairPause = n.pair(p.Recipient), pairPause
	}
	err := n.l.call(ctx, func(ctx context.Context) error { return n.l.cfg.Ledger.Learn(ctx, &n.l.rules, told) })
	if err == nil {
		n.mu.Lock()
		n.untold = false
		n.mu.Unlock()
	}
}

// count counts messages that came in. The caller holds the lock.
func (n *number) count(messages int) {
	n.received = min(n.received+min(messages, receivedAtMost), receivedAtMost)
}

// tell tells the ledger what came in, unless a lot has done so.
func (n *number) tell() {
	n.mu.Lock()
	received := n.received
	n.received, n.telling = 0, false
	n.mu.Unlock()
	if received == 0 {
		return
	}
	err := errAway
	if !n.l.away.is(time.Now()) {
		err = n.l.call(context.Background(), func(ctx context.Context) error {
			return n.l.cfg.Ledger.Learn(ctx, &n.l.rules, News{Number: n.key, Received: received})
		})
	}
	if err != nil {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.count(received) // for the next time
	}
}

var errAway = errors.New("sharelimit: the ledger is away")
