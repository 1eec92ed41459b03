package sharelimit

import (
	"context"
	"time"

	"github.com/kanava-go/kanava/channel/cloudapi"
)

// A Ledger is where limits are kept that processes share. Each of its methods is one step: of
// several that are called at the same time, by whichever processes, each sees what those before it
// have left. Time is that of the ledger. An error says that it is out of reach; whether the step
// has happened may be unknown then. Names of numbers, users and accounts are hashes of up to 16
// letters, digits, "-" and "_".
//
// [Rules.Take] and its like are the arithmetic, for a ledger that can lock or compare what it keeps;
// package redislimit has it once more as a script. Implementations are safe for concurrent use.
type Ledger interface {
	// Take grants permits to those who wait: an Answer for each of l.Waiting, in their order.
	Take(ctx context.Context, r *Rules, l *Lot) ([]Answer, error)
	// Learn notes what was learned about a number.
	Learn(ctx context.Context, r *Rules, n News) error
	// Account returns how long to wait before a management call of the account. If it is 0 and the
	// call counts, it has been counted.
	Account(ctx context.Context, r *Rules, account string, counts bool) (time.Duration, error)
	// Warn lets no call of the account go for a while, and no more than a share of its quota, in
	// percent, from now on; 0 leaves either as it is.
	Warn(ctx context.Context, account string, pause time.Duration, share int) error
}

// Rules are the limits as they hold through the ledger.
type Rules struct {
	// Throughput is that of a number about which nothing was learned, in messages a second; Reserve
	// is left free of that of any.
	Throughput, Reserve int
	// Part is how much of a number's throughput and of an account's quota may be used, 0 to 1.
	Part float64
	// PairInterval is the time between two messages to the same user in the long run, PairBurst how
	// many may go at once.
	PairInterval time.Duration
	PairBurst    int
	// AccountPerHour is the quota of management calls.
	AccountPerHour int
}

// A Lot is a question for permits of one number.
type Lot struct {
	Number string
	// Horizon is how far ahead permits may be granted.
	Horizon time.Duration
	// Waiting are those who want one, the most urgent first.
	Waiting []Waiting
	// Received is how many messages the number has received since it was last said.
	Received int
	// Back is how many permits of pairs were not used after all.
	Back map[string]int
	// Learned is the throughput that this process heard of last, for a ledger that knows none, because
	// it has lost what it knew; 0: it has heard of none.
	Learned int
}

// Waiting is somebody who wants a permit.
type Waiting struct {
	// Pair is the user as seen from the number; "" if there is none.
	Pair string
	// Most is how long it can wait.
	Most time.Duration
}

// An Answer is what a ledger says to somebody who wants a permit.
type Answer struct {
	// Scope is the limit that is in the way; "" if none is.
	Scope cloudapi.LimitScope
	// Wait is when the message may go, or may be asked for again.
	Wait time.Duration
}

// News is what was learned about a number.
type News struct {
	Number string
	// Learned is its throughput; 0: nothing new.
	Learned int
	// Received is how many messages the number has received since it was last said.
	Received int
	// Pause is for how long nothing may go, after a refusal; 0 if there was none.
	Pause time.Duration
	// Pair is the user to whom nothing may go for PairPause; "" for none.
	Pair      string
	PairPause time.Duration
}
