package sharelimit

import (
	"math"
	"time"

	"github.com/kanava-go/kanava/channel/cloudapi"
)

// A Number is what a ledger keeps about a number. Times are microseconds since 1970; zero values
// are those of a number of which nothing is known.
type Number struct {
	// Next is when the next message may go.
	Next float64 `json:"next,omitempty"`
	// Ceiling is its throughput, as learned.
	Ceiling float64 `json:"ceiling,omitempty"`
	// Slow is the speed after a refusal, and Since when that was.
	Slow  float64 `json:"slow,omitempty"`
	Since float64 `json:"since,omitempty"`
	// Paused is until when nothing goes.
	Paused float64 `json:"paused,omitempty"`
}

// An Account is what a ledger keeps about an account.
type Account struct {
	// Next is when the hour's calls so far would be over at an even pace.
	Next float64 `json:"next,omitempty"`
	// Blocked is until when no call goes, and Share the part of the quota that may be used, 0 for all.
	Blocked float64 `json:"blocked,omitempty"`
	Share   float64 `json:"share,omitempty"`
}

// How a number recovers from a refusal.
const (
	second       = float64(time.Second / time.Microsecond)
	recoverEvery = 10 * second
	recovery     = 0.05 // of the limit
	shrink       = 0.7  // of the speed
	// believed is the most that messages which came in may hold up the others, and aheadAtMost how far
	// ahead the next message of a number may stand: further, the clock was set back.
	believed    = 10 * second
	aheadAtMost = believed + 2*second
)

func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

// forEver is longer than anybody waits.
const forEver = 365 * 24 * time.Hour

func duration(micros float64) time.Duration {
	return time.Duration(math.Ceil(min(micros, float64(forEver/time.Microsecond)))) * time.Microsecond
}

// pace is the speed of a number: its limit less what is kept free, or after a refusal what was
// left, plus a twentieth of the limit for each ten seconds since.
func (r *Rules) pace(n *Number, now float64) float64 {
	ceiling := n.Ceiling
	if ceiling <= 0 {
		ceiling = float64(r.Throughput)
	}
	full := max(ceiling-float64(r.Reserve), 1) * r.Part
	if n.Slow <= 0 {
		return full
	}
	since := max(now-n.Since, 0) // the clock may have been set back
	return min(full, n.Slow+math.Floor(since/recoverEvery)*recovery*full)
}

// received is when the next message may go after so many have come in, which nobody asked for. More
// than ten seconds' worth is not believed.
func (r *Rules) received(n *Number, messages int, now float64) float64 {
	next := min(max(n.Next, now), now+aheadAtMost)
	return min(next+float64(max(messages, 0))*second/r.pace(n, now), max(next, now+believed))
}

// Take answers a lot at the given time. It changes n, and in paid, by pair, when all that was
// borrowed is paid back.
func (r *Rules) Take(n *Number, paid map[string]float64, l *Lot, now float64) []Answer {
	if n.Ceiling <= 0 {
		n.Ceiling = float64(max(l.Learned, 0))
	}
	step := second / r.pace(n, now)
	next := r.received(n, l.Received, now)
	interval, horizon := micros(r.PairInterval), micros(l.Horizon)
	for pair, count := range l.Back {
		if paid[pair] > now {
			paid[pair] -= float64(count) * interval
		}
	}
	answers := make([]Answer, len(l.Waiting))
	for i, w := range l.Waiting {
		slot := max(next, n.Paused)
		debt := 0.0
		if w.Pair != "" {
			debt = max(paid[w.Pair], slot) + interval - slot - float64(r.PairBurst)*interval
		}
		switch wait := slot - now; {
		case debt > 0: // it may go once that much is paid back
			answers[i] = Answer{cloudapi.ScopePair, duration(wait + debt)}
		case wait > horizon || wait > micros(w.Most):
			answers[i] = Answer{cloudapi.ScopeNumber, duration(wait)}
		default:
			if w.Pair != "" {
				paid[w.Pair] = max(paid[w.Pair], slot) + interval
			}
			next = slot + step
			answers[i] = Answer{Wait: duration(wait)}
		}
	}
	n.Next = next
	return answers
}

// Learn notes news at the given time. It returns when what was borrowed by the pair of the news is
// paid back, given when it was before.
func (r *Rules) Learn(n *Number, paid float64, news *News, now float64) float64 {
	if learned := float64(news.Learned); learned > 0 && n.Ceiling != learned {
		n.Ceiling, n.Slow = learned, 0
	}
	if news.Received > 0 {
		n.Next = r.received(n, news.Received, now)
	}
	if news.Pause > 0 {
		if now > n.Paused { // refusals of messages that were on their way together count once
			n.Slow, n.Since = max(r.pace(n, now)*shrink, 1), now
		}
		n.Paused = max(n.Paused, now+micros(news.Pause))
	}
	if news.PairPause > 0 {
		paid = max(paid, now+micros(news.PairPause)+float64(r.PairBurst-1)*micros(r.PairInterval))
	}
	return paid
}

// Account returns how long to wait before a call, and counts it if it may go and counts.
func (r *Rules) Account(a *Account, counts bool, now float64) time.Duration {
	if a.Blocked > now {
		return duration(a.Blocked - now)
	}
	if !counts {
		return 0
	}
	hourly := float64(r.AccountPerHour)
	step := 3600 * second / (0.9 * r.Part * hourly)
	saved := max(hourly/20, 1) * step
	if a.Share > 0 {
		step /= a.Share
	}
	next := min(max(a.Next, now), now+saved+step) // it cannot be more, unless the clock was set back
	if wait := next - now - max(saved-step, 0); wait > 0 {
		return duration(wait)
	}
	a.Next = next + step
	return 0
}

// Warn notes what [Ledger.Warn] says.
func (a *Account) Warn(pause time.Duration, share int, now float64) {
	if pause > 0 {
		a.Blocked = max(a.Blocked, now+micros(pause))
	}
	if share > 0 {
		a.Share = float64(share) / 100
	}
}
