package webhook

import "context"

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
// The text of an error is logged: it must contain nothing of the delivery.
type Sink interface {
	Accept(ctx context.Context, d *Delivery) error
}

// SinkFunc is a function as a [Sink].
type SinkFunc func(ctx context.Context, d *Delivery) error

// Accept calls f.
func (f SinkFunc) Accept(ctx context.Context, d *Delivery) error { return f(ctx, d) }
