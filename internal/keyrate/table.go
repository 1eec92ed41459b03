package keyrate

// table is a hash table of the simplest kind: entries in one piece of memory, the
// next free place if one is taken. With keys that are hashes already it answers
// with one miss of the cache, where a map needs several, and it never deletes.
type table struct {
	entries []entry // a power of two, at most 3/4 full; the key 0 marks a free one
	n       int
}

// entry is the state of one key.
type entry struct {
	key     uint64
	arrival int64 // theoretical arrival time, nanoseconds since epoch
}

const firstSize = 8

// nonZero moves the key 0 out of the way; it then shares a limit with key 1.
func nonZero(key uint64) uint64 { return max(key, 1) }

// slot finds the entry of a key, or the free one where it belongs. There is
// always a free one.
func (t *table) slot(key uint64) *entry {
	mask := uint64(len(t.entries) - 1)
	for i := key / shardCount & mask; ; i = (i + 1) & mask {
		if e := &t.entries[i]; e.key == key || e.key == 0 {
			return e
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
	if t.n >= len(t.entries)/4*3 {
		t.grow()
	}
	t.n++
	e := t.slot(nonZero(key))
	e.key = nonZero(key)
	return e
}

func (t *table) grow() {
	before := t.entries
	t.entries = make([]entry, max(2*len(before), firstSize))
	for _, e := range before {
		if e.key != 0 {
			*t.slot(e.key) = e
		}
	}
}
