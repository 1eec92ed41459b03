package rules

import (
	"math"
	"slices"
	"strconv"
	"time"
)

// Schedule answers whether a channel is open at a given instant, by the clock on
// the wall of its zone: an hour that daylight saving time skips never happens, an
// hour that it repeats counts both times. Make one with [NewSchedule]; it is
// immutable and safe for concurrent use. The zero Schedule is never open.
type Schedule struct {
	loc    *time.Location   // nil = UTC
	week   [7][]Span        // Sunday first
	dates  map[int64][]Span // by days since 1970-01-01
	yearly map[int][]Span   // by month and day, see yearKey
}

const daySec = 24 * 60 * 60

// searchDays bounds how far [Schedule.NextChange] looks ahead.
const searchDays = 2 * 366

// NewSchedule checks h as [Settings.Validate] does and makes it computable. It
// reads the zone database once; deciding afterwards does no I/O. The error joins
// all problems, each a [*SettingError].
func NewSchedule(h Hours) (*Schedule, error) {
	var p problems
	s := h.compile(&p)
	if err := p.err(); err != nil {
		return nil, err
	}
	return s, nil
}

// compile checks the hours and makes them computable; the result is of use only
// if it found no problem.
func (h Hours) compile(p *problems) *Schedule {
	s := &Schedule{dates: make(map[int64][]Span), yearly: make(map[int][]Span)}
	names := [...]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}
	for i, spans := range h.Week.days() {
		p.spans("hours.week."+names[i], spans)
		s.week[i] = slices.Clone(spans)
	}
	if len(h.Holidays) > MaxHolidays {
		p.add("hours.holidays", "at most 1000 dates")
		return nil
	}
	for i, day := range h.Holidays {
		path := "hours.holidays[" + strconv.Itoa(i) + "]"
		p.text(path+".name", day.Name, maxReason)
		p.spans(path+".open", day.Open)
		if !day.Date.valid() {
			p.add(path+".date", "want a date that exists, from 1971 to 9999, or year 0 for every year")
			continue
		}
		var twice bool
		if d := day.Date; d.Year == 0 {
			_, twice = s.yearly[yearKey(d.Month, d.Day)]
			s.yearly[yearKey(d.Month, d.Day)] = slices.Clone(day.Open)
		} else {
			key := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Unix() / daySec
			_, twice = s.dates[key]
			s.dates[key] = slices.Clone(day.Open)
		}
		if twice {
			p.add(path+".date", "given twice")
		}
	}
	if h.Zone == "" || h.Zone == "Local" || len(h.Zone) > maxZone {
		p.add("hours.zone", `want an IANA time zone such as "Europe/Helsinki"`)
		return nil
	}
	loc, err := time.LoadLocation(h.Zone)
	if err != nil {
		p.add("hours.zone", "not in the zone database of this machine (a program may link one in by importing time/tzdata)")
	}
	s.loc = loc
	return s
}

// OpenAt reports whether t is within the opening hours. It does not allocate.
func (s *Schedule) OpenAt(t time.Time) bool { return s.openWall(t.Unix() + s.offset(t)) }

// NextChange returns the first instant after t at which [Schedule.OpenAt] changes
// its answer, in UTC, and false if that does not happen within two years.
func (s *Schedule) NextChange(t time.Time) (time.Time, bool) {
	open := s.OpenAt(t)
	limit := t.Unix() + searchDays*daySec
	// The zone's offset is constant between two of its transitions, so that
	// within such a stretch wall time is plain arithmetic. Doing it this way
	// needs no guess at what a skipped or repeated wall time means.
	for t.Unix() < limit {
		offset := s.offset(t)
		until := int64(math.MaxInt64)
		if _, end := t.In(s.Location()).ZoneBounds(); !end.IsZero() {
			until = end.Unix()
		}
		if wall, ok := s.nextWall(t.Unix()+offset, min(limit, until)+offset, open); ok {
			return time.Unix(wall-offset, 0).UTC(), true
		}
		if until > limit {
			return time.Time{}, false
		}
		t = time.Unix(until, 0)
		if s.OpenAt(t) != open {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// nextWall returns the first wall time w with from < w < to at which the
// schedule is not as open says.
func (s *Schedule) nextWall(from, to int64, open bool) (int64, bool) {
	for day := floorDiv(from, daySec); day*daySec < to; day++ {
		best := int64(math.MaxInt64)
		consider := func(at DayTime) {
			w := day*daySec + int64(at)*60
			if w > from && w < best && s.openWall(w) != open {
				best = w
			}
		}
		consider(0) // a holiday cuts at midnight, and a span over midnight too
		today, _ := s.plan(day)
		for _, span := range today {
			consider(span.From)
			if !span.overnight() {
				consider(span.To)
			}
		}
		yesterday, _ := s.plan(day - 1)
		for _, span := range yesterday {
			if span.overnight() {
				consider(span.To)
			}
		}
		if best < to {
			return best, true
		}
	}
	return 0, false
}

// openWall judges a wall time in seconds since 1970-01-01 00:00 on the wall.
func (s *Schedule) openWall(wall int64) bool {
	day := floorDiv(wall, daySec)
	at := DayTime((wall - day*daySec) / 60)
	today, holiday := s.plan(day)
	for _, span := range today {
		if at >= span.From && (at < span.To || span.overnight()) {
			return true
		}
	}
	if holiday {
		return false
	}
	yesterday, _ := s.plan(day - 1)
	for _, span := range yesterday {
		if span.overnight() && at < span.To {
			return true
		}
	}
	return false
}

// plan returns the spans that begin on a day, and whether it is a holiday.
func (s *Schedule) plan(day int64) (spans []Span, holiday bool) {
	if len(s.dates) > 0 {
		if spans, ok := s.dates[day]; ok {
			return spans, true
		}
	}
	if len(s.yearly) > 0 {
		_, month, d := time.Unix(day*daySec, 0).UTC().Date()
		if spans, ok := s.yearly[yearKey(month, d)]; ok {
			return spans, true
		}
	}
	weekday := (day + int64(time.Thursday)) % 7 // 1970-01-01 was a Thursday
	if weekday < 0 {
		weekday += 7
	}
	return s.week[weekday], false
}

// Location returns the zone in which the schedule is meant, for showing its times.
func (s *Schedule) Location() *time.Location {
	if s.loc == nil {
		return time.UTC
	}
	return s.loc
}

func yearKey(m time.Month, day int) int { return int(m)*32 + day }

func (s *Schedule) offset(t time.Time) int64 {
	_, offset := t.In(s.Location()).Zone()
	return int64(offset)
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
