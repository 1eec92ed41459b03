package cloudapitest_test

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
)

// running lets a world live by itself in a bubble while f acts, and returns the bodies
// of the webhooks in the order they were answered. Each answer takes as long as slow
// says.
func running(t *testing.T, cfg cloudapitest.Config, slow func(n int) time.Duration, f func(s *site)) []string {
	t.Helper()
	var bodies []string
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t, func(c *cloudapitest.Config) { c.Now, c.Seed, c.BatchMax = nil, cfg.Seed, cfg.BatchMax })
		var mu sync.Mutex
		n := 0
		s.Mount("https://app-"+s.app.ID+".callback.test/webhook", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body := make([]byte, r.ContentLength)
			_, _ = r.Body.Read(body)
			mu.Lock()
			n++
			wait := slow(n)
			mu.Unlock()
			time.Sleep(wait)
			mu.Lock()
			bodies = append(bodies, string(body))
			mu.Unlock()
		}))
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- s.Run(ctx) }()
		f(s)
		time.Sleep(time.Hour)
		cancel()
		require.NoError(t, <-done)
	})
	return bodies
}

var bodyText = regexp.MustCompile(`"text":\{"body":"([^"]*)"`)

func textsIn(bodies []string) (out []string) {
	for _, b := range bodies {
		for _, m := range bodyText.FindAllStringSubmatch(b, -1) {
			out = append(out, m[1])
		}
	}
	return out
}

func TestTextsOfOnePhoneArriveInOrder(t *testing.T) {
	t.Parallel()
	// The first answers take longest: whoever delivers at random is caught.
	slow := func(n int) time.Duration { return time.Duration(max(0, 800-20*n)) * time.Millisecond }
	for _, batch := range []int{1, 3} {
		var want []string
		bodies := running(t, cloudapitest.Config{BatchMax: batch}, slow, func(s *site) {
			other := s.AddUser(cloudapitest.UserConfig{})
			for i := range 10 {
				want = append(want, fmt.Sprint("text ", i))
				s.user.Text(s.number, want[i])
				other.Text(s.number, "noise")
				time.Sleep(100 * time.Millisecond)
			}
		})
		got := slices.DeleteFunc(textsIn(bodies), func(s string) bool { return s == "noise" })
		require.Equal(t, want, got, "batches of %d", batch)
	}
}

func TestStatusesOfOneMessageArriveInOrder(t *testing.T) {
	t.Parallel()
	slow := func(n int) time.Duration { return time.Duration(max(0, 4000-400*n)) * time.Millisecond }
	bodies := running(t, cloudapitest.Config{}, slow, func(s *site) {
		s.user.Text(s.number, "hi")
		s.send(`"type":"text","text":{"body":"hello"}`)
		time.Sleep(2 * time.Second)
		s.user.Read(s.number)
	})
	var got []string
	for _, b := range bodies {
		for _, word := range []string{"sent", "delivered", "read"} {
			if strings.Contains(b, `"status":"`+word+`"`) {
				got = append(got, word)
			}
		}
	}
	require.Equal(t, []string{"sent", "delivered", "read"}, got)
}

func TestTheSameSeedGivesTheSameRun(t *testing.T) {
	t.Parallel()
	storm := cloudapitest.Faults{Duplicate: .3, Reorder: .3, Lose: .2, Malform: .2, Future: .2, Forge: .1, Delay: .1, MaxDelay: time.Minute}
	run := func(seed uint64, slow func(int) time.Duration) []string {
		bodies := running(t, cloudapitest.Config{Seed: seed}, slow, func(s *site) {
			s.SetFaults(storm)
			for i := range 20 {
				s.user.Text(s.number, fmt.Sprint("text ", i))
				s.send(`"type":"text","text":{"body":"answer"}`)
				time.Sleep(time.Second)
			}
		})
		slices.Sort(bodies)
		return bodies
	}
	quick := run(7, func(int) time.Duration { return 0 })
	uneven := run(7, func(n int) time.Duration { return time.Duration(n*37%300) * time.Millisecond })
	require.Equal(t, quick, uneven, "how fast the receiver is changes nothing")
	require.NotEqual(t, quick, run(8, func(int) time.Duration { return 0 }))
}

func TestMovingTheClockWaitsForWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	bodies := running(t, cloudapitest.Config{}, func(n int) time.Duration { return time.Duration(2-n) * time.Second }, func(s *site) {
		s.user.Text(s.number, "first")
		synctest.Wait()
		s.user.Text(s.number, "second")
		s.Settle()
	})
	require.Equal(t, []string{"first", "second"}, textsIn(bodies))
}
