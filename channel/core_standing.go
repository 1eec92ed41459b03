package channel

import (
	"context"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/health"
	"github.com/kanava-go/kanava/webhook"
)

// learn keeps what was said later, and of two things said in the same second always the
// same one.
func (d *dated) learn(value string, at time.Time) {
	if value != "" && (at.After(d.At) || at.Equal(d.At) && value > d.Value) {
		d.Value, d.At = value, at
	}
}

func (s *standing) public() health.Standing {
	p := health.Standing{Quality: s.Quality.Value, NameStatus: s.Name.Value, MessagingLimit: s.Limit.Value}
	p.TokenExpires, _ = time.Parse(time.RFC3339, s.Token.Value) // zero if it is not known
	return p
}

func (h *core) observe(ctx context.Context, channel string, at time.Time, s health.Standing) error {
	return h.do(ctx, func(u *unit) error { return u.observed(channel, believed(at, u.now), s) })
}

func (u *unit) observed(channel string, at time.Time, s health.Standing) error {
	var known standing
	if _, err := u.Load(kindStanding, channel, &known); err != nil {
		return err
	}
	before := known
	known.Quality.learn(s.Quality, at)
	known.Name.learn(s.NameStatus, at)
	known.Limit.learn(s.MessagingLimit, at)
	if !s.TokenExpires.IsZero() {
		known.Token.learn(s.TokenExpires.UTC().Format(time.RFC3339), at)
	}
	if known == before {
		return nil
	}
	return u.Save(kindStanding, channel, "", 0, known)
}

// numberEvent applies a notice about a number, which names it by its digits, to its channel.
func (u *unit) numberEvent(ev *webhook.Event, s health.Standing) error {
	homes, err := u.homes()
	if err != nil {
		return err
	}
	u.choresSoon(ev.Account)
	at := u.at(ev)
	for _, p := range homes {
		if p.Account != "" && p.Account == ev.Account && p.Phone != "" && digitsOf(p.Phone) == digitsOf(ev.Number.Display) {
			if err := u.observed(p.ID, at, s); err != nil {
				return err
			}
		}
	}
	return nil
}

// limitEvent applies a new messaging limit to every channel that shares it.
func (u *unit) limitEvent(ev *webhook.Event, limit string) error {
	if limit == "" {
		return nil
	}
	homes, err := u.homes()
	if err != nil {
		return err
	}
	at := u.at(ev)
	shared := map[string]bool{}
	for _, p := range homes {
		if p.Account != "" && p.Account == ev.Account {
			shared[p.Portfolio] = true
		}
	}
	for _, p := range homes {
		if shared[p.Portfolio] {
			if err := u.observed(p.ID, at, health.Standing{MessagingLimit: limit}); err != nil {
				return err
			}
		}
	}
	return nil
}

func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if notDigit(r) {
			return -1
		}
		return r
	}, s)
}
