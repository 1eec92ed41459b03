package keyrate

// table is a hash table of the simplest kind. The search for a key begins in the line
// where it belongs, at one of its places, and goes round the line before it goes on to
// the next, so that nearly every answer takes one miss of the cache. With keys that are
// hashes already it needs no other hash, and it never deletes.
type table struct {
	lines []line // at most 3/4 full
	n     int
}

// line is as long as a line of the cache.
type line [perLine]entry

const perLine = 4

// entry is the state of one key.
type entry struct {
	key     uint64 // 0 if it is free
	arrival int64  // theoretical arrival time, nanoseconds
}

// nonZero moves the key 0 out of the way; it then shares a limit with key 1.
func nonZero(key uint64) uint64 { return max(key, 1) }

// slot finds the entry of a key, or the free one where it belongs. There is
// always a free one.
func (t *table) slot(key uint64) *entry {
	const odd = 0x9e3779b97f4a7c15 // spreads keys that are not quite as random
	h := key / shardCount * odd
	i := h >> 32 * uint64(len(t.lines)) >> 32
	for {
		l := &t.lines[i]
		for j := range uint64(perLine) {
			if e := &l[(h+j)%perLine]; e.key == key || e.key == 0 {
				return e
			}
		}
		if i++; i == uint64(len(t.lines)) {
			i = 0
		}
	}
}

// find gives the entry of a key, nil if there is none.
func (t *table) find(key uint64) *entry {
	if t.n == 0 {
		return nil
	}
	if e := t.slot(nonZero(key)); e.key != 0 {
		return e
	}
	return nil
}

// insert makes the entry of a key that has none. Entries found before are no
// longer valid.
func (t *table) insert(key uint64) *entry {
	if t.n >= len(t.lines)*(perLine*3/4) {
		t.grow()
	}
	t.n++
	e := t.slot(nonZero(key))
	e.key = nonZero(key)
	return e
}

// grow makes 1, 2, 3, 4, 6, 8, 12, 16 … lines.
func (t *table) grow() {
	before := t.lines
	n := len(before)
	switch {
	case n < 2:
		n++
	case n&(n-1) == 0:
		n += n / 2
	default:
		n += n / 3
	}
	t.lines = make([]line, n)
	for i := range before {
		for _, e := range before[i] {
			if e.key != 0 {
				*t.slot(e.key) = e
			}
		}
	}
}
