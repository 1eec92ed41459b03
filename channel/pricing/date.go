package pricing

import "time"

// Date is a calendar day in an account's time zone, "2026-10-01". Dates compare
// as strings do. The zero value "" is before every date.
type Date string

// Month is a calendar month in an account's time zone, "2026-11". Months
// compare as strings do.
type Month string

// DateOf returns the day on which t falls in the zone; nil means UTC. Years
// outside 0 to 9999 count as the nearest one inside.
func DateOf(t time.Time, zone *time.Location) Date {
	return Date(local(t, zone).Format(time.DateOnly))
}

// MonthOf returns the month in which t falls in the zone; nil means UTC. Meta
// resets the free tier and the volume tiers at 00:00 in the account's time
// zone, so that months of two accounts may overlap by more than a day.
func MonthOf(t time.Time, zone *time.Location) Month {
	return Month(local(t, zone).Format("2006-01"))
}

func local(t time.Time, zone *time.Location) time.Time {
	if zone == nil {
		zone = time.UTC
	}
	t = t.In(zone)
	switch y := t.Year(); {
	case y < 0:
		return time.Date(0, 1, 1, 0, 0, 0, 0, zone)
	case y > 9999:
		return time.Date(9999, 12, 31, 0, 0, 0, 0, zone)
	}
	return t
}

// credible reports whether t can be the time of a message: the years 1971 to
// 2099. Anything else is an unset field, or milliseconds read as seconds.
func credible(t time.Time) bool {
	const first, end = 365 * 24 * 3600, 4102444800 // 1971 and 2100, UTC
	sec := t.Unix()
	return sec >= first && sec < end
}
