package template

import (
	"reflect"
	"slices"
	"sync"
)

// Aspect is a part of what a catalog knows about a template.
type Aspect string

// The aspects that can change.
const (
	AspectAdded    Aspect = "added"
	AspectRemoved  Aspect = "removed"
	AspectContent  Aspect = "content"  // components and everything else not named below
	AspectStatus   Aspect = "status"   // also pause, flag and lock
	AspectQuality  Aspect = "quality"  //
	AspectCategory Aspect = "category" // also an announced change
	AspectHealth   Aspect = "health"   //
	AspectStale    Aspect = "stale"    // the content has to be read again
)

// Change tells how one template changed in a [Catalog].
type Change struct {
	Before  *Definition // nil if it was added
	After   *Definition // nil if it was removed
	Aspects []Aspect    // at least one
}

// Has reports whether aspect a changed.
func (c Change) Has(a Aspect) bool { return slices.Contains(c.Aspects, a) }

// aspects compares two states of a template.
func aspects(before, after *Definition) (list []Aspect) {
	switch {
	case before == nil && after == nil:
		return nil
	case before == nil:
		return []Aspect{AspectAdded}
	case after == nil:
		return []Aspect{AspectRemoved}
	}
	add := func(a Aspect, changed bool) {
		if changed {
			list = append(list, a)
		}
	}
	// Fields that say how old something is, such as LastUpdated, are no change.
	b, a := before.Observed, after.Observed
	add(AspectContent, !sameContent(before, after))
	add(AspectStatus, before.Status != after.Status || before.RejectedReason != after.RejectedReason ||
		!b.StatusAt.Equal(a.StatusAt) || b.Pause != a.Pause || b.Flagged != a.Flagged || b.Locked != a.Locked)
	add(AspectQuality, before.score() != after.score())
	add(AspectCategory, before.Category != after.Category || before.CorrectCategory != after.CorrectCategory ||
		!b.CategoryChangeAt.Equal(a.CategoryChangeAt))
	add(AspectHealth, !reflect.DeepEqual(before.Health, after.Health))
	add(AspectStale, b.Stale != a.Stale)
	return list
}

// score returns the quality score, empty if it is not known.
func (d *Definition) score() Score {
	if d.Quality == nil {
		return ""
	}
	return d.Quality.Score
}

// notifier tells changes in the order in which they were made, outside of the
// catalog's lock, so that the listener may use the catalog.
type notifier struct {
	fn      func(Change) // nil: nothing is queued
	queueMu sync.Mutex
	queue   []Change
	telling bool // a goroutine is in drain
}

// note queues a change, if it is one.
func (n *notifier) note(before, after *Definition) {
	if n.fn == nil {
		return
	}
	if list := aspects(before, after); list != nil {
		n.queueMu.Lock()
		n.queue = append(n.queue, Change{before, after, list})
		n.queueMu.Unlock()
	}
}

// drain tells what is queued, unless another goroutine is at it.
func (n *notifier) drain() {
	if n.fn == nil {
		return
	}
	n.queueMu.Lock()
	defer n.queueMu.Unlock()
	if n.telling {
		return
	}
	n.telling = true
	defer func() { n.telling = false }() // even if the listener panics
	for len(n.queue) > 0 {
		c := n.queue[0]
		n.queue = n.queue[1:]
		n.tell(c)
	}
	n.queue = nil
}

// tell hands one change to the listener, with the queue open to others.
func (n *notifier) tell(c Change) {
	n.queueMu.Unlock()
	defer n.queueMu.Lock()
	n.fn(c)
}
