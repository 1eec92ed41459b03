package tickettest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
)

// patience is how long a call may take, and how long it may go on after its context ended.
const patience = 10 * time.Second

// errPanic and errLate are failures of a call that the host did not report itself.
var (
	errPanic = errors.New("the call panicked")
	errLate  = errors.New("the call did not return in time")
)

// session plays the hub towards one ticket system.
type session struct {
	sys     System
	tickets map[string]string // by conversation, as the hub would keep them
}

// call runs f and fails if it panics or does not come back.
func call(f func() error) error {
	done := make(chan error, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				done <- fmt.Errorf("%w: %v", errPanic, p)
			}
		}()
		done <- f()
	}()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case err := <-done:
		return err
	case <-timer.C:
		return errLate
	}
}

// offer hands a message over as it is and returns the ticket.
func (s *session) offer(ctx context.Context, in *conversation.Received) (ticket string, err error) {
	answer := make(chan string, 1)
	if err = call(func() error {
		ticket, err := s.sys.Ticketing.Receive(ctx, in)
		answer <- ticket
		return err
	}); err != nil {
		return "", err
	}
	return <-answer, nil
}

// receive hands a message over as the hub does: with the ticket that is known for the
// conversation, which it keeps.
func (s *session) receive(ctx context.Context, in *conversation.Received) (ticket string, err error) {
	in.Conversation.Ticket = s.tickets[in.Conversation.ID]
	if ticket, err = s.offer(ctx, in); err != nil {
		return "", fmt.Errorf("call of Receive failed: %w", err)
	}
	if ticket == "" {
		if ticket = s.tickets[in.Conversation.ID]; ticket == "" {
			return "", errors.New("call of Receive returned no ticket for a conversation that has none yet")
		}
	}
	s.tickets[in.Conversation.ID] = ticket
	return ticket, nil
}

func (s *session) changed(ctx context.Context, c *conversation.Change) error {
	if err := call(func() error { return s.sys.Ticketing.Changed(ctx, c) }); err != nil {
		return fmt.Errorf("call of Changed with kind %q failed: %w", c.Kind, err)
	}
	return nil
}

// restart goes on as another process.
func (s *session) restart() error {
	next, err := s.sys.Restart()
	if err != nil {
		return fmt.Errorf("call of Restart failed: %w", err)
	}
	if next == nil {
		return errors.New("call of Restart returned no Ticketing")
	}
	s.sys.Ticketing = next
	return nil
}

// entries returns what a ticket holds.
func (s *session) entries(ctx context.Context, ticket string) ([]string, error) {
	list, err := s.sys.Entries(ctx, ticket)
	if err != nil {
		return nil, fmt.Errorf("call of Entries failed: %w", err)
	}
	return list, nil
}

// holds checks that a ticket holds exactly the given texts of the suite, in order.
func (s *session) holds(ctx context.Context, ticket string, texts ...string) error {
	list, err := s.entries(ctx, ticket)
	if err != nil {
		return err
	}
	var got []string
	for _, entry := range list {
		got = append(got, marked.FindAllString(entry, -1)...)
	}
	if !slices.Equal(got, texts) {
		return fmt.Errorf("the ticket holds the messages %q, want %q", got, texts)
	}
	return nil
}

// everywhere counts the entries with a text in all tickets: one that was filed into a
// ticket of nobody is found as well.
func (s *session) everywhere(ctx context.Context, text string) (n int, err error) {
	tickets, err := s.sys.Tickets(ctx)
	if err != nil {
		return 0, fmt.Errorf("call of Tickets failed: %w", err)
	}
	slices.Sort(tickets)
	for _, ticket := range slices.Compact(tickets) {
		list, err := s.entries(ctx, ticket)
		if err != nil {
			return 0, err
		}
		for _, entry := range list {
			if strings.Contains(entry, text) {
				n++
			}
		}
	}
	return n, nil
}

// once checks that a text was filed exactly once, in the given ticket.
func (s *session) once(ctx context.Context, ticket, text string) error {
	n, err := s.everywhere(ctx, text)
	if err != nil {
		return err
	}
	if n != 1 {
		return fmt.Errorf("the message was filed %d times, want once", n)
	}
	list, err := s.entries(ctx, ticket)
	if err == nil && !slices.ContainsFunc(list, func(entry string) bool { return strings.Contains(entry, text) }) {
		err = errors.New("the message was filed in another ticket than Receive returned")
	}
	return err
}

// grows hands a message over and checks that its ticket holds more afterwards.
func (s *session) grows(ctx context.Context, in *conversation.Received) error {
	before := 0
	if ticket := s.tickets[in.Conversation.ID]; ticket != "" {
		list, err := s.entries(ctx, ticket)
		if err != nil {
			return err
		}
		before = len(list)
	}
	ticket, err := s.receive(ctx, in)
	if err != nil {
		return err
	}
	list, err := s.entries(ctx, ticket)
	if err == nil && len(list) <= before {
		err = errors.New("the ticket holds no more than before")
	}
	return err
}

// count returns how many tickets there are.
func (s *session) count(ctx context.Context) (int, error) {
	tickets, err := s.sys.Tickets(ctx)
	if err != nil {
		return 0, fmt.Errorf("call of Tickets failed: %w", err)
	}
	slices.Sort(tickets)
	return len(slices.Compact(tickets)), nil
}
