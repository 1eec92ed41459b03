package rules_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/rules"
)

func schedule(t testing.TB, h rules.Hours) *rules.Schedule {
	t.Helper()
	s, err := rules.NewSchedule(h)
	require.NoError(t, err)
	return s
}

// hoursJSON reads hours as an admin page writes them.
func hoursJSON(t testing.TB, s string) rules.Hours {
	t.Helper()
	var h rules.Hours
	require.NoError(t, json.Unmarshal([]byte(s), &h))
	return h
}

func TestOpenAt(t *testing.T) {
	t.Parallel()
	const (
		berlin     = `{"zone":"Europe/Berlin","week":{"mon":["09:00-12:30","13:00-17:00"],"sun":["01:00-04:00"],"fri":["22:00-06:00"]},`
		plain      = berlin + `"holidays":[{"date":"2026-12-25","name":"Christmas"},{"date":"12-31","open":["09:00-12:00"]},{"date":"2027-12-31"},{"date":"2026-11-28"},{"date":"2026-11-30","open":["23:00-01:00"]}]}`
		kiritimati = `{"zone":"Pacific/Kiritimati","week":{"mon":["09:00-17:00"]},"holidays":[{"date":"2026-11-09"}]}`
		pago       = `{"zone":"Pacific/Pago_Pago","week":{"mon":["09:00-17:00"]}}`
		apia       = `{"zone":"Pacific/Apia","week":{"fri":["00:00-24:00"],"sat":["08:00-09:00"]}}`
		lordHowe   = `{"zone":"Australia/Lord_Howe","week":{"sun":["01:45-02:15"]}}`
		nepal      = `{"zone":"Asia/Kathmandu","week":{"mon":["09:00-17:00"]}}`
		always     = `{"zone":"UTC","week":{"mon":["00:00-24:00"],"tue":["00:00-24:00"]}}`
	)
	tests := []struct {
		name  string
		hours string
		at    string // RFC 3339
		want  bool
	}{
		{"closed one second before opening", plain, "2026-11-02T08:59:59+01:00", false},
		{"open at the opening second", plain, "2026-11-02T09:00:00+01:00", true},
		{"open until the closing second", plain, "2026-11-02T16:59:59.999+01:00", true},
		{"closed at the closing second", plain, "2026-11-02T17:00:00+01:00", false},
		{"closed in the lunch break", plain, "2026-11-02T12:45:00+01:00", false},
		{"closed on a day without spans", plain, "2026-11-03T10:00:00+01:00", false},
		{"the zone counts, not the offset of the argument", plain, "2026-11-02T08:30:00Z", true},
		{"a night shift is open before midnight", plain, "2026-11-06T23:00:00+01:00", true},
		{"and after midnight", plain, "2026-11-07T05:59:59+01:00", true},
		{"and not longer", plain, "2026-11-07T06:00:00+01:00", false},
		{"a night shift does not begin the night before", plain, "2026-11-06T05:00:00+01:00", false},

		{"a holiday is closed", plain, "2026-12-25T23:00:00+01:00", false},
		{"its evening shift does not run into the next day", plain, "2026-12-26T03:00:00+01:00", false},
		{"the same date of another year is none", plain, "2027-12-24T23:00:00+01:00", true},
		{"a holiday cuts the shift of the evening before", plain, "2026-11-28T00:00:00+01:00", false},
		{"but not the evening itself", plain, "2026-11-27T23:59:59+01:00", true},
		{"a holiday's own night hours run into the next day", plain, "2026-12-01T00:30:00+01:00", true},
		{"and replace the usual hours", plain, "2026-11-30T10:00:00+01:00", false},
		{"a recurring holiday has its hours", plain, "2026-12-31T11:00:00+01:00", true},
		{"every year", plain, "2031-12-31T11:59:00+01:00", true},
		{"a single date wins over a recurring one", plain, "2027-12-31T11:00:00+01:00", false},

		// 2026-03-29: 02:00 becomes 03:00. 2026-10-25: 03:00 becomes 02:00.
		{"spring forward: open just before the gap", plain, "2026-03-29T00:59:59Z", true},
		{"spring forward: open just after the gap", plain, "2026-03-29T01:00:00Z", true},
		{"spring forward: closed at four on the wall", plain, "2026-03-29T02:00:00Z", false},
		{"fall back: open in the first repeated hour", plain, "2026-10-25T00:30:00Z", true},
		{"fall back: open in the second repeated hour", plain, "2026-10-25T01:30:00Z", true},
		{"fall back: open an hour longer", plain, "2026-10-25T02:59:59Z", true},
		{"fall back: closed at four on the wall", plain, "2026-10-25T03:00:00Z", false},
		// Lord Howe moves by half an hour: 2026-04-05 02:00 becomes 01:30.
		{"half an hour back: open in the first quarter", lordHowe, "2026-04-04T14:50:00Z", true},
		{"half an hour back: closed again at half past one", lordHowe, "2026-04-04T15:00:00Z", false},
		{"half an hour back: open the second time", lordHowe, "2026-04-04T15:20:00Z", true},

		{"fourteen hours ahead it is Monday already", kiritimati, "2026-11-01T19:00:00Z", true},
		{"and no longer Monday morning", kiritimati, "2026-11-02T03:00:00Z", false},
		{"a holiday there begins on our Sunday", kiritimati, "2026-11-08T19:00:00Z", false},
		{"eleven hours behind it is Monday still", pago, "2026-11-03T03:59:59Z", true},
		{"and then not", pago, "2026-11-03T04:00:00Z", false},
		{"a quarter-hour zone", nepal, "2026-11-02T03:15:00Z", true},
		{"to the minute", nepal, "2026-11-02T03:14:59Z", false},
		// Samoa skipped Friday 2011-12-30 altogether.
		{"a Friday that did not happen is not open", apia, "2011-12-30T10:00:00Z", false},
		{"the Saturday after it is", apia, "2011-12-30T18:30:00Z", true},

		{"all day means until midnight", always, "2026-11-02T23:59:59Z", true},
		{"and the next day joins", always, "2026-11-03T00:00:00Z", true},
		{"before 1970", always, "1969-12-30T12:00:00Z", true},
		{"long before 1970", always, "1901-01-02T12:00:00Z", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			at, err := time.Parse(time.RFC3339Nano, tt.at)
			require.NoError(t, err)
			require.Equal(t, tt.want, schedule(t, hoursJSON(t, tt.hours)).OpenAt(at))
		})
	}
}

func TestNextChange(t *testing.T) {
	t.Parallel()
	const berlin = `{"zone":"Europe/Berlin","week":{"mon":["09:00-17:00"],"fri":["09:00-17:00"],"sun":["02:30-04:00"]},"holidays":[{"date":"2026-12-25"}]}`
	tests := []struct {
		name     string
		hours    string
		at, want string // want "" means never
	}{
		{"from closed to the next opening", berlin, "2026-11-02T17:00:00+01:00", "2026-11-06T08:00:00Z"},
		{"from open to closing", berlin, "2026-11-02T10:00:00+01:00", "2026-11-02T16:00:00Z"},
		{"a change now is not the next one", berlin, "2026-11-02T09:00:00+01:00", "2026-11-02T16:00:00Z"},
		{"parts of a second do not matter", berlin, "2026-11-02T08:59:59.5+01:00", "2026-11-02T08:00:00Z"},
		{"holidays are passed over", berlin, "2026-12-21T18:00:00+01:00", "2026-12-27T01:30:00Z"},
		{"an opening in the skipped hour happens when the gap ends", berlin, "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z"},
		{"an opening in the repeated hour happens the first time", berlin, "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z"},
		{"it closes once more when the clock is set back over the opening", berlin, "2026-10-25T00:45:00Z", "2026-10-25T01:00:00Z"},
		{"and opens a second time", berlin, "2026-10-25T01:00:00Z", "2026-10-25T01:30:00Z"},
		{"and closes for good", berlin, "2026-10-25T01:45:00Z", "2026-10-25T03:00:00Z"},
		{"summer and winter differ in universal time", berlin, "2026-07-03T18:00:00Z", "2026-07-05T00:30:00Z"},
		{"midnights between open days are no change", `{"zone":"UTC","week":{"mon":["12:00-24:00"],"tue":["00:00-24:00"],"wed":["00:00-06:00"]}}`, "2026-11-02T13:00:00Z", "2026-11-04T06:00:00Z"},
		{"a night shift ends in the morning", `{"zone":"UTC","week":{"mon":["22:00-06:00"]}}`, "2026-11-02T22:30:00Z", "2026-11-03T06:00:00Z"},
		{"a night shift is cut by a holiday at midnight", `{"zone":"UTC","week":{"mon":["22:00-06:00"]},"holidays":[{"date":"11-03"}]}`, "2026-11-02T22:30:00Z", "2026-11-03T00:00:00Z"},
		{"a skipped date is jumped over", `{"zone":"Pacific/Apia","week":{"fri":["00:00-24:00"],"sat":["08:00-09:00"]}}`, "2011-12-29T12:00:00Z", "2011-12-30T18:00:00Z"},
		{"never closed has no change", `{"zone":"UTC","week":{"mon":["00:00-24:00"],"tue":["00:00-24:00"],"wed":["00:00-24:00"],"thu":["00:00-24:00"],"fri":["00:00-24:00"],"sat":["00:00-24:00"],"sun":["00:00-24:00"]}}`, "2026-11-02T13:00:00Z", ""},
		{"never open has no change", `{"zone":"Europe/Berlin"}`, "2026-11-02T13:00:00Z", ""},
		{"open on one day of next year only", `{"zone":"UTC","holidays":[{"date":"2027-10-01","open":["10:00-11:00"]}]}`, "2026-11-02T13:00:00Z", "2027-10-01T10:00:00Z"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			at, err := time.Parse(time.RFC3339Nano, tt.at)
			require.NoError(t, err)
			got, ok := schedule(t, hoursJSON(t, tt.hours)).NextChange(at)
			require.Equal(t, tt.want != "", ok)
			if ok {
				require.Equal(t, tt.want, got.Format(time.RFC3339Nano))
			}
		})
	}
}

// TestNextChangeFindsWhatAScanFinds compares NextChange with looking at every
// minute, around all transitions of zones with odd rules.
func TestNextChangeFindsWhatAScanFinds(t *testing.T) {
	t.Parallel()
	zones := []string{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Kiritimati", "Asia/Kathmandu", "America/Sao_Paulo", "Africa/Casablanca", "UTC"}
	rng := rand.New(rand.NewPCG(7, 7))
	changes := 0
	for range 60 {
		h := randomHours(rng)
		h.Zone = zones[rng.IntN(len(zones))]
		s, err := rules.NewSchedule(h)
		require.NoError(t, err)
		loc, err := time.LoadLocation(h.Zone)
		require.NoError(t, err)
		// Begin near a transition of the zone, if it has any.
		start := time.Date(2026, time.Month(1+rng.IntN(12)), 1, 0, 0, 0, 0, time.UTC)
		if _, end := start.In(loc).ZoneBounds(); !end.IsZero() && rng.IntN(4) > 0 {
			start = end.Add(-time.Duration(rng.IntN(48)) * time.Hour).UTC()
		}
		start = start.Truncate(time.Minute)
		at, open := start, s.OpenAt(start)
		for now := start; now.Before(start.AddDate(0, 0, 5)); now = now.Add(time.Minute) {
			if s.OpenAt(now) == open {
				continue
			}
			got, ok := s.NextChange(at)
			require.True(t, ok)
			require.True(t, got.Equal(now), "%+v: after %s want %s, got %s", h, at, now, got)
			at, open = now, !open
			changes++
		}
	}
	require.Greater(t, changes, 200)
}

func randomHours(rng *rand.Rand) rules.Hours {
	day := func() []rules.Span {
		var spans []rules.Span
		if rng.IntN(4) > 0 {
			from := rules.DayTime(rng.IntN(700))
			spans = append(spans, rules.Span{From: from, To: from + 1 + rules.DayTime(rng.IntN(100))})
		}
		if rng.IntN(3) > 0 {
			spans = append(spans, rules.Span{From: rules.DayTime(900 + rng.IntN(300)), To: rules.DayTime(rng.IntN(500))})
		}
		return spans
	}
	h := rules.Hours{Zone: "UTC", Week: rules.Week{Mon: day(), Tue: day(), Wed: day(), Thu: day(), Fri: day(), Sat: day(), Sun: day()}}
	seen := make(map[rules.Date]bool)
	for range rng.IntN(6) {
		d := rules.Date{Month: time.Month(1 + rng.IntN(12)), Day: 1 + rng.IntN(28)}
		if rng.IntN(2) == 0 {
			d.Year = 2026
		}
		if !seen[d] {
			seen[d] = true
			h.Holidays = append(h.Holidays, rules.Holiday{Date: d, Open: day()})
		}
	}
	return h
}

func TestHoursSurviveJSON(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(8, 8))
	for range 500 {
		h := randomHours(rng)
		b, err := json.Marshal(h)
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(h, hoursJSON(t, string(b))))
	}
	_, err := json.Marshal(rules.Span{From: 60, To: 60})
	require.Error(t, err, "an empty span is no span")
	_, err = json.Marshal(rules.Date{Year: 2026, Month: 2, Day: 30})
	require.Error(t, err)
}

func TestSpanAndDateRefuse(t *testing.T) {
	t.Parallel()
	for _, in := range []string{"", "9:00-17:00", "09:00-17:00 ", "09:00–17:00", "24:00-08:00", "09:00-24:01", "09:60-10:00", "09:00-09:00", "0a:00-10:00", "09-00:10:00", "-1:00-10:00"} {
		var s rules.Span
		require.Error(t, s.UnmarshalText([]byte(in)), in)
		require.Zero(t, s)
	}
	for _, in := range []string{"", "2026-02-29", "2026-13-01", "2026-00-10", "0000-01-01", "1970-01-01", "12-32", "02-30", "2026-1-1", "2026/01/01", "20260101", "+026-01-01", "1-01", "2026-12-25T00:00:00Z"} {
		var d rules.Date
		require.Error(t, d.UnmarshalText([]byte(in)), in)
		require.Zero(t, d)
	}
	for _, in := range []string{"2024-02-29", "02-29", "9999-12-31", "1971-01-01"} {
		var d rules.Date
		require.NoError(t, d.UnmarshalText([]byte(in)), in)
		require.Equal(t, in, d.String())
	}
}

func TestScheduleZeroAndErrors(t *testing.T) {
	t.Parallel()
	var zero rules.Schedule
	require.False(t, zero.OpenAt(t0))
	_, ok := zero.NextChange(t0)
	require.False(t, ok)
	s, err := rules.NewSchedule(rules.Hours{})
	require.Error(t, err, "hours without a zone are refused")
	require.Nil(t, s)
	for _, zone := range []string{"Local", "Mars/Olympus", "../UTC", "/etc/passwd"} {
		_, err := rules.NewSchedule(rules.Hours{Zone: zone})
		require.Error(t, err, zone)
		require.NotContains(t, err.Error(), "Olympus")
	}
	for _, at := range []time.Time{{}, time.Unix(1<<62, 0), time.Unix(-1<<62, 0)} {
		full := schedule(t, office())
		require.NotPanics(t, func() { full.OpenAt(at); full.NextChange(at) })
	}
}

func TestScheduleDoesNotAllocate(t *testing.T) {
	h := office()
	for i := range 100 {
		h.Holidays = append(h.Holidays, rules.Holiday{Date: rules.Date{Year: 2030 + i, Month: 5, Day: 1}})
	}
	h.Holidays = append(h.Holidays, rules.Holiday{Date: rules.Date{Month: 12, Day: 25}})
	s := schedule(t, h)
	require.Zero(t, testing.AllocsPerRun(100, func() { s.OpenAt(t0) }))
}

func ExampleSchedule() {
	var h rules.Hours
	err := json.Unmarshal([]byte(`{
		"zone": "Europe/Helsinki",
		"week": {"mon": ["09:00-17:00"], "tue": ["09:00-17:00"], "fri": ["22:00-02:00"]},
		"holidays": [
			{"date": "12-06", "name": "Independence Day"},
			{"date": "2026-12-21", "open": ["09:00-12:00"]}
		]
	}`), &h)
	if err != nil {
		fmt.Println(err)
		return
	}
	s, err := rules.NewSchedule(h)
	if err != nil {
		fmt.Println(err)
		return
	}
	now := time.Date(2026, 12, 21, 10, 30, 0, 0, time.UTC) // 12:30 in Helsinki
	fmt.Println(s.OpenAt(now))
	opens, _ := s.NextChange(now)
	fmt.Println(opens)
	// Output:
	// false
	// 2026-12-22 07:00:00 +0000 UTC
}
