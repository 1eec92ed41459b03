package worker

import (
	"time"

	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/store"
)

// Outcome is what becomes of a job: it is done, comes again later, or is buried as a dead letter. A
// handler returns it from the step in which it decides, so that both are committed together; see
// [Job.Settle]. The zero value settles nothing: the job stays in the worker's hand.
type Outcome struct {
	verdict verdict
	due     time.Time
	body    []byte
	reason  string
	// merged says that the work may come again, and before what is ahead of it in its lane; news that it
	// changed something. See Merged.
	merged, news bool
}

type verdict int

const (
	inHand verdict = iota
	done
	later
	buried
)

// Done says that nothing of the job is left to do.
func Done() Outcome { return Outcome{verdict: done} }

// Merged is Done for work that any number of times in any order does what it does once: if it was never
// enqueued, it leaves nothing in the queue by which it would be known again, and does not wait for its lane.
// There is no news in work that was done before.
func Merged(news bool) Outcome { return Outcome{verdict: done, merged: true, news: news} }

// Later says that the job comes again at a time, and why.
func Later(due time.Time, reason string) Outcome {
	return Outcome{verdict: later, due: due, reason: reason}
}

// LaterAs is Later with another body; nil keeps the one it has.
func LaterAs(due time.Time, reason string, body []byte) Outcome {
	return Outcome{verdict: later, due: due, reason: reason, body: body}
}

// Buried says that the job becomes a dead letter, and why.
func Buried(reason string) Outcome { return Outcome{verdict: buried, reason: reason} }

// Buries returns why the job becomes a dead letter, if it does.
func (o Outcome) Buries() (reason string, yes bool) { return o.reason, o.verdict == buried }

// Settle has a step do to the job's work what the outcome says.
func (j *Job) Settle(s *step.Step, o Outcome) error {
	j.verdict = o.verdict
	switch {
	case j.passing && o.verdict != done:
		return store.ErrMustQueue
	case j.passing && o.merged:
		j.stale = !o.news
	case j.passing:
		s.Pass(store.Passed{Queue: j.Queue, ID: j.ID, Lane: j.Lane})
	case o.verdict == done:
		s.Finish(j.Lease())
	case o.verdict == later:
		body := o.body
		if body != nil && j.Item != nil {
			body = step.Keep(body, j.Body, j.Item)
		}
		s.Postpone(store.Postponed{Lease: j.Lease(), Due: o.due, Reason: o.reason, Body: body})
	case o.verdict == buried:
		s.Bury(j.Lease(), o.reason)
	}
	return nil
}
