package worker

import "sync"

// greed bounds how much of a queue's room one group may have in hand while others may want
// some: that many times what is free. However slow a group is, something is free then for
// the next one, and of several slow ones none has much more than another.
const greed = 2

// shares are how much each group of a queue has in hand. A bound on what a claim takes would
// not do: a slow group takes its part at every claim and gives nothing back.
type shares struct {
	mu     sync.Mutex
	inHand map[string]int
}

func (s *shares) take(group string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.inHand == nil {
		s.inHand = map[string]int{}
	}
	s.inHand[group]++
}

func (s *shares) put(group string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.inHand[group]--; s.inHand[group] <= 0 {
		delete(s.inHand, group)
	}
}

// has says whether the group has anything in hand.
func (s *shares) has(group string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.inHand[group] > 0
}

// hungry are those of the groups that have not their share yet, when so much is free.
func (s *shares) hungry(groups []string, free int) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.inHand) == 0 {
		return groups
	}
	out := make([]string, 0, len(groups))
	for _, g := range groups {
		if hungry(s.inHand[g], free) {
			out = append(out, g)
		}
	}
	return out
}

// mayTake says whether the group has not its share yet, when so much is free.
func (s *shares) mayTake(group string, free int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return hungry(s.inHand[group], free)
}

// idle are those of the groups that have nothing in hand.
func (s *shares) idle(groups []string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]string, 0, len(groups))
	for _, g := range groups {
		if s.inHand[g] == 0 {
			out = append(out, g)
		}
	}
	return out
}

// having sorts those of the groups that have less than most in hand by how much that is.
func (s *shares) having(groups []string, most int) [][]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([][]string, most)
	for _, g := range groups {
		if n := s.inHand[g]; n < most {
			out[n] = append(out[n], g)
		}
	}
	return out
}

// sated is how much those have in hand who may have no more.
func (s *shares) sated(free int) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, inHand := range s.inHand {
		if !hungry(inHand, free) {
			n += inHand
		}
	}
	return n
}

func hungry(inHand, free int) bool { return inHand < greed*free }
