package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
)

// chaos is work of two tenants in lanes, and what is known about it.
type chaos struct {
	mu    sync.Mutex
	rnd   *rand.Rand
	now   map[string]string // what is being handled, by lane
	last  map[string]int    // the last that was done, by lane
	done  map[string]bool
	wrong []string
}

func (c *chaos) roll(n int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.rnd.IntN(n)
}

// begins notes that work is being handled.
func (c *chaos) begins(w *Job) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if other := c.now[w.Lane]; other != "" {
		c.wrong = append(c.wrong, fmt.Sprint(w.ID, " beside ", other))
	}
	c.now[w.Lane] = w.ID
	if w.Due.After(time.Now()) {
		c.wrong = append(c.wrong, fmt.Sprint(w.ID, " before it was due"))
	}
}

func (c *chaos) ends(w *Job, done bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now[w.Lane] = ""
	if !done {
		return
	}
	n, err := strconv.Atoi(w.ID[len(w.Lane)+1:])
	if err != nil || n < c.last[w.Lane] || c.done[w.ID] {
		c.wrong = append(c.wrong, fmt.Sprint(w.ID, " after ", c.last[w.Lane]))
	}
	c.last[w.Lane], c.done[w.ID] = n, true
}

// Two processes do work of two tenants whose handlers fail, panic, put off, and hang until their time
// is over, while more comes, some of it for later. All is done in the end and once, in the order of its lanes and
// never two of one at a time, and the books of both processes are empty.
func TestWhateverHandlersDoAllIsDoneInOrderAndTheBooksAreEmpty(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := &chaos{rnd: rand.New(rand.NewPCG(seed, 6)), now: map[string]string{}, last: map[string]int{}, done: map[string]bool{}}
				st := memstore.New()
				ctx, stop := context.WithCancel(t.Context())
				var all sync.WaitGroup
				var runners []*Runner
				var each []*step.Steps
				for range 2 {
					steps := &step.Steps{Store: st, Now: func(context.Context) time.Time { return time.Now() }, Took: func(time.Duration) {}}
					settle := func(ctx context.Context, w *Job, o Outcome) error {
						return steps.Do(context.WithoutCancel(ctx), nil, func(s *step.Step) error { return w.Settle(s, o) })
					}
					r := New(Config{
						Kind: "q", Workers: 6, Lease: time.Minute, Poll: time.Second, Gate: NewGate(4, true),
						Store: st, Now: time.Now, Log: slog.New(slog.DiscardHandler), Claimed: func(context.Context, error) {},
						Groups: func() []string { return []string{"a", "b"} },
						Clear: func(ctx context.Context, leases []store.Lease) error {
							_, err := st.Commit(ctx, &store.Batch{Done: leases})
							return err
						},
						GiveBack: func(ctx context.Context, w *Job, _ error, _ bool) {
							err := settle(ctx, w, Later(time.Now(), "again"))
							require.True(t, err == nil || errors.Is(err, store.ErrLeaseLost), err)
						},
					})
					r.Handle = func(ctx context.Context, w *Job) error {
						what := c.roll(100)
						err := r.Gate.Pass(ctx, w, func() error {
							c.begins(w)
							defer func() { c.ends(w, what >= 20) }()
							switch {
							case what < 5:
								return errors.New("failed")
							case what < 10:
								panic("failed")
							case what < 12: // it hangs
								<-ctx.Done()
								return ctx.Err()
							case what < 20:
								return nil
							}
							time.Sleep(time.Duration(c.roll(200)) * time.Millisecond)
							return nil
						})
						switch {
						case err != nil:
							return err
						case what < 20:
							return settle(ctx, w, Later(time.Now().Add(time.Duration(c.roll(5000))*time.Millisecond), "later"))
						case what < 60 && r.Over(w):
							return nil
						}
						return settle(ctx, w, Done())
					}
					steps.Wake, steps.Reserve = func(string) { r.Notify() }, r.Reserve
					steps.Expect = func(_ string, due time.Time) { r.Expect(due) }
					hand, end := Drain(ctx, time.Minute)
					defer end()
					all.Go(func() { r.Run(ctx, hand) })
					runners, each = append(runners, r), append(each, steps)
				}
				const works = 300
				for n := 0; n < works; {
					lane := string(rune('a'+c.roll(2))) + string(rune('0'+c.roll(5)))
					var some []store.Work
					for range min(1+c.roll(3), works-n) {
						w := store.Work{Queue: "q", ID: fmt.Sprint(lane, ".", n), Lane: lane, Group: lane[:1], Body: []byte("{}")}
						if c.roll(4) == 0 {
							w.Due = time.Now().Add(time.Duration(c.roll(3000)) * time.Millisecond)
						}
						some, n = append(some, w), n+1
					}
					require.NoError(t, each[c.roll(2)].Do(ctx, nil, func(s *step.Step) error {
						for _, w := range some {
							s.Enqueue(w)
						}
						return nil
					}))
					time.Sleep(time.Duration(c.roll(40)) * time.Millisecond)
				}
				time.Sleep(2 * time.Hour)
				synctest.Wait()
				stop()
				all.Wait()
				left, err := st.Work(t.Context(), store.WorkQuery{Queue: "q", Limit: 10})
				require.NoError(t, err)
				require.Empty(t, left)
				require.Len(t, c.done, works)
				require.Empty(t, c.wrong)
				for _, r := range runners {
					require.Zero(t, r.inHand)
					require.Empty(t, r.tails)
					require.Empty(t, r.pile.jobs)
					require.Empty(t, r.hand.byID)
					require.Empty(t, r.shares.inHand)
					require.Zero(t, r.Gate.claimed.Load())
					require.Zero(t, r.Gate.calls)
					require.Empty(t, r.Gate.running)
					require.Empty(t, r.Gate.queue)
					require.Empty(t, r.dues.at)
				}
			})
		})
	}
}
