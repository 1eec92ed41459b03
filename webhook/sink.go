package webhook

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
)

// Sink takes responsibility for verified deliveries.
//
// Accept must return nil only once the delivery is durably recorded: the handler
// then answers 200 and Meta forgets it. After any error Meta sends the delivery
// again, to every app of the account, for up to seven days. Accept is called from
// many goroutines at once, and the same event can come again in another
// delivery: deduplicate on [Event.Key]. Meta expects an answer within 250 ms:
// record now, work later.
//
// The context outlives the request, so that a client that hangs up does not undo
// the work, and ends after Config.Timeout. It carries the request's values.
//
// The text of an error is logged: it must contain nothing of the delivery. A
// panic is contained and counts as an error.
type Sink interface {
	Accept(ctx context.Context, d *Delivery) error
}

// SinkFunc is a function as a [Sink].
type SinkFunc func(ctx context.Context, d *Delivery) error

// Accept calls f.
func (f SinkFunc) Accept(ctx context.Context, d *Delivery) error { return f(ctx, d) }

// Tee returns a sink that hands every delivery to all of sinks, one after the
// other, even if one of them fails or panics. It fails if any of them does, and
// then Meta's repetition reaches all of them again.
func Tee(sinks ...Sink) Sink {
	return SinkFunc(func(ctx context.Context, d *Delivery) error {
		var errs []error
		for _, s := range sinks {
			if err := accept(ctx, s, d); err != nil {
				errs = append(errs, err)
			}
		}
		return errors.Join(errs...)
	})
}

// Filter returns a sink that hands on only the events for which keep returns
// true. If none is left the delivery counts as accepted. If only some are, the
// sink gets a delivery whose Body is made of these, so that what is not wanted
// cannot be stored by accident either.
func Filter(keep func(*Event) bool, sink Sink) Sink {
	return SinkFunc(func(ctx context.Context, d *Delivery) error {
		kept := d.filter(keep)
		if kept == nil {
			return nil
		}
		return sink.Accept(ctx, kept)
	})
}

// filter returns d with only the events to keep: d itself if these are all, nil
// if there are none.
func (d *Delivery) filter(keep func(*Event) bool) *Delivery {
	var events []Event
	for e := range d.Events() {
		if keep(e) {
			events = append(events, *e)
		}
	}
	switch len(events) {
	case 0:
		return nil
	case d.Len():
		return d
	}
	return d.of(events)
}

// of returns a delivery of some of d's events, with a body made of these.
func (d *Delivery) of(events []Event) *Delivery {
	var body []byte
	if len(events) == 1 {
		body = events[0].AppendBody(nil) // which may be no webhook at all
	} else {
		body = append(make([]byte, 0, len(d.Body)), envelopeStart...)
		for i := range events {
			if i > 0 {
				body = append(body, ',')
			}
			body = events[i].appendEntry(body)
		}
		body = append(body, envelopeEnd...)
	}
	return &Delivery{Body: body, Object: d.Object, Secret: d.Secret, Scope: d.Scope, several: &several{events: events}}
}

// perNumber returns d as deliveries with the events of one number each, in the order in which
// the numbers come: d itself if there is but one.
func (d *Delivery) perNumber() []*Delivery {
	var numbers []string
	events := map[string][]Event{}
	for e := range d.Events() {
		if _, known := events[e.Number.ID]; !known {
			numbers = append(numbers, e.Number.ID)
		}
		events[e.Number.ID] = append(events[e.Number.ID], *e)
	}
	if len(numbers) <= 1 {
		return []*Delivery{d}
	}
	parts := make([]*Delivery, len(numbers))
	for i, number := range numbers {
		parts[i] = d.of(events[number])
	}
	return parts
}

// A panicError is the error of a sink that panicked. It tells the type of the
// panic's value but not the value, which could quote a message.
type panicError struct {
	valueType string
	stack     []byte // function names and addresses
}

func (e *panicError) Error() string { return "webhook: sink panicked with " + e.valueType }

// accept calls the sink and turns a panic into an error.
func accept(ctx context.Context, s Sink, d *Delivery) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &panicError{valueType: fmt.Sprintf("%T", v), stack: debug.Stack()}
		}
	}()
	return s.Accept(ctx, d)
}
