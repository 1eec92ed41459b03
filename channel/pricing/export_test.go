package pricing

// HeapLen returns the length of the queue of times, for a test of its bound.
func (r *Reach) HeapLen() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.next)
}
