package pricing

import (
	"container/heap"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Tier is a messaging limit: how many unique users a business portfolio may
// reach outside customer service windows within a rolling 24 hours, over all
// its numbers. The zero Tier allows nobody.
//
// Platform source: developers.facebook.com/documentation/business-messaging/whatsapp/messaging-limits,
// checked 2026-11-22.
type Tier int64

// Tiers in use. Meta has had others and reports numbers as well as names.
const (
	Tier250       Tier = 250
	Tier2K        Tier = 2_000
	Tier10K       Tier = 10_000
	Tier100K      Tier = 100_000
	TierUnlimited Tier = -1
)

// ErrTier reports a messaging limit that cannot be read. "TIER_NOT_SET" is one:
// it says nothing about how many users may be reached.
var ErrTier = errors.New("pricing: parse messaging limit: unknown form")

// ParseTier reads a messaging limit as Meta reports it: "TIER_250", "TIER_2K",
// "TIER_UNLIMITED", or as a number with -1 for unlimited.
func ParseTier(s string) (Tier, error) {
	if s == "TIER_UNLIMITED" || s == "-1" {
		return TierUnlimited, nil
	}
	n, factor := strings.TrimPrefix(s, "TIER_"), int64(1)
	if thousands, ok := strings.CutSuffix(n, "K"); ok {
		n, factor = thousands, 1000
	}
	v, err := strconv.ParseInt(n, 10, 32)
	if err != nil || v <= 0 || !digits(n) {
		return 0, ErrTier
	}
	return Tier(v * factor), nil
}

// String returns the number, or "unlimited".
func (t Tier) String() string {
	if t < 0 {
		return "unlimited"
	}
	return strconv.FormatInt(int64(t), 10)
}

// reachPeriod is the rolling period of a messaging limit.
const reachPeriod = int64(24 * time.Hour / time.Second)

// Reach counts the users of one portfolio that were reached outside a customer
// service window in the last 24 hours, exactly. It is safe for concurrent use.
//
// What it holds is one time per user, the latest; two Reaches merge by noting
// each other's users, in any order and repeatedly. An attempt counts from the
// moment it is reserved even if it fails later: the cautious side. With
// TierUnlimited nobody is counted and nothing is kept.
//
// Time must not run backwards by more than the caller can accept: users whose
// 24 hours are over are forgotten.
type Reach struct {
	mu   sync.Mutex
	tier Tier
	last map[string]int64 // user -> Unix seconds
	next reachHeap        // by time; may hold outdated times of a user
}

// NewReach returns an empty count for a messaging limit.
func NewReach(tier Tier) *Reach { return &Reach{tier: tier, last: map[string]int64{}} }

// SetTier changes the limit. Users already counted stay so, except with
// TierUnlimited.
func (r *Reach) SetTier(tier Tier) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tier = tier
	if tier < 0 {
		clear(r.last)
		r.next = nil
	}
}

// Tier returns the limit.
func (r *Reach) Tier() Tier {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.tier
}

// Reserve counts a user that is about to be reached outside a window, or
// refuses with a *[LimitError], which matches ErrLimitReached. A user who counts
// already is never refused. Name users by an id of your own, not by a phone
// number, and by the same id on every number of the portfolio.
func (r *Reach) Reserve(user string, now time.Time) error {
	if user == "" {
		return fmt.Errorf("%w: reach", ErrNoID)
	}
	if !credible(now) {
		return fmt.Errorf("%w: reach", ErrTime)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.tier < 0 {
		return nil
	}
	r.expire(now.Unix())
	if _, known := r.last[user]; !known && int64(len(r.last)) >= int64(r.tier) {
		e := &LimitError{Tier: r.tier, Reached: len(r.last)}
		e.Next, _ = r.free()
		return e
	}
	r.note(user, now.Unix())
	return nil
}

// Note records that a user was reached, without asking: by another process, or
// before a restart. Times that cannot be are ignored.
func (r *Reach) Note(user string, at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if user != "" && credible(at) && r.tier >= 0 {
		r.note(user, at.Unix())
	}
}

// Count returns how many users count at the given time.
func (r *Reach) Count(now time.Time) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.expire(now.Unix())
	return len(r.last)
}

// NextFree returns the moment from which another user can be reached: now if
// there is a slot, and false if there will never be one, because the limit is
// zero.
func (r *Reach) NextFree(now time.Time) (time.Time, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.expire(now.Unix())
	if r.tier < 0 || int64(len(r.last)) < int64(r.tier) {
		return now, true
	}
	return r.free()
}

// All yields the users that count at the given time and when each was last
// reached, in no particular order. The Reach is not locked meanwhile.
func (r *Reach) All(now time.Time) iter.Seq2[string, time.Time] {
	return func(yield func(string, time.Time) bool) {
		r.mu.Lock()
		r.expire(now.Unix())
		users := make([]reached, 0, len(r.last))
		for user, at := range r.last {
			users = append(users, reached{at, user})
		}
		r.mu.Unlock()
		for _, u := range users {
			if !yield(u.user, time.Unix(u.at, 0).UTC()) {
				return
			}
		}
	}
}

// note keeps the latest time of a user.
func (r *Reach) note(user string, at int64) {
	if known, ok := r.last[user]; ok && known >= at {
		return
	}
	r.last[user] = at
	heap.Push(&r.next, reached{at, user})
	if len(r.next) > 2*len(r.last)+64 {
		r.next = slices.DeleteFunc(r.next, func(e reached) bool { return r.last[e.user] != e.at })
		heap.Init(&r.next)
	}
}

// expire forgets the users whose 24 hours are over.
func (r *Reach) expire(now int64) {
	for len(r.next) > 0 {
		e := r.next[0]
		current := r.last[e.user] == e.at
		if current && now-e.at < reachPeriod {
			return
		}
		heap.Pop(&r.next)
		if current {
			delete(r.last, e.user)
		}
	}
}

// free returns when the count falls below the limit. It follows expire.
func (r *Reach) free() (time.Time, bool) {
	if r.tier <= 0 {
		return time.Time{}, false
	}
	at := r.next[0].at
	if over := len(r.last) - int(r.tier); over > 0 { // the limit was lowered
		times := make([]int64, 0, len(r.last))
		for _, t := range r.last {
			times = append(times, t)
		}
		slices.Sort(times)
		at = times[over]
	}
	return time.Unix(at+reachPeriod, 0).UTC(), true
}

// ErrLimitReached says that the portfolio has reached as many users outside
// customer service windows as it may within 24 hours.
var ErrLimitReached = errors.New("pricing: messaging limit reached")

// LimitError says when another user can be reached. It matches
// [ErrLimitReached] and names nobody.
type LimitError struct {
	Tier    Tier
	Reached int
	Next    time.Time // zero if never, because Tier is zero
}

// Error names the figures.
func (e *LimitError) Error() string {
	s := fmt.Sprintf("%s: %d of %s users", ErrLimitReached, e.Reached, e.Tier)
	if !e.Next.IsZero() {
		s += ", next slot at " + e.Next.UTC().Format(time.RFC3339)
	}
	return s
}

// Is reports whether target is ErrLimitReached.
func (e *LimitError) Is(target error) bool { return target == ErrLimitReached }

// reached is a user and when.
type reached struct {
	at   int64
	user string
}

// reachHeap orders by time, the earliest on top.
type reachHeap []reached

func (h reachHeap) Len() int           { return len(h) }
func (h reachHeap) Less(i, j int) bool { return h[i].at < h[j].at }
func (h reachHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *reachHeap) Push(x any)        { *h = append(*h, x.(reached)) }
func (h *reachHeap) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}
