package worker

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/kanava-go/kanava/channel/store"
)

// Config says what a [Runner] does.
type Config struct {
	// Kind is the kind of work, Workers how many pieces are handled at once, Lease how long one may
	// take, and Poll how often to look for work when there is none.
	Kind        string
	Workers     int
	Lease, Poll time.Duration
	// Store keeps the work, and Now is the clock. Log is told of panics.
	Store store.Store
	Now   func() time.Time
	Log   *slog.Logger

	// Handle settles the work: when it returns nil the work is done, given back or buried.
	Handle func(ctx context.Context, w *Job) error
	// GiveBack settles work that Handle failed at, or did not get to because the drain time was over.
	// Its context outlives that of the work for a moment.
	GiveBack func(ctx context.Context, w *Job, cause error, stopping bool)
	// Claimed is told how each claim ended.
	Claimed func(ctx context.Context, err error)

	// The following may be nil.

	// Clear takes work out of the store that is over. It is needed with [Runner.Over].
	Clear func(ctx context.Context, leases []store.Lease) error
	// Ahead reads what the work that was claimed together will want.
	Ahead func(ctx context.Context, works []Job)
	// Groups restricts what is claimed, see store.Claim, and is kept fair between.
	Groups func() []string
	// Care says how careful to be with a group, Whole with all of them together, and Well that
	// nothing of a group has failed lately; Well is needed with Whole.
	Care  func(group string) Care
	Whole func() Care
	Well  func(group string) bool
	// Next is how long at most to wait before work is looked for again; 0: as long as Poll says.
	Next func() time.Duration
	// Gate bounds what may be claimed besides Workers.
	Gate *Gate
	// AtOnce says that work in hand ends when Run is told to stop, and not when the time to finish it is
	// over: it comes again and again, and another process can do it as well.
	AtOnce bool
	// Term is as long as this process may work: work is claimed under its owner and done under its
	// context, and none is claimed once that has ended. nil: it may as long as Run does.
	Term func() (ctx context.Context, owner string)
}

// A Runner claims the work of one kind and hands it to a bounded number of workers. It is safe for
// concurrent use.
type Runner struct {
	Config
	signal, freed chan struct{} // of capacity 1: work may be there; more may be claimed
	sooner        chan struct{} // of capacity 1: work falls due before what the runner knew of

	hand   grips
	shares shares
	dues   dues

	mu      sync.Mutex
	shift   *shift          // while it runs
	inHand  int             // work that is claimed, or about to be
	passing int             // work that passes; see Pass
	waiting int             // work that nobody has claimed, as far as known
	soon    int             // how often to look soon for work that had to wait for its lane
	tails   map[string]*Job // the last work in hand of each lane, or in the pile
	pile    pile
}

// New returns a runner. It starts nothing.
func New(c Config) *Runner {
	r := &Runner{Config: c, signal: make(chan struct{}, 1), freed: make(chan struct{}, 1), sooner: make(chan struct{}, 1), tails: map[string]*Job{}}
	r.pile.added, r.pile.hurry = make(chan struct{}, 1), make(chan struct{}, 1)
	if r.Gate != nil {
		r.Gate.freed = r.freeAfter
	}
	return r
}

// InHand is how much work the runner has.
func (r *Runner) InHand() int {
	r.hand.mu.Lock()
	defer r.hand.mu.Unlock()
	return len(r.hand.byID)
}

// Has says whether the runner has any work of a group in hand.
func (r *Runner) Has(group string) bool { return r.shares.has(group) }

// Notify wakes the runner if it waits: there is work that nobody has claimed.
func (r *Runner) Notify() {
	r.mu.Lock()
	r.waiting++
	r.mu.Unlock()
	poke(r.signal)
}

func (r *Runner) free() { poke(r.freed) }

func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
