package rules

import (
	"errors"
	"fmt"
	"time"
)

// Hours are the opening hours of a channel. The zero Hours say nothing, which the
// rules read as "open at all times". [NewSchedule] makes them computable.
type Hours struct {
	// Zone is an IANA time zone name such as "Europe/Helsinki" or "UTC". It
	// is looked up in the zone database of the machine, or in the one that
	// the host links in by importing time/tzdata. "" and "Local" are refused:
	// the hours must not depend on where the program runs.
	Zone string `json:"zone,omitempty"`
	// Week are the spans of a usual week.
	Week Week `json:"week,omitzero"`
	// Holidays replace the week on single dates, at most [MaxHolidays].
	Holidays []Holiday `json:"holidays,omitempty"`
}

// MaxHolidays is how many holidays [Hours] may list.
const MaxHolidays = 1000

// Week lists the opening spans of each day, at most [MaxSpans] a day, not
// overlapping; none means closed.
type Week struct {
	Mon []Span `json:"mon,omitempty"`
	Tue []Span `json:"tue,omitempty"`
	Wed []Span `json:"wed,omitempty"`
	Thu []Span `json:"thu,omitempty"`
	Fri []Span `json:"fri,omitempty"`
	Sat []Span `json:"sat,omitempty"`
	Sun []Span `json:"sun,omitempty"`
}

// MaxSpans is how many spans one day may have.
const MaxSpans = 12

// days returns the week in the order of [time.Weekday], Sunday first.
func (w Week) days() [7][]Span {
	return [7][]Span{w.Sun, w.Mon, w.Tue, w.Wed, w.Thu, w.Fri, w.Sat}
}

// DayTime is a time of day in minutes since midnight by the clock on the wall,
// 0 to 1440; 1440 is the midnight at the end of the day.
type DayTime int

// Clock returns the time of day hour:minute.
func Clock(hour, minute int) DayTime { return DayTime(hour*60 + minute) }

// String returns the form "09:30".
func (t DayTime) String() string { return fmt.Sprintf("%02d:%02d", int(t)/60, int(t)%60) }

// Span is the time from From up to, not including, To. With To before From it
// runs over midnight into the next day: 22:00-06:00. In JSON it is the string
// "09:00-17:30"; "00:00-24:00" is the whole day.
type Span struct{ From, To DayTime }

// valid: an empty span means nothing anyone would write down on purpose.
func (s Span) valid() bool {
	return s.From >= 0 && s.From < Clock(24, 0) && s.To >= 0 && s.To <= Clock(24, 0) && s.From != s.To
}

// overnight reports whether s runs into the next day.
func (s Span) overnight() bool { return s.To < s.From }

// String returns the form "09:00-17:30".
func (s Span) String() string { return s.From.String() + "-" + s.To.String() }

var errSpan = errors.New(`rules: span of hours: want a form such as "09:00-17:30"`)

// MarshalText implements [encoding.TextMarshaler]; a span that is out of range
// is an error.
func (s Span) MarshalText() ([]byte, error) {
	if !s.valid() {
		return nil, errSpan
	}
	return []byte(s.String()), nil
}

// UnmarshalText implements [encoding.TextUnmarshaler]. It reads exactly the form
// "hh:mm-hh:mm"; its error does not quote the input.
func (s *Span) UnmarshalText(b []byte) error {
	if len(b) != len("hh:mm-hh:mm") || b[2] != ':' || b[5] != '-' || b[8] != ':' {
		return errSpan
	}
	fh, ok1 := digits(b[0:2])
	fm, ok2 := digits(b[3:5])
	th, ok3 := digits(b[6:8])
	tm, ok4 := digits(b[9:11])
	v := Span{From: Clock(fh, fm), To: Clock(th, tm)}
	if !ok1 || !ok2 || !ok3 || !ok4 || fm > 59 || tm > 59 || !v.valid() {
		return errSpan
	}
	*s = v
	return nil
}

// Holiday is a date with hours of its own, in the zone of the [Hours]. It
// replaces everything on that date from midnight to midnight, including the end
// of a span that began the evening before.
type Holiday struct {
	Date Date `json:"date"`
	// Name is for people; nothing depends on it.
	Name string `json:"name,omitempty"`
	// Open are the special hours, at most [MaxSpans]; none means closed all
	// day.
	Open []Span `json:"open,omitempty"`
}

// Date is a calendar date, in JSON "2026-12-25". With Year 0 it recurs every
// year: "12-25". A single date takes precedence over a recurring one.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// valid reports whether the date exists; 29 February may recur.
func (d Date) valid() bool {
	year := d.Year
	if year == 0 {
		year = 2024 // any leap year
	}
	if year < 1971 || year > 9999 {
		return false
	}
	t := time.Date(year, d.Month, d.Day, 0, 0, 0, 0, time.UTC)
	return t.Month() == d.Month && t.Day() == d.Day && t.Year() == year
}

// String returns the form "2026-12-25", or "12-25" for a recurring date.
func (d Date) String() string {
	if d.Year == 0 {
		return fmt.Sprintf("%02d-%02d", int(d.Month), d.Day)
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
}

var errDate = errors.New(`rules: date: want an existing date such as "2026-12-25", or "12-25" for every year`)

// MarshalText implements [encoding.TextMarshaler]; a date that does not exist is
// an error.
func (d Date) MarshalText() ([]byte, error) {
	if !d.valid() {
		return nil, errDate
	}
	return []byte(d.String()), nil
}

// UnmarshalText implements [encoding.TextUnmarshaler]; its error does not quote
// the input.
func (d *Date) UnmarshalText(b []byte) error {
	var v Date
	if len(b) == len("2006-01-02") && b[4] == '-' {
		year, ok := digits(b[:4])
		if !ok || year == 0 {
			return errDate
		}
		v.Year, b = year, b[5:]
	}
	if len(b) != len("01-02") || b[2] != '-' {
		return errDate
	}
	month, ok1 := digits(b[:2])
	day, ok2 := digits(b[3:])
	v.Month, v.Day = time.Month(month), day
	if !ok1 || !ok2 || !v.valid() {
		return errDate
	}
	*d = v
	return nil
}

// digits reads a number made of ASCII digits only.
func digits(b []byte) (int, bool) {
	n := 0
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}
