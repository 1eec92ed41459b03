// Package duration is time spans in settings, as a person reads and types them.
//
// A [Duration] stands in JSON as "30d", "4h" or "5m". It is a type of its own because settings of
// several packages have them, and because [time.Duration] knows no days and no JSON but nanoseconds.
package duration

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
)

// Duration is a [time.Duration] that a person can read and type in JSON: "30d",
// "4h", "1h30m". A day is 24 hours. In settings zero means that the rule, or that limit of it, is off,
// unless its comment says otherwise.
type Duration time.Duration

// Units of a Duration.
const (
	Second = Duration(time.Second)
	Minute = Duration(time.Minute)
	Hour   = Duration(time.Hour)
	Day    = 24 * Hour
)

// Never switches off a limit for which zero means its default; in JSON it is "never".
const Never Duration = -1

// ErrSyntax is the error of [Parse]. It says how to do it right and quotes nothing.
var ErrSyntax = errors.New(`duration: parse: want a form such as "30d", "4h" or "1h30m"`)

// Parse reads the forms that [time.ParseDuration] reads, optionally led
// by whole days: "2d", "1d12h", "90m", and "never". Its error does not quote the input.
func Parse(s string) (Duration, error) {
	if s == "never" {
		return Never, nil
	}
	s, negative := strings.CutPrefix(s, "-")
	var size uint64
	days, rest, found := strings.Cut(s, "d")
	if found {
		n, err := strconv.ParseUint(days, 10, 32)
		if err != nil || n > uint64(math.MaxInt64/Day) {
			return 0, ErrSyntax
		}
		size, s = n*uint64(Day), rest
	}
	if !found || s != "" {
		d, err := time.ParseDuration(s)
		// The sign was read above; a second one is no form of ours: "1d-2h".
		if err != nil || s[0] == '-' || s[0] == '+' {
			return 0, ErrSyntax
		}
		size += uint64(d)
	}
	switch {
	case negative && size <= 1<<63:
		return Duration(-size), nil
	case !negative && size <= math.MaxInt64:
		return Duration(size), nil
	default:
		return 0, ErrSyntax
	}
}

// String returns the shortest form that [Parse] reads back.
func (d Duration) String() string {
	if d == Never {
		return "never"
	}
	sign, size := "", uint64(d)
	if d < 0 {
		sign, size = "-", -uint64(d)
	}
	days, rest := size/uint64(Day), time.Duration(size%uint64(Day))
	if days > 0 {
		sign += strconv.FormatUint(days, 10) + "d"
		if rest == 0 {
			return sign
		}
	}
	s := rest.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return sign + s
}

// MarshalText implements [encoding.TextMarshaler] with [Duration.String].
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler] with [Parse].
func (d *Duration) UnmarshalText(b []byte) error {
	v, err := Parse(string(b))
	if err == nil {
		*d = v
	}
	return err
}

// Std returns d as a [time.Duration].
func (d Duration) Std() time.Duration { return time.Duration(d) }
