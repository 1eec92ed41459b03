package memstore

import (
	"iter"
	"slices"
)

// place is where something stands in an order: by rank, then by name. Work uses the
// time it became ready and its Seq; records use Sort and Key.
type place struct {
	rank int64
	seq  int64
	key  string
}

func (p place) compare(q place) int {
	switch {
	case p.rank < q.rank:
		return -1
	case p.rank > q.rank:
		return 1
	case p.seq < q.seq:
		return -1
	case p.seq > q.seq:
		return 1
	case p.key < q.key:
		return -1
	case p.key > q.key:
		return 1
	}
	return 0
}

// chunk is the largest number of elements that one slice of a sorted list holds.
const chunk = 256

// sorted is a list in the order of places: short sorted slices, one after the other.
// With a million elements a change moves some hundred neighbours and looks at twenty
// places. The zero value is an empty list. No slice in it is empty.
type sorted[T any] struct {
	chunks [][]entry[T]
}

type entry[T any] struct {
	at    place
	value T
}

// find returns the chunk and the index of the first element not before p.
func (s *sorted[T]) find(p place) (c, i int) {
	c, _ = slices.BinarySearchFunc(s.chunks, p, func(es []entry[T], p place) int {
		return es[len(es)-1].at.compare(p)
	})
	if c == len(s.chunks) {
		return c, 0
	}
	i, _ = slices.BinarySearchFunc(s.chunks[c], p, func(e entry[T], p place) int { return e.at.compare(p) })
	return c, i
}

// insert adds v at p, where nothing may stand yet.
func (s *sorted[T]) insert(p place, v T) {
	c, i := s.find(p)
	if c == len(s.chunks) {
		if c == 0 {
			s.chunks = append(s.chunks, []entry[T]{{p, v}})
			return
		}
		c--
		i = len(s.chunks[c])
	}
	es := slices.Insert(s.chunks[c], i, entry[T]{p, v})
	s.chunks[c] = es
	if len(es) <= chunk {
		return
	}
	half := len(es) / 2
	if i == len(es)-1 {
		half = len(es) - 1 // growth at the end fills its slices
	}
	s.chunks = slices.Insert(s.chunks, c+1, slices.Clone(es[half:]))
	clear(es[half:])
	s.chunks[c] = es[:half]
}

// remove takes away what stands at p, if anything does.
func (s *sorted[T]) remove(p place) {
	c, i := s.find(p)
	if c == len(s.chunks) || s.chunks[c][i].at != p {
		return
	}
	if s.chunks[c] = slices.Delete(s.chunks[c], i, i+1); len(s.chunks[c]) == 0 {
		s.chunks = slices.Delete(s.chunks, c, c+1)
	}
}

func (s *sorted[T]) empty() bool { return len(s.chunks) == 0 }

// from yields the elements at or behind p in ascending order.
func (s *sorted[T]) from(p place) iter.Seq2[place, T] {
	return func(yield func(place, T) bool) {
		c, i := s.find(p)
		for ; c < len(s.chunks); c, i = c+1, 0 {
			for _, e := range s.chunks[c][i:] {
				if !yield(e.at, e.value) {
					return
				}
			}
		}
	}
}

// before yields the elements before p, the last first.
func (s *sorted[T]) before(p place) iter.Seq2[place, T] {
	return func(yield func(place, T) bool) {
		c, i := s.find(p)
		for {
			for i--; i >= 0; i-- {
				if e := s.chunks[c][i]; !yield(e.at, e.value) {
					return
				}
			}
			if c--; c < 0 {
				return
			}
			i = len(s.chunks[c])
		}
	}
}
