package tickettest

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"

	"github.com/kanava-go/kanava/channel/conversation"
)

const idempotent = "A call is repeated after an error, a crash or a timeout, with the same ID: implementations must be idempotent on the ID."

var repeatCases = []testCase{
	{
		"the same ID again files nothing and returns the same ticket", idempotent,
		func(ctx context.Context, s *session) error {
			ticket, err := s.receive(ctx, s.sample("a", 1))
			if err != nil {
				return err
			}
			return s.repeat(ctx, ticket)
		},
	},
	{
		"the same ID again, before the hub could keep the ticket", idempotent,
		func(ctx context.Context, s *session) error {
			ticket, err := s.offer(ctx, s.sample("a", 1))
			if err != nil {
				return fmt.Errorf("call of Receive failed: %w", err)
			}
			again, err := s.offer(ctx, s.sample("a", 1)) // its Conversation.Ticket is empty still
			if err != nil {
				return fmt.Errorf("repeated call of Receive failed: %w", err)
			}
			if again != ticket {
				return errors.New("repeated call of Receive returned another ticket for the same ID")
			}
			return s.once(ctx, ticket, text("a", 1))
		},
	},
	{
		"an old ID again, after others", idempotent,
		func(ctx context.Context, s *session) error {
			ticket, err := s.receive(ctx, s.sample("a", 1))
			if err != nil {
				return err
			}
			for n := 2; n <= 40; n++ {
				for _, conversationID := range []string{"a", "b"} {
					if _, err := s.receive(ctx, s.sample(conversationID, n)); err != nil {
						return err
					}
				}
			}
			return s.repeat(ctx, ticket)
		},
	},
	{
		"the same ID again after a restart", idempotent,
		func(ctx context.Context, s *session) error {
			ticket, err := s.receive(ctx, s.sample("a", 1))
			if err != nil {
				return err
			}
			if err := s.restart(); err != nil {
				return err
			}
			if err := s.repeat(ctx, ticket); err != nil {
				return err
			}
			next, err := s.receive(ctx, s.sample("a", 2))
			if err != nil {
				return err
			}
			if next != ticket {
				return errors.New("after a restart the conversation goes on in another ticket")
			}
			return s.holds(ctx, ticket, text("a", 1), text("a", 2))
		},
	},
	{
		"the same ID twice at once",
		idempotent + " After a timeout the first call may still be under way.",
		func(ctx context.Context, s *session) error {
			for n := 1; n <= 10; n++ {
				tickets, errs := make([]string, 4), make([]error, 4)
				var wg sync.WaitGroup
				for i := range tickets {
					wg.Go(func() {
						in := s.sample("a", n)
						in.Conversation.Ticket = s.tickets["v_a"]
						tickets[i], errs[i] = s.offer(ctx, in)
					})
				}
				wg.Wait()
				for _, err := range errs { // some may lose against the others, and are repeated
					if errors.Is(err, errPanic) || errors.Is(err, errLate) {
						return err
					}
				}
				ticket, err := s.receive(ctx, s.sample("a", n))
				if err != nil {
					return err
				}
				for i := range tickets {
					if errs[i] == nil && tickets[i] != ticket && tickets[i] != "" {
						return errors.New("calls with the same ID returned different tickets")
					}
				}
				if err := s.once(ctx, ticket, text("a", n)); err != nil {
					return err
				}
			}
			return nil
		},
	},
	{
		"different conversations at once",
		"Both methods may be called for different conversations at the same time; the calls for one conversation come one after the other, in order.",
		func(ctx context.Context, s *session) error {
			const conversations, messages = 8, 6
			tickets, errs := make([]string, conversations), make([]error, conversations)
			var wg sync.WaitGroup
			for i := range conversations {
				wg.Go(func() { tickets[i], errs[i] = s.chat(ctx, fmt.Sprintf("c%d", i), messages) })
			}
			wg.Wait()
			if err := errors.Join(errs...); err != nil {
				return err
			}
			for i, ticket := range tickets {
				var want []string
				for n := range messages {
					want = append(want, text(fmt.Sprintf("c%d", i), n+1))
				}
				if err := s.holds(ctx, ticket, want...); err != nil {
					return fmt.Errorf("conversation %d: %w", i, err)
				}
			}
			n, err := s.count(ctx)
			if err == nil && n != conversations {
				err = fmt.Errorf("%d tickets for %d conversations", n, conversations)
			}
			return err
		},
	},
	{
		"a call whose context has ended returns with an error",
		"The context ends when the lease of the work does: the work is somebody else's then.",
		func(ctx context.Context, s *session) error {
			over, cancel := context.WithCancel(ctx)
			cancel()
			if _, err := s.offer(over, s.sample("a", 1)); err == nil {
				return errors.New("call of Receive succeeded although its context had ended")
			} else if errors.Is(err, errPanic) || errors.Is(err, errLate) {
				return err
			}
			err := call(func() error { return s.sys.Ticketing.Changed(over, s.change("a", "x", conversation.WindowClosing)) })
			if errors.Is(err, errPanic) || errors.Is(err, errLate) {
				return err
			}
			ticket, err := s.receive(ctx, s.sample("a", 1))
			if err != nil {
				return fmt.Errorf("repeated in time: %w", err)
			}
			return s.once(ctx, ticket, text("a", 1))
		},
	},
	{
		"a call that is cut off can be repeated", idempotent,
		func(ctx context.Context, s *session) error {
			for n := 1; n <= 30; n++ {
				cut, cancel := context.WithCancel(ctx)
				go func() {
					for range n * n {
						runtime.Gosched()
					}
					cancel()
				}()
				in := s.sample("a", n)
				in.Conversation.Ticket = s.tickets["v_a"]
				if _, err := s.offer(cut, in); errors.Is(err, errPanic) || errors.Is(err, errLate) {
					cancel()
					return err
				}
				cancel()
				ticket, err := s.receive(ctx, s.sample("a", n))
				if err != nil {
					return fmt.Errorf("repeated in time: %w", err)
				}
				if err := s.once(ctx, ticket, text("a", n)); err != nil {
					return fmt.Errorf("cut off and repeated: %w", err)
				}
			}
			n, err := s.count(ctx)
			if err == nil && n != 1 {
				err = fmt.Errorf("%d tickets for one conversation", n)
			}
			return err
		},
	},
}

// repeat offers the first message of conversation a again.
func (s *session) repeat(ctx context.Context, ticket string) error {
	again, err := s.receive(ctx, s.sample("a", 1))
	if err != nil {
		return fmt.Errorf("when repeated: %w", err)
	}
	if again != ticket {
		return errors.New("repeated call of Receive returned another ticket for the same ID")
	}
	return s.once(ctx, ticket, text("a", 1))
}

// chat hands over several messages of one conversation, each one twice, and returns the
// ticket. Other conversations do the same meanwhile.
func (s *session) chat(ctx context.Context, conversationID string, messages int) (ticket string, err error) {
	for n := 1; n <= messages; n++ {
		for range 2 {
			in := s.sample(conversationID, n)
			in.Conversation.Ticket = ticket
			got, err := s.offer(ctx, in)
			if err != nil {
				return "", fmt.Errorf("call of Receive failed: %w", err)
			}
			if ticket == "" {
				ticket = got
			}
			if got != ticket && got != "" {
				return "", errors.New("a conversation got two tickets")
			}
		}
	}
	return ticket, nil
}
