package limitertest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/message"
)

const hour = time.Hour

var numberCases = []testCase{
	{
		"the throughput of a number holds for all processes together",
		"Acquire waits until the call described by p may go out, and takes its share of every limit that p names.",
		func(ctx context.Context, open opener) error {
			process := open(cloudapi.Limits{Throughput: 60})
			return storm(ctx, 200, "7", process(), process(), process()).within(60)
		},
	},
	{
		"numbers do not share their throughput",
		"Number is the id of the business phone number whose throughput the message uses.",
		func(ctx context.Context, open opener) error {
			l := open(cloudapi.Limits{Throughput: 1})()
			return quickly(func(try int) error {
				one, other := fmt.Sprint("one", try), fmt.Sprint("other", try)
				return firstOf(
					granted("the first of a number", permit(ctx, l, one, "x", 0)),
					granted("the first of another", permit(ctx, l, other, "x", 0)),
					refused(permit(ctx, l, other, "y", 0), cloudapi.ScopeNumber, 0),
				)
			})
		},
	},
	{
		"answers overtake broadcasts",
		"Lane decides who goes first among the messages that wait for one number.",
		overtake,
	},
	{
		"what comes in counts, in whichever process",
		"Inbound counts messages received by the number: they use the same throughput as those sent.",
		func(ctx context.Context, open opener) error {
			process := open(cloudapi.Limits{Throughput: 5})
			receiver, sender := process(), process()
			for {
				receiver.Observe(ctx, cloudapi.Permit{Number: "7"}, cloudapi.Observation{Inbound: 40})
				err := permit(ctx, sender, "7", "x", 0)
				if refused(err, cloudapi.ScopeNumber, 2*time.Second) == nil {
					return nil // it has heard of it
				}
				if ctx.Err() != nil {
					return errors.New("what the other process received does not count")
				}
				time.Sleep(20 * time.Millisecond)
			}
		},
	},
	{
		"what cannot have come in is not believed",
		"A lost observation makes the limiter less exact, not wrong.",
		func(ctx context.Context, open opener) error {
			process := open(cloudapi.Limits{Throughput: 40})
			a, b := process(), process()
			a.Observe(ctx, cloudapi.Permit{Number: "7"}, cloudapi.Observation{Inbound: -1 << 40})
			for range 4 { // twice as much as fits into an int
				a.Observe(ctx, cloudapi.Permit{Number: "8"}, cloudapi.Observation{Inbound: 1<<63 - 1})
			}
			if err := storm(ctx, 100, "7", a, b).within(40); err != nil {
				return err
			}
			var limit *cloudapi.LimitError
			if err := permit(ctx, a, "8", "x", 0); errors.As(err, &limit) && limit.Wait > time.Minute {
				return fmt.Errorf("it stops the number for %v", limit.Wait)
			}
			return nil
		},
	},
}

// overtake has an answer come while a broadcast waits, of so many messages that no machine is too slow for it.
func overtake(ctx context.Context, open opener) error {
	const broadcast, most = 400, 300
	l := open(cloudapi.Limits{Throughput: 20})()
	waiting, enough := context.WithCancel(ctx)
	defer enough()
	var senders sync.WaitGroup
	passed := make(chan error, broadcast)
	for i := range broadcast {
		senders.Go(func() {
			_, err := l.Acquire(waiting, cloudapi.Permit{Number: "7", Recipient: fmt.Sprint("bulk", i), Lane: message.LaneBulk, MaxWait: time.Minute})
			passed <- err
		})
	}
	var failed error
	for range 8 { // by then all of them wait
		failed = firstOf(failed, <-passed)
	}
	_, err := l.Acquire(ctx, cloudapi.Permit{Number: "7", Recipient: "reply", Lane: message.LaneReply, MaxWait: time.Minute})
	before := 8 + len(passed)
	enough()
	senders.Wait()
	if failed = firstOf(failed, err); failed == nil && before > most {
		failed = fmt.Errorf("an answer comes after %d messages of a broadcast", before)
	}
	return failed
}

// slow are limits of which only that of pairs counts.
func slow(burst int) cloudapi.Limits {
	return cloudapi.Limits{Throughput: 100_000, PairBurst: burst, PairInterval: 10 * hour}
}

var pairCases = []testCase{
	{
		"a pair is exact over processes",
		"Recipient is the user or group of the message: with Number it names the pair.",
		func(ctx context.Context, open opener) error {
			process := open(slow(20))
			var mu sync.Mutex
			var failed error
			got := 0
			var senders sync.WaitGroup
			for range 3 {
				l := process()
				for range 20 {
					senders.Go(func() {
						err := permit(ctx, l, "7", "x", 10*time.Second)
						mu.Lock()
						defer mu.Unlock()
						if err == nil {
							got++
						} else {
							failed = firstOf(failed, refused(err, cloudapi.ScopePair, time.Minute))
						}
					})
				}
			}
			senders.Wait()
			if failed == nil && (got > 20 || got < 19) { // the last of a burst may have to wait a little
				failed = fmt.Errorf("%d permits of 20", got)
			}
			return failed
		},
	},
	{
		"a pair is of one number and one user",
		"Recipient is the user or group of the message: with Number it names the pair.",
		func(ctx context.Context, open opener) error {
			l := open(slow(1))()
			for _, pair := range [][2]string{{"12", "3"}, {"1", "23"}, {"12", "4"}, {"1", "2"}, {"123", ""}, {"123", "3"}} {
				if err := granted("the first of "+strings.Join(pair[:], " to "), permit(ctx, l, pair[0], pair[1], time.Minute)); err != nil {
					return err
				}
			}
			return firstOf(
				refused(permit(ctx, l, "1", "23", time.Second), cloudapi.ScopePair, hour),
				granted("messages to nobody in particular", permit(ctx, l, "123", "", time.Minute)),
			)
		},
	},
	{
		"nothing is taken unless all is granted",
		"Nothing is taken unless it returns nil.",
		func(ctx context.Context, open opener) error {
			l := open(cloudapi.Limits{Throughput: 1, PairBurst: 1, PairInterval: 10 * hour})()
			number := ""
			if err := quickly(func(try int) error {
				number = fmt.Sprint("number", try)
				return firstOf(
					granted("the first", permit(ctx, l, number, "a", 0)),
					refused(permit(ctx, l, number, "b", 0), cloudapi.ScopeNumber, 0),
				)
			}); err != nil {
				return err
			}
			time.Sleep(1500 * time.Millisecond)
			return quickly(func(int) error {
				for range 20 {
					if err := refused(permit(ctx, l, number, "a", 0), cloudapi.ScopePair, hour); err != nil {
						return err
					}
				}
				return granted("the pair that was refused for the number, and the number that was refused for a pair", permit(ctx, l, number, "b", 0))
			})
		},
	},
	{
		"whoever gives up gives the pair back",
		"Nothing is taken unless it returns nil.",
		func(ctx context.Context, open opener) error {
			l := open(cloudapi.Limits{Throughput: 10, PairBurst: 1, PairInterval: 10 * hour})()
			if err := permit(ctx, l, "7", "first", time.Minute); err != nil {
				return err
			}
			for i := range 50 { // until one gives up before it is granted
				to := fmt.Sprint("impatient ", i)
				impatient, leave := context.WithTimeout(ctx, time.Minute)
				time.AfterFunc(60*time.Millisecond, leave)
				err := permit(impatient, l, "7", to, time.Minute)
				leave()
				switch {
				case err == nil:
					continue
				case !errors.Is(err, context.Canceled):
					return fmt.Errorf("an ended context: %w", err)
				}
				return firstOf(
					granted("somebody else", permit(ctx, l, "7", "else "+to, time.Minute)),
					granted("the same again", permit(ctx, l, "7", to, time.Minute)),
				)
			}
			return nil // the machine is too slow to give up in time
		},
	},
}

var learnCases = []testCase{
	{
		"a lower limit holds for all processes, also while they send",
		"Throughput is the number's limit in messages per second.",
		func(ctx context.Context, open opener) error {
			process := open(cloudapi.Limits{Throughput: 1000})
			a, b := process(), process()
			if b := storm(ctx, 300, "7", a, b); b.err != nil {
				return b.err
			}
			a.Observe(ctx, cloudapi.Permit{Number: "7"}, cloudapi.Observation{Throughput: 10})
			time.Sleep(1500 * time.Millisecond) // what was granted before has gone
			return storm(ctx, 30, "7", a, b).within(10)
		},
	},
	{
		"a higher limit holds for all processes",
		"Throughput is the number's limit in messages per second.",
		func(ctx context.Context, open opener) error {
			process := open(cloudapi.Limits{Throughput: 1})
			a, b := process(), process()
			a.Observe(ctx, cloudapi.Permit{Number: "7"}, cloudapi.Observation{Throughput: 500})
			a.Observe(ctx, cloudapi.Permit{Number: "7"}, cloudapi.Observation{Throughput: -3}) // says nothing
			if b := storm(ctx, 150, "7", b); b.err != nil {
				return fmt.Errorf("%d permits of 150: %w", b.granted, b.err)
			}
			return nil
		},
	},
	{
		"a refusal stops the number in every process",
		"Throttled is the class of the error if Meta refused the call for a limit; RetryAfter is how long Meta asks to wait.",
		func(ctx context.Context, open opener) error {
			process := open(cloudapi.Limits{})
			a, b := process(), process()
			to := cloudapi.Permit{Number: "7", Recipient: "x"}
			a.Observe(ctx, to, cloudapi.Observation{Throttled: message.ClassThrottledNumber, RetryAfter: hour})
			return firstOf(
				refused(permit(ctx, a, "7", "y", time.Minute), cloudapi.ScopeNumber, 30*time.Minute),
				refused(permit(ctx, b, "7", "y", time.Minute), cloudapi.ScopeNumber, 30*time.Minute),
				granted("another number", permit(ctx, b, "8", "x", time.Minute)),
			)
		},
	},
	{
		"a refusal to a user stops the pair in every process",
		"Throttled is the class of the error if Meta refused the call for a limit; RetryAfter is how long Meta asks to wait.",
		func(ctx context.Context, open opener) error {
			process := open(cloudapi.Limits{})
			a, b := process(), process()
			a.Observe(ctx, cloudapi.Permit{Number: "7", Recipient: "x"}, cloudapi.Observation{Throttled: message.ClassThrottledPair, RetryAfter: 4 * time.Minute})
			return firstOf(
				refused(permit(ctx, a, "7", "x", time.Minute), cloudapi.ScopePair, 2*time.Minute),
				refused(permit(ctx, b, "7", "x", time.Minute), cloudapi.ScopePair, 2*time.Minute),
				granted("another user", permit(ctx, b, "7", "y", time.Minute)),
				granted("the same user on another number", permit(ctx, b, "8", "x", time.Minute)),
			)
		},
	},
	{
		"times that cannot be meant do no harm",
		"Observe must be quick and cannot fail.",
		func(ctx context.Context, open opener) error {
			process := open(cloudapi.Limits{})
			a, b := process(), process()
			const endless = 1<<63 - 1
			a.Observe(ctx, cloudapi.Permit{Number: "7", Recipient: "x"}, cloudapi.Observation{Throttled: message.ClassThrottledNumber, RetryAfter: endless})
			a.Observe(ctx, cloudapi.Permit{Number: "8", Recipient: "x"}, cloudapi.Observation{Throttled: message.ClassThrottledPair, RetryAfter: endless})
			a.Observe(ctx, cloudapi.Permit{Account: "100"}, cloudapi.Observation{Throttled: message.ClassThrottledAccount, RetryAfter: endless})
			a.Observe(ctx, cloudapi.Permit{Number: "9", Recipient: "x"}, cloudapi.Observation{Throttled: message.ClassThrottledNumber, RetryAfter: -hour})
			_, account := b.Acquire(ctx, cloudapi.Permit{Account: "100"})
			return firstOf(
				refused(permit(ctx, b, "7", "x", time.Second), cloudapi.ScopeNumber, hour),
				refused(permit(ctx, b, "8", "x", time.Second), cloudapi.ScopePair, time.Minute),
				refused(account, cloudapi.ScopeAccount, hour),
				granted("after a pause that is over", permit(ctx, b, "9", "y", endless)),
				refused(permit(ctx, b, "7", "x", -hour), cloudapi.ScopeNumber, hour),
			)
		},
	},
}

var accountCases = []testCase{
	{
		"management calls share their quota over processes",
		"Account is the id of the account or number that a management call counts against.",
		func(ctx context.Context, open opener) error {
			process := open(cloudapi.Limits{AccountPerHour: 200}) // ten at once, and one more in twenty seconds
			a, b := process(), process()
			got, began := 0, time.Now()
			for range 15 {
				for _, l := range []cloudapi.Limiter{a, b} {
					_, err := l.Acquire(ctx, cloudapi.Permit{Account: "100"})
					if err == nil {
						got++
					} else if err := refused(err, cloudapi.ScopeAccount, 0); err != nil {
						return err
					}
				}
			}
			if most := 11 + int(time.Since(began).Seconds()/15); got < 10 || got > most {
				return fmt.Errorf("%d calls of 10", got)
			}
			_, err := a.Acquire(ctx, cloudapi.Permit{Account: "200"})
			return granted("another account", err)
		},
	},
	{
		"an account that has used up its quota is left alone in every process",
		"Usage is how much of an account's hourly quota is spent, in percent.",
		func(ctx context.Context, open opener) error {
			process := open(cloudapi.Limits{})
			a, b := process(), process()
			a.Observe(ctx, cloudapi.Permit{Account: "100"}, cloudapi.Observation{Usage: 96, RetryAfter: hour})
			_, there := b.Acquire(ctx, cloudapi.Permit{Account: "100", MaxWait: time.Second})
			_, other := b.Acquire(ctx, cloudapi.Permit{Account: "200"})
			return firstOf(
				refused(there, cloudapi.ScopeAccount, 30*time.Minute), granted("another account", other),
				granted("a message of a number by that name", permit(ctx, b, "100", "x", time.Minute)),
			)
		},
	},
	{
		"an app that has used up its quota calls for no account",
		"Such calls count against AppAccount as well.",
		func(ctx context.Context, open opener) error {
			process := open(cloudapi.Limits{})
			a, b := process(), process()
			a.Observe(ctx, cloudapi.Permit{Account: cloudapi.AppAccount}, cloudapi.Observation{Throttled: message.ClassThrottledAccount, RetryAfter: hour})
			_, err := b.Acquire(ctx, cloudapi.Permit{Account: "300", MaxWait: time.Second})
			return firstOf(refused(err, cloudapi.ScopeAccount, 30*time.Minute), granted("messages go on", permit(ctx, b, "7", "x", time.Minute)))
		},
	},
}

var callCases = []testCase{
	{
		"an ended context is its own error",
		"The error is a *LimitError if the wait would be longer than p.MaxWait or than ctx allows, otherwise the context's own.",
		func(ctx context.Context, open opener) error {
			l := open(cloudapi.Limits{Throughput: 1})()
			ended, end := context.WithCancel(ctx)
			end()
			return quickly(func(try int) error {
				number := fmt.Sprint("number", try)
				if err := permit(ended, l, number, "x", time.Minute); !errors.Is(err, context.Canceled) {
					return fmt.Errorf("an ended context: %w", err)
				}
				if err := granted("nothing was taken", permit(ctx, l, number, "x", 0)); err != nil {
					return err
				}
				short, end := context.WithTimeout(ctx, 300*time.Millisecond)
				defer end()
				err := permit(short, l, number, "y", time.Minute)
				if errors.Is(err, context.DeadlineExceeded) && short.Err() != nil {
					return nil // the machine is too slow to see it coming
				}
				return refused(err, cloudapi.ScopeNumber, 0)
			})
		},
	},
	{
		"what names no limit is not limited",
		"Empty fields name no limit.",
		func(ctx context.Context, open opener) error {
			l := open(cloudapi.Limits{Throughput: 1, AccountPerHour: 1})()
			for range 20 {
				if _, err := l.Acquire(ctx, cloudapi.Permit{}); err != nil {
					return err
				}
			}
			l.Observe(ctx, cloudapi.Permit{}, cloudapi.Observation{Throttled: message.ClassThrottledNumber, Usage: 100, Inbound: 5, Throughput: 5})
			return granted("a number", permit(ctx, l, "7", "x", time.Minute))
		},
	},
	{
		"a refusal names nobody",
		"It names no number.",
		func(ctx context.Context, open opener) error {
			l := open(slow(1))()
			const number, to = "106540352242922", "13125550142"
			if err := permit(ctx, l, number, to, time.Minute); err != nil {
				return err
			}
			err := permit(ctx, l, number, to, time.Second)
			if bad := refused(err, cloudapi.ScopePair, 0); bad != nil {
				return bad
			}
			if text := fmt.Sprintf("%v %+v %#v", err, err, err); strings.Contains(text, number) || strings.Contains(text, to) {
				return errors.New("it does")
			}
			return nil
		},
	},
}
