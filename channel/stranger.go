package channel

import (
	"context"
	"sync"
	"time"
)

// How long items of a number that belongs to no channel wait for one, with growing pauses,
// before they become dead letters: a few minutes in which another process may know the
// channel, or the host may add it.
const (
	numberPatience = 8               // tries of one item
	numberWait     = 3 * time.Minute // since this process first met the number
)

// strangers are the numbers that belong to no channel, with the time at which an item of
// theirs was first seen. Without it each item of a conversation would wait anew, behind the
// one before.
type strangers struct {
	mu    sync.Mutex
	since map[string]time.Time
}

// maxStrangers bounds the memory; beyond it all numbers are met anew.
const maxStrangers = 10_000

// wait says whether items of the number should still wait for a channel.
func (s *strangers) wait(number string, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	since, ok := s.since[number]
	if !ok {
		if s.since == nil || len(s.since) >= maxStrangers {
			s.since = map[string]time.Time{}
		}
		s.since[number], since = now, now
	}
	return now.Sub(since) < numberWait
}

// forget lets the number's next item be the first again.
func (s *strangers) forget(number string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.since, number)
}

func (h *Hub) unknownNumber(ctx context.Context, w *Work, number string) error {
	if !h.strangers.wait(number, h.now()) || w.Tries >= numberPatience {
		return h.bury(ctx, w, errUnknownNumber)
	}
	return h.do(ctx, func(u *unit) error {
		u.Later = append(u.Later, Postponed{
			Lease: w.Lease(), Due: u.now.Add(pause(w.Tries)), Reason: reasonOf(errUnknownNumber),
		})
		return nil
	})
}
