package step

import (
	"sync"

	"github.com/kanava-go/kanava/channel/store"
)

// A step lives for a moment and needs a dozen lists and maps, which are most of what it costs. They are used
// again by the next one; what stands in them is not.

// spare are steps that have ended.
var spare = sync.Pool{New: func() any {
	return &Step{read: map[store.RecordKey]*read{}, puts: map[store.RecordKey]int{}}
}}

// mostSpared is how many records or pieces of work a step may have had that is used again: to empty the
// maps of a large one would take every later one longer.
const mostSpared = 64

// end gives all places up, and makes a spare one of the step unless somebody else may have a part of it:
// whoever panicked, a store that did not answer, a host that has yet to commit.
func (s *Step) end() {
	s.release()
	s.watch()
	if !s.alone || len(s.read) > mostSpared || len(s.puts) > mostSpared || len(s.batch.Enqueue) > mostSpared {
		return
	}
	clear(s.read)
	clear(s.puts)
	b := &s.batch
	*s = Step{
		read: s.read, puts: s.puts, saved: emptied(s.saved), held: s.held, wake: emptied(s.wake), later: emptied(s.later),
		batch: store.Batch{
			Expect: emptied(b.Expect), Put: emptied(b.Put), Add: emptied(b.Add), Enqueue: emptied(b.Enqueue),
			Pass: emptied(b.Pass), Start: emptied(b.Start), Done: emptied(b.Done),
			Index: emptied(b.Index), Tell: emptied(b.Tell),
		},
	}
	spare.Put(s)
}

// emptied is a list without what stood in it.
func emptied[T any](list []T) []T {
	clear(list)
	return list[:0]
}
