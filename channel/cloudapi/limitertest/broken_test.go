package limitertest_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/cloudapi/limitertest"
	"github.com/kanava-go/kanava/channel/message"
)

func TestTheLimiterOfASingleProcessKeepsTheContract(t *testing.T) {
	t.Parallel()
	limitertest.Run(t, func(_ *testing.T, limits cloudapi.Limits) func() cloudapi.Limiter {
		l := cloudapi.NewLimiter(limits)
		return func() cloudapi.Limiter { return l }
	})
}

// broken is a limiter with a mistake in it.
type broken struct {
	cloudapi.Limiter
	acquire func(ctx context.Context, l cloudapi.Limiter, p cloudapi.Permit) error
	observe func(ctx context.Context, l cloudapi.Limiter, p cloudapi.Permit, o cloudapi.Observation)
}

func (b *broken) Acquire(ctx context.Context, p cloudapi.Permit) (time.Duration, error) {
	if b.acquire == nil {
		return b.Limiter.Acquire(ctx, p)
	}
	return 0, b.acquire(ctx, b.Limiter, p)
}

func (b *broken) Observe(ctx context.Context, p cloudapi.Permit, o cloudapi.Observation) {
	if b.observe == nil {
		b.Limiter.Observe(ctx, p, o)
		return
	}
	b.observe(ctx, b.Limiter, p, o)
}

// with is a limiter that sees other permits than are asked for.
func with(change func(p *cloudapi.Permit)) broken {
	return broken{acquire: func(ctx context.Context, l cloudapi.Limiter, p cloudapi.Permit) error {
		change(&p)
		_, err := l.Acquire(ctx, p)
		return err
	}}
}

// hearing is a limiter that hears something else.
func hearing(change func(p *cloudapi.Permit, o *cloudapi.Observation)) broken {
	return broken{observe: func(ctx context.Context, l cloudapi.Limiter, p cloudapi.Permit, o cloudapi.Observation) {
		change(&p, &o)
		l.Observe(ctx, p, o)
	}}
}

// breaks are wrong limiters, each with the case that catches it. apart: its processes know nothing of
// each other.
var breaks = []struct {
	limiter, caught string
	apart           bool
	broken          broken
}{
	{"each process by itself", "the throughput of a number holds for all processes together", true, broken{}},
	{"each process by itself, users", "a pair is exact over processes", true, broken{}},
	{"each process by itself, calls", "management calls share their quota over processes", true, broken{}},
	{"each process by itself, what comes in", "what comes in counts, in whichever process", true, broken{}},
	{"each process by itself, lower", "a lower limit holds for all processes, also while they send", true, broken{}},
	{"each process by itself, higher", "a higher limit holds for all processes", true, broken{}},
	{"each process by itself, refusals", "a refusal stops the number in every process", true, broken{}},
	{"each process by itself, users refused", "a refusal to a user stops the pair in every process", true, broken{}},
	{"each process by itself, quotas", "an account that has used up its quota is left alone in every process", true, broken{}},
	{"one limit for all numbers", "numbers do not share their throughput", false, with(func(p *cloudapi.Permit) {
		if p.Number != "" {
			p.Number = "0"
		}
	})},
	{"no lanes", "answers overtake broadcasts", false, with(func(p *cloudapi.Permit) { p.Lane = message.LaneBulk })},
	{"believes everything", "what cannot have come in is not believed", false, broken{
		acquire: func(ctx context.Context, l cloudapi.Limiter, p cloudapi.Permit) error {
			if p.Number == "8" {
				return &cloudapi.LimitError{Scope: cloudapi.ScopeNumber, Wait: 1000 * time.Hour}
			}
			_, err := l.Acquire(ctx, p)
			return err
		},
	}},
	{"glues names together", "a pair is of one number and one user", false, with(func(p *cloudapi.Permit) {
		if p.Recipient != "" {
			p.Number, p.Recipient = "0", p.Number+p.Recipient
		}
	})},
	{"takes a number's permit first", "nothing is taken unless all is granted", false, broken{
		acquire: func(ctx context.Context, l cloudapi.Limiter, p cloudapi.Permit) error {
			pair := p
			p.Recipient, pair.Number = "", "pairs"
			if _, err := l.Acquire(ctx, p); err != nil {
				return err
			}
			_, err := l.Acquire(ctx, pair)
			return err
		},
	}},
	{"keeps what was given up", "whoever gives up gives the pair back", false, broken{
		acquire: func(ctx context.Context, l cloudapi.Limiter, p cloudapi.Permit) error {
			_, err := l.Acquire(context.WithoutCancel(ctx), p)
			if err == nil {
				err = ctx.Err()
			}
			return err
		},
	}},
	{"waits for ever", "times that cannot be meant do no harm", false, broken{
		acquire: func(ctx context.Context, l cloudapi.Limiter, p cloudapi.Permit) error {
			_, err := l.Acquire(ctx, p)
			if limit, ok := errors.AsType[*cloudapi.LimitError](err); ok && limit.Wait > 20*time.Hour {
				limit.Wait = -limit.Wait // it overflowed
			}
			return err
		},
	}},
	{"counts an app's calls nowhere", "an app that has used up its quota calls for no account", false, hearing(func(p *cloudapi.Permit, _ *cloudapi.Observation) {
		if p.Account == cloudapi.AppAccount {
			p.Account = "another"
		}
	})},
	{"grants to whoever is gone", "an ended context is its own error", false, broken{
		acquire: func(ctx context.Context, l cloudapi.Limiter, p cloudapi.Permit) error {
			_, err := l.Acquire(context.WithoutCancel(ctx), p)
			return err
		},
	}},
	{"has a limit for nobody", "what names no limit is not limited", false, with(func(p *cloudapi.Permit) {
		if p.Number == "" && p.Account == "" {
			p.Number = "none"
		}
	})},
	{"tells whom it refused", "a refusal names nobody", false, broken{
		acquire: func(ctx context.Context, l cloudapi.Limiter, p cloudapi.Permit) error {
			if _, err := l.Acquire(ctx, p); err != nil {
				return fmt.Errorf("to %s: %w", p.Recipient, err)
			}
			return nil
		},
	}},
}

func TestEveryCaseCatchesABrokenLimiter(t *testing.T) {
	t.Parallel()
	var caught []string
	for _, b := range breaks {
		caught = append(caught, b.caught)
		t.Run(b.limiter, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			found, err := limitertest.CheckCase(ctx, b.caught, func(limits cloudapi.Limits) func() cloudapi.Limiter {
				one := cloudapi.NewLimiter(limits)
				return func() cloudapi.Limiter {
					l := b.broken
					if l.Limiter = one; b.apart {
						l.Limiter = cloudapi.NewLimiter(limits)
					}
					return &l
				}
			})
			require.True(t, found, b.caught)
			require.Error(t, err)
		})
	}
	require.ElementsMatch(t, limitertest.CaseNames(), caught, "one for each case")
}
