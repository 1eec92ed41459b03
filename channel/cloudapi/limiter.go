package cloudapi

import (
	"context"
	"fmt"
	"time"

	"github.com/kanava-go/kanava/channel/message"
)

// Limiter decides when a call may go out, so that Meta's limits are never
// tripped. [NewLimiter] makes the one for a single process; an implementation
// that several processes share can take its place in [Config]. Package limitertest
// holds one to what is said here.
//
// All methods are safe for concurrent use.
type Limiter interface {
	// Acquire waits until the call described by p may go out, and takes its share
	// of every limit that p names; nothing is taken unless it returns nil. waited
	// is how long it took. The error is a *LimitError if the wait would be longer
	// than p.MaxWait or than ctx allows, otherwise the context's own.
	Acquire(ctx context.Context, p Permit) (waited time.Duration, err error)

	// Observe tells what became of the call described by p, or what was learned
	// about its number or account in passing. It must be quick and cannot fail: a
	// lost observation makes the limiter less exact, not wrong.
	Observe(ctx context.Context, p Permit, o Observation)
}

// Permit describes one call to a [Limiter]. Empty fields name no limit.
type Permit struct {
	// Number is the id of the business phone number whose throughput the message
	// uses.
	Number string
	// Recipient is the user or group of the message: with Number it names the pair.
	Recipient string
	// Account is the id of the account or number that a management call counts
	// against. Such calls count against [AppAccount] as well.
	Account string
	// Lane decides who goes first among the messages that wait for one number.
	Lane message.Lane
	// MaxWait is the longest acceptable wait; 0 means none at all.
	MaxWait time.Duration
}

// AppAccount is the [Permit.Account] that stands for the app as a whole.
const AppAccount = "app"

// Observation is one thing learned about a limit. Zero fields say nothing.
type Observation struct {
	// Throttled is the class of the error if Meta refused the call for a limit:
	// one of the ClassThrottled constants of package message.
	Throttled message.Class
	// RetryAfter is how long Meta asks to wait, for Throttled and for Usage.
	RetryAfter time.Duration
	// Usage is how much of an account's hourly quota is spent, in percent.
	Usage int
	// Throughput is the number's limit in messages per second.
	Throughput int
	// Inbound counts messages received by the number: they use the same
	// throughput as those sent.
	Inbound int
}

// LimitScope says which limit made a call wait.
type LimitScope string

// The scopes of limits.
const (
	ScopeNumber  LimitScope = "number"
	ScopePair    LimitScope = "pair"
	ScopeAccount LimitScope = "account"
)

// LimitError reports that a call did not go out because its turn comes too late.
// It names no number. It implements message.Failer; nothing was sent.
type LimitError struct {
	// Op is the operation that had to wait; a Limiter leaves it empty.
	Op    string
	Scope LimitScope
	// Wait is the expected time until the call could go, from when it was refused.
	Wait time.Duration
}

// Error names the operation, the scope and the wait.
func (e *LimitError) Error() string {
	op := e.Op
	if op != "" {
		op += ": "
	}
	return fmt.Sprintf("cloudapi: %srate limit of the %s: wait %s", op, e.Scope, e.Wait.Round(time.Millisecond))
}

// Failure implements message.Failer.
func (e *LimitError) Failure() message.Failure {
	f := message.Failure{
		Class: message.ClassThrottledNumber,
		Retry: message.Retry{Advice: message.RetryAfter, After: e.Wait},
		Title: "Rate limit of the number",
		Hint:  "Too many messages are going out right now. The message waits its turn.",
	}
	switch e.Scope {
	case ScopePair:
		f.Class, f.Title = message.ClassThrottledPair, "Rate limit towards this user"
		f.Hint = "Many messages went to this person in a short time. The message waits a little."
	case ScopeAccount:
		f.Class, f.Title = message.ClassThrottledAccount, "Rate limit of the account"
	}
	return f
}
