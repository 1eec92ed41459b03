package settings

import (
	"errors"
	"fmt"

	"github.com/kanava-go/kanava/channel/duration"
)

// Retention says how long a channel keeps things. Zero means for ever; 24 hours is the least unless it says
// otherwise.
type Retention struct {
	// Messages is the age of messages, by WhatsApp's timestamp. Their files go with them, a
	// conversation without newer ones that no desk has open, and a customer of whom nothing is left.
	Messages duration.Duration `json:"messages,omitempty"`
	// Consents is the age of the newest consent, withdrawal or opt-out at which a customer goes of
	// whom nothing else is left: they are the proof of what may be sent to whom.
	Consents duration.Duration `json:"consents,omitempty"`
	// Attachments is the age of the files of messages that stay and say so. It needs a channel.Remover.
	Attachments duration.Duration `json:"attachments,omitempty"`
	// Bodies is the age at which what was said goes while the message stays, with its times, its fate
	// and its files: for hosts that keep it themselves. 1 hour is the least. A message has to be settled:
	// the host has heard of it, and WhatsApp has told what became of it. Upkeep looks once an hour.
	Bodies duration.Duration `json:"bodies,omitempty"`
	// DeadLetters is the age of dead letters.
	DeadLetters duration.Duration `json:"dead_letters,omitempty"`
	// Audit is the age at which it is forgotten who did what; see deskapi.Deed.
	Audit duration.Duration `json:"audit,omitempty"`
}

func (r *Retention) validate() error {
	var problems []error
	for _, f := range []struct {
		name string
		age  duration.Duration
	}{{"messages", r.Messages}, {"consents", r.Consents}, {"attachments", r.Attachments}, {"dead_letters", r.DeadLetters}, {"audit", r.Audit}} {
		if f.age != 0 && f.age < minRetention {
			problems = append(problems, fmt.Errorf("%s: below 24 hours", f.name))
		}
	}
	if r.Bodies != 0 && r.Bodies < duration.Hour {
		problems = append(problems, errors.New("bodies: below 1 hour"))
	}
	return errors.Join(problems...)
}

// minRetention keeps a typing error from emptying a store.
const minRetention = duration.Day
