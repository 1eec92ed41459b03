package channel

import (
	"errors"
	"fmt"
	"time"

	"github.com/kanava-go/kanava/channel/duration"
)

// Retention says how long a channel keeps things. Zero means for ever.
type Retention struct {
	// Messages is the age, by WhatsApp's timestamp, at which messages go, with their files.
	// A conversation without newer ones, if no desk has it open, goes with them, and a customer of whom nothing
	// is left and who was last heard of that long ago.
	Messages duration.Duration `json:"messages,omitempty"`
	// Consents is the age of the newest consent, its withdrawal or opt-out at which a customer
	// of whom nothing else is left goes. They are the proof of what may be sent to whom.
	Consents duration.Duration `json:"consents,omitempty"`
	// Attachments is the age at which the files of messages go that stay. It needs an
	// Attachments that is a [Remover]; the message then says that the file was removed.
	Attachments duration.Duration `json:"attachments,omitempty"`
	// DeadLetters is the age at which dead letters go.
	DeadLetters duration.Duration `json:"dead_letters,omitempty"`
}

func (r *Retention) validate() error {
	var problems []error
	for _, f := range []struct {
		name string
		age  duration.Duration
	}{{"messages", r.Messages}, {"consents", r.Consents}, {"attachments", r.Attachments}, {"dead_letters", r.DeadLetters}} {
		if f.age != 0 && f.age < minRetention {
			problems = append(problems, fmt.Errorf("%s: below 24 hours", f.name))
		}
	}
	return errors.Join(problems...)
}

// minRetention keeps a typing error from emptying a store.
const minRetention = duration.Day

// before is the time before which something goes; zero if nothing does.
func before(now time.Time, age duration.Duration) time.Time {
	if age == 0 {
		return time.Time{}
	}
	return now.Add(-time.Duration(age))
}
