package pricing_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/pricing"
)

func TestMonthsAndDaysAreTheAccounts(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		zone  string
		at    string
		day   pricing.Date
		month pricing.Month
	}{
		{"first second of the month in UTC+14", "Pacific/Kiritimati", "2026-10-31T10:00:00Z", "2026-11-01", "2026-11"},
		{"a second earlier", "Pacific/Kiritimati", "2026-10-31T09:59:59Z", "2026-10-31", "2026-10"},
		{"first second of the month in UTC−12", "Etc/GMT+12", "2026-11-01T12:00:00Z", "2026-11-01", "2026-11"},
		{"last second of the month in UTC−12", "Etc/GMT+12", "2026-11-01T11:59:59Z", "2026-10-31", "2026-10"},
		{"year's end in UTC+14", "Pacific/Kiritimati", "2026-12-31T10:00:00Z", "2027-01-01", "2027-01"},
		{"leap day", "UTC", "2028-02-29T23:59:59Z", "2028-02-29", "2028-02"},
		{"after the leap day", "UTC", "2028-03-01T00:00:00Z", "2028-03-01", "2028-03"},
		{"leap day by zone only", "America/New_York", "2028-03-01T04:59:59Z", "2028-02-29", "2028-02"},
		// Clocks go back on the first of November: at 1 to 0 o'clock in Havana, at
		// 2 to 1 o'clock in New York. The day repeats an hour, the month does not.
		{"before the month of a change", "America/Havana", "2026-11-01T03:59:59Z", "2026-10-31", "2026-10"},
		{"first pass of the repeated hour", "America/Havana", "2026-11-01T04:00:00Z", "2026-11-01", "2026-11"},
		{"second pass of the repeated hour", "America/Havana", "2026-11-01T05:00:00Z", "2026-11-01", "2026-11"},
		{"summer time at the month's begin", "America/New_York", "2026-11-01T04:00:00Z", "2026-11-01", "2026-11"},
		{"winter time at the month's end", "America/New_York", "2026-12-01T04:59:59Z", "2026-11-30", "2026-11"},
		{"winter time at the next begin", "America/New_York", "2026-12-01T05:00:00Z", "2026-12-01", "2026-12"},
		// Midnight does not exist on the last Friday of April in Cairo.
		{"the last second before a skipped midnight", "Africa/Cairo", "2026-04-23T21:59:59Z", "2026-04-23", "2026-04"},
		{"the first after it", "Africa/Cairo", "2026-04-23T22:00:00Z", "2026-04-24", "2026-04"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			z := zone(t, tt.zone)
			require.Equal(t, tt.day, pricing.DateOf(at(t, tt.at), z))
			require.Equal(t, tt.month, pricing.MonthOf(at(t, tt.at), z))
		})
	}
}

func TestDatesOfImpossibleTimesStayComparable(t *testing.T) {
	t.Parallel()
	require.Equal(t, pricing.Date("9999-12-31"), pricing.DateOf(time.Unix(1793527200000, 0), nil))
	require.Equal(t, pricing.Month("9999-12"), pricing.MonthOf(time.Unix(1793527200000, 0), time.UTC))
	require.Equal(t, pricing.Date("0000-01-01"), pricing.DateOf(time.Unix(-1<<50, 0), nil))
	require.Equal(t, pricing.Date("0001-01-01"), pricing.DateOf(time.Time{}, nil))
	for _, sec := range []int64{math.MinInt64, math.MaxInt64} {
		require.Len(t, pricing.DateOf(time.Unix(sec, 0), nil), 10)
	}
}
