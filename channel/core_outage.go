package channel

import (
	"context"
	"sync"
	"time"

	"github.com/kanava-go/kanava/channel/health"
	"github.com/kanava-go/kanava/channel/internal/worker"
	"github.com/kanava-go/kanava/internal/circuit"
)

// How failures in a row become an outage, and how it is tried whether that is over.
var (
	// sendPolicy: three people in a row, or few messages. One whose outcome stays open is gone
	// for now, so that it is seldom risked; asking in another way, and what is refused, costs
	// nothing.
	sendPolicy = circuit.Policy{
		After: 3, Different: 3, Anyway: worker.Few, First: 5 * time.Second, Most: 30 * time.Second, MostCostly: 5 * time.Minute,
	}
	// hostPolicy: three conversations or files in a row, or, where there are no more, five
	// minutes in which nothing went well.
	hostPolicy = circuit.Policy{
		After: 3, Different: 3, Long: 5 * time.Minute, First: time.Second, Most: 30 * time.Second, MostCostly: 30 * time.Second,
	}
)

// lately is for how long something that went well shows that what failed before and after is
// itself at fault.
const lately = time.Hour

// sureFor is for how long something that went well is taken to go on so.
const sureFor = 10 * time.Second

// outages watches what one kind of work needs: the number of a channel, the host's ticketing.
// Each has a circuit of its own, by name.
type outages struct {
	policy circuit.Policy
	now    func() time.Time
	// cautious begins with a few at a time where it is not known whether they go well.
	cautious bool
	// stored says that the store may know of outages.
	stored bool
	// parted says that the names are parts of a whole, "".
	parted bool
	// turned is called, without the lock, when an outage has begun or, with over, ended.
	turned func(ctx context.Context, name string, o health.Outage, over bool)

	mu sync.Mutex
	by map[string]*watched
}

// watched is one circuit, what it is out with, and the work that tries it.
type watched struct {
	circuit.State
	outage health.Outage
	trial  string
	told   bool // that it is out
	// stale says that the store may know of an outage that began before this process.
	stale bool
}

func newOutages(p circuit.Policy, lease time.Duration, now func() time.Time) *outages {
	p.Patience = lease
	return &outages{policy: p, now: now, by: map[string]*watched{}}
}

// get returns the circuit. The caller holds the lock.
func (o *outages) get(name string) *watched {
	w := o.by[name]
	if w == nil {
		w = &watched{stale: true}
		o.by[name] = w
	}
	return w
}

// care says how careful to be with what needs name.
func (o *outages) care(name string) worker.Care {
	o.mu.Lock()
	defer o.mu.Unlock()
	w := o.get(name)
	switch {
	case w.Open && w.MayTry(o.now()):
		return worker.CareOne
	case w.Open:
		return worker.CareClose
	case o.cautious && (w.Failures > 0 || o.now().Sub(w.Worked) > sureFor):
		return worker.CareFew
	}
	return worker.CareNone
}

// enter reports whether a piece of work may use name now: while it is out, one at a time may.
// Whoever entered says how it ended with failed, worked or abandon.
func (o *outages) enter(name, work string) (ok, trial bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	w, now := o.get(name), o.now()
	switch {
	case !w.Open:
		return true, false
	case w.trial == work && !w.MayTry(now):
		return true, true // it has entered
	case !w.MayTry(now):
		return false, false
	}
	w.State, w.trial = w.Try(now, o.policy), work
	return true, true
}

// well reports whether no use of name has failed since one went well.
func (o *outages) well(name string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.get(name).Failures == 0
}

// out reports whether name is out.
func (o *outages) out(name string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.get(name).Open
}

// atFault reports whether something else used name with success after a piece of work had
// failed for the first time, and not long ago: its failures say nothing about name.
func (o *outages) atFault(name string, since time.Time) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	w := o.get(name)
	return !since.IsZero() && w.Worked.After(since) && o.now().Sub(w.Worked) < lately
}

// failed is told that a use of name failed, and reports whether that is an outage now.
func (o *outages) failed(ctx context.Context, name string, f circuit.Failure, kind health.OutageKind, reason string) bool {
	o.mu.Lock()
	w, p := o.get(name), o.policy
	if o.parted && name == "" {
		p.Long = 0 // of one part that fails nobody can tell how the others would do
	}
	before := *w
	if w.State = w.Failed(o.now(), f, p); !w.Open {
		o.mu.Unlock()
		return false
	}
	w.trial = ""
	w.outage = health.Outage{Kind: kind, Since: w.Since.UTC(), Reason: reason}
	now := w.outage
	// Where everything is out, that is what is told.
	whole := o.by[""]
	tell := (!w.told || before.outage.Kind != kind) && (name == "" || whole == nil || !whole.Open)
	w.told = w.told || tell
	o.mu.Unlock()
	if tell {
		o.turned(ctx, name, now, false)
	}
	return true
}

// worked is told that a use of name went well.
func (o *outages) worked(ctx context.Context, name string) {
	o.mu.Lock()
	w := o.get(name)
	before := *w
	*w = watched{State: w.Succeeded(o.now())}
	if name == "" && before.Open {
		for _, part := range o.by {
			part.State = part.Hurry()
		}
	}
	o.mu.Unlock()
	if before.told || before.stale && o.stored {
		o.turned(ctx, name, before.outage, true)
	}
}

// abandon is told that a use of name did not take place.
func (o *outages) abandon(name, work string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if w := o.get(name); w.trial == work {
		w.State, w.trial = w.Abandoned(), ""
	}
}

// hurry lets what is out be tried at once; "" is all of it.
func (o *outages) hurry(name string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for n, w := range o.by {
		if name == "" || n == name || n == "" {
			w.State = w.Hurry()
		}
	}
}

// known tells what the store knows of name: an outage that began before this process did, or
// none.
func (o *outages) known(name string, out health.Outage) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.by[name] = &watched{}
	if !out.Since.IsZero() {
		o.by[name] = &watched{State: circuit.Opened(out.Since), outage: out, told: true}
	}
}

// of returns the outage of name, nil if there is none.
func (o *outages) of(name string) *health.Outage {
	o.mu.Lock()
	defer o.mu.Unlock()
	if w := o.by[name]; w != nil && w.Open {
		out := w.outage
		return &out
	}
	return nil
}

// next is how long it takes until something that is out may be tried; 0 if nothing is out, or
// waits only for something to try it with.
func (o *outages) next() (wait time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := o.now()
	for _, w := range o.by {
		if !w.Open || w.MayTry(now) {
			continue
		}
		if d := max(time.Millisecond, w.Next().Sub(now)); wait == 0 || d < wait {
			wait = d
		}
	}
	return wait
}
