package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/kanava-go/kanava/webhook"
)

// shards is a sink in front of several hubs, each on a database of its own: what is about a number goes
// to the hub that has it, what is about an account to all of them. It is all that it takes to go
// beyond one database. A number moves by being taken from one hub's channels and given to another's.
type shards struct {
	byNumber map[string]webhook.Sink
	all      []webhook.Sink
}

// asTheyAre splits deliveries by number and keeps them as they came: each hub masks what it keeps.
var asTheyAre = webhook.Recorder{PerNumber: true, Redact: func(text string) string { return text }}

// Accept implements [webhook.Sink]. It is done when every hub has what is its own; after an error
// WhatsApp sends all of it again, and those who have it already know it.
func (s *shards) Accept(ctx context.Context, d *webhook.Delivery) error {
	parts, err := asTheyAre.Records(ctx, d)
	errs := []error{err}
	for i := range parts {
		sinks := s.all
		if hub := s.byNumber[parts[i].Number]; hub != nil {
			sinks = []webhook.Sink{hub}
		} else if parts[i].Number != "" {
			sinks = s.all[:1] // a number that nobody has: one hub shows it to its operator
		}
		part, _, err := parts[i].Delivery()
		if err != nil {
			errs = append(errs, fmt.Errorf("split a delivery: %w", err))
			continue
		}
		for _, sink := range sinks {
			errs = append(errs, sink.Accept(ctx, part))
		}
	}
	return errors.Join(errs...)
}
