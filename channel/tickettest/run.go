// Package tickettest proves that a host's [channel.Ticketing] keeps its contract: that no
// message is filed twice or lost when calls are repeated, overlap, fail or come after a
// restart. A test of the host is a few lines:
//
//	func TestTicketing(t *testing.T) {
//		tickettest.Run(t, func(t *testing.T) tickettest.System {
//			db := openEmptyDatabase(t)
//			return tickettest.System{
//				Ticketing: NewTicketing(db),
//				Restart:   func() (channel.Ticketing, error) { return NewTicketing(db), nil },
//				Tickets:   func(ctx context.Context) ([]string, error) { … },
//				Entries:   func(ctx context.Context, ticket string) ([]string, error) { … },
//			}
//		})
//	}
//
// Each failure says which sentence of the contract was broken.
package tickettest

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/kanava-go/kanava/channel"
)

// System is a ticket system under test: what the hub sees of it, and what the suite must
// see besides. All fields but Channels are required. The functions may be called at any time, but
// not while a call of the Ticketing is under way.
type System struct {
	// Ticketing is what is tested.
	Ticketing channel.Ticketing
	// Restart returns another Ticketing on the same data, as a new process would make it
	// after the old one was killed. The old one is not used any more.
	Restart func() (channel.Ticketing, error)
	// Tickets returns the references of all tickets, in any order: what Receive returns.
	Tickets func(ctx context.Context) ([]string, error)
	// Entries returns what a ticket holds, oldest first, one string for each entry, whatever
	// the host makes of it: the suite looks for the texts of its messages in them. Entries
	// that the host adds by itself do no harm.
	Entries func(ctx context.Context, ticket string) ([]string, error)
	// Channels are the IDs of channels that the ticket system knows, over which the suite deals out
	// its conversations; nil: one called "support".
	Channels []string
}

// Run checks a ticket system against the contract of [channel.Ticketing]. It calls open
// for each case; what it returns must be empty. The cases are subtests, so that one can be
// run alone with -run.
func Run(t *testing.T, open func(t *testing.T) System) {
	t.Helper()
	for _, c := range cases() {
		t.Run(c.name, func(t *testing.T) {
			if err := c.run(t.Context(), open(t)); err != nil {
				t.Errorf("%v\nthe contract: %s", err, c.contract)
			}
		})
	}
}

// testCase is one question to a ticket system.
type testCase struct {
	name string
	// contract is the sentence that is checked.
	contract string
	check    func(ctx context.Context, s *session) error
}

func cases() []testCase {
	var all []testCase
	all = append(all, receiveCases...)
	all = append(all, repeatCases...)
	return append(all, changeCases...)
}

func (c *testCase) run(ctx context.Context, sys System) error {
	if sys.Ticketing == nil || sys.Restart == nil || sys.Tickets == nil || sys.Entries == nil {
		return errors.New("tickettest: a field of System is not set")
	}
	if sys.Channels == nil {
		sys.Channels = []string{"support"}
	}
	for i, id := range sys.Channels {
		if id == "" || slices.Contains(sys.Channels[:i], id) {
			return errors.New("tickettest: an ID in System.Channels is empty or there twice")
		}
	}
	if len(sys.Channels) == 0 {
		return errors.New("tickettest: System.Channels is empty")
	}
	return c.check(ctx, &session{sys: sys, tickets: map[string]string{}})
}
