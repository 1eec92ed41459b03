package pricing_test

import (
	"fmt"
	"math"
	"testing"
	"time"
	_ "time/tzdata" // zones on machines without a database

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/pricing"
	"github.com/kanava-go/kanava/window"
)

// at parses an RFC 3339 time.
func at(t testing.TB, s string) time.Time {
	t.Helper()
	v, err := time.Parse(time.RFC3339, s)
	require.NoError(t, err)
	return v
}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	require.NoError(t, err)
	return z
}

// States of the window at a given time.
func openAt(now time.Time) window.State {
	return window.Options{}.Observe(window.State{},
		window.Event{Kind: window.KindMessage, At: now.Add(-time.Hour)}, now)
}

func closedAt(now time.Time) window.State {
	return window.Options{}.Observe(window.State{},
		window.Event{Kind: window.KindMessage, At: now.Add(-48 * time.Hour)}, now)
}

func freeEntryAt(now time.Time) window.State {
	return window.Options{}.Observe(closedAt(now),
		window.Event{Kind: window.KindStatus, At: now, FreeEntryUntil: now.Add(time.Hour)}, now)
}

// TestWhatIsChargedWhen is the price table: every kind of message in every
// window, in each period of the price model.
func TestWhatIsChargedWhen(t *testing.T) {
	t.Parallel()
	const yes, no, unknown = pricing.BillableYes, pricing.BillableNo, pricing.BillableUnknown
	type answers [3]pricing.Billable // closed, open, free entry
	all := func(b pricing.Billable) answers { return answers{b, b, b} }
	template := func(c pricing.Category) pricing.Message {
		return pricing.Message{Kind: pricing.KindTemplate, Category: c}
	}
	group := func(k pricing.Kind, c pricing.Category) pricing.Message {
		return pricing.Message{Kind: k, Category: c, Group: true, Recipients: 7}
	}
	periods := []string{"2024-10-31", "2025-06-30", "2026-09-30", "2026-10-01"}
	tests := []struct {
		name string
		m    pricing.Message
		want [4]answers
	}{
		{"inbound", pricing.Message{Kind: pricing.KindInbound},
			[4]answers{all(unknown), all(no), all(no), all(no)}},
		{"service, free tier used up", pricing.Message{Kind: pricing.KindService},
			[4]answers{all(unknown), all(no), all(no), {yes, yes, no}}},
		{"service, free tier left", pricing.Message{Kind: pricing.KindService, FreeLeft: 1},
			[4]answers{all(unknown), all(no), all(no), all(no)}},
		{"service of an exempt organisation", pricing.Message{Kind: pricing.KindService, Exempt: true},
			[4]answers{all(unknown), all(no), all(no), all(no)}},
		{"utility template", template(pricing.CategoryUtility),
			[4]answers{all(unknown), {yes, unknown, no}, {yes, no, no}, {yes, yes, no}}},
		{"marketing template", template(pricing.CategoryMarketing),
			[4]answers{all(unknown), {yes, yes, no}, {yes, yes, no}, {yes, yes, no}}},
		{"marketing through the other API", template(pricing.CategoryMarketingLite),
			[4]answers{all(unknown), {yes, yes, no}, {yes, yes, no}, {yes, yes, no}}},
		{"authentication template", template(pricing.CategoryAuthentication),
			[4]answers{all(unknown), {yes, yes, no}, {yes, yes, no}, {yes, yes, no}}},
		{"authentication abroad", template(pricing.CategoryAuthenticationInternational),
			[4]answers{all(unknown), {yes, yes, no}, {yes, yes, no}, {yes, yes, no}}},
		{"Direct Send", pricing.Message{Kind: pricing.KindService, Category: pricing.CategoryUtility},
			[4]answers{all(unknown), {yes, unknown, no}, {yes, no, no}, {yes, yes, no}}},
		{"service to a group", group(pricing.KindService, ""),
			[4]answers{all(unknown), all(unknown), all(no), all(yes)}},
		{"utility to a group", group(pricing.KindTemplate, pricing.CategoryUtility),
			[4]answers{all(unknown), all(unknown), {yes, no, yes}, all(yes)}},
		{"marketing to a group", group(pricing.KindTemplate, pricing.CategoryMarketing),
			[4]answers{all(unknown), all(unknown), all(yes), all(yes)}},
		{"authentication to a group", group(pricing.KindTemplate, pricing.CategoryAuthentication),
			[4]answers{all(unknown), all(unknown), all(unknown), all(unknown)}},
		{"reaction", pricing.Message{Kind: pricing.KindReaction},
			[4]answers{all(unknown), all(no), all(no), {unknown, unknown, no}}},
		{"typed in the Business app", pricing.Message{Kind: pricing.KindApp},
			[4]answers{all(unknown), all(no), all(no), all(no)}},
		{"call from the user", pricing.Message{Kind: pricing.KindUserCall, Duration: time.Hour},
			[4]answers{all(unknown), all(no), all(no), all(no)}},
		{"call from the business", pricing.Message{Kind: pricing.KindBusinessCall, Duration: time.Hour},
			[4]answers{all(unknown), all(unknown), all(yes), all(yes)}},
		{"Meta Business Agent", pricing.Message{Kind: pricing.KindAgent},
			[4]answers{all(unknown), all(unknown), all(yes), all(yes)}},
		{"failed marketing", pricing.Message{Kind: pricing.KindTemplate, Category: pricing.CategoryMarketing, Failed: true},
			[4]answers{all(no), all(no), all(no), all(no)}},
		{"template without category", template(""), [4]answers{}},
		{"template of category service", template(pricing.CategoryService), [4]answers{}},
		{"category of the future", template("telepathy"), [4]answers{}},
		{"kind of the future", pricing.Message{Kind: "telepathy"}, [4]answers{}},
		{"zero message", pricing.Message{}, [4]answers{}},
	}
	rules := pricing.DefaultRules()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for i, day := range periods {
				now := at(t, day+"T12:00:00Z")
				got := answers{
					rules.Charge(tt.m, closedAt(now), now, time.UTC).Billable,
					rules.Charge(tt.m, openAt(now), now, time.UTC).Billable,
					rules.Charge(tt.m, freeEntryAt(now), now, time.UTC).Billable,
				}
				require.Equal(t, tt.want[i], got, day)
			}
		})
	}
}

func TestDetailsOfACharge(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-11-22T12:00:00Z")
	open, closed, entry := openAt(now), closedAt(now), freeEntryAt(now)
	tests := []struct {
		name string
		m    pricing.Message
		w    window.State
		want pricing.Charge
	}{
		{"service beyond the free tier", pricing.Message{Kind: pricing.KindService}, open, pricing.Charge{
			Category: pricing.CategoryService, Billable: pricing.BillableYes, Reason: pricing.ReasonRegular,
			Unit: pricing.UnitMessage, Units: 1}},
		{"service within it", pricing.Message{Kind: pricing.KindService, FreeLeft: 3}, open, pricing.Charge{
			Category: pricing.CategoryService, Billable: pricing.BillableNo, Reason: pricing.ReasonFreeTier,
			Unit: pricing.UnitMessage, Free: 1}},
		{"a negative remainder of it", pricing.Message{Kind: pricing.KindService, FreeLeft: -3}, open, pricing.Charge{
			Category: pricing.CategoryService, Billable: pricing.BillableYes, Reason: pricing.ReasonRegular,
			Unit: pricing.UnitMessage, Units: 1}},
		{"group service partly within it", pricing.Message{Kind: pricing.KindService, Group: true, Recipients: 7, FreeLeft: 3}, open,
			pricing.Charge{Category: pricing.CategoryGroupService, Billable: pricing.BillableYes, Reason: pricing.ReasonRegular,
				Unit: pricing.UnitMessage, Units: 4, Free: 3}},
		{"group of unknown size", pricing.Message{Kind: pricing.KindTemplate, Category: pricing.CategoryMarketingLite, Group: true}, open,
			pricing.Charge{Category: pricing.CategoryGroupMarketing, Billable: pricing.BillableYes, Reason: pricing.ReasonRegular,
				Unit: pricing.UnitMessage, Units: 1}},
		{"recipients without a group", pricing.Message{Kind: pricing.KindTemplate, Category: pricing.CategoryUtility, Recipients: 7}, closed,
			pricing.Charge{Category: pricing.CategoryUtility, Billable: pricing.BillableYes, Reason: pricing.ReasonRegular,
				Unit: pricing.UnitMessage, Units: 1}},
		{"free entry point", pricing.Message{Kind: pricing.KindTemplate, Category: pricing.CategoryMarketing}, entry, pricing.Charge{
			Category: pricing.CategoryReferralConversion, Billable: pricing.BillableNo, Reason: pricing.ReasonFreeEntry,
			Unit: pricing.UnitMessage}},
		{"Marketing Messages API", pricing.Message{Kind: pricing.KindTemplate, Category: pricing.CategoryMarketingLite}, closed, pricing.Charge{
			Category: pricing.CategoryMarketingLite, Billable: pricing.BillableYes, Reason: pricing.ReasonRegular,
			Unit: pricing.UnitMessage, Units: 1}},
		{"call of 13 seconds", pricing.Message{Kind: pricing.KindBusinessCall, Duration: 13 * time.Second}, closed, pricing.Charge{
			Billable: pricing.BillableYes, Reason: pricing.ReasonPerPulse, Unit: pricing.UnitPulse, Units: 3}},
		{"call of exactly 12 seconds", pricing.Message{Kind: pricing.KindBusinessCall, Duration: 12 * time.Second}, closed, pricing.Charge{
			Billable: pricing.BillableYes, Reason: pricing.ReasonPerPulse, Unit: pricing.UnitPulse, Units: 2}},
		{"call of the longest duration", pricing.Message{Kind: pricing.KindBusinessCall, Duration: math.MaxInt64}, closed, pricing.Charge{
			Billable: pricing.BillableYes, Reason: pricing.ReasonPerPulse, Unit: pricing.UnitPulse, Units: 1537228673}},
		{"call of no duration", pricing.Message{Kind: pricing.KindBusinessCall, Duration: -1}, closed, pricing.Charge{
			Billable: pricing.BillableYes, Reason: pricing.ReasonPerPulse, Unit: pricing.UnitPulse}},
		{"agent's tokens are Meta's to count", pricing.Message{Kind: pricing.KindAgent}, entry, pricing.Charge{
			Billable: pricing.BillableYes, Reason: pricing.ReasonPerToken, Unit: pricing.UnitToken}},
		{"reaction", pricing.Message{Kind: pricing.KindReaction}, open, pricing.Charge{
			Category: pricing.CategoryService, Reason: pricing.ReasonUndocumented, Unit: pricing.UnitMessage, Units: 1}},
		{"failed", pricing.Message{Kind: pricing.KindService, Failed: true}, open, pricing.Charge{
			Category: pricing.CategoryService, Billable: pricing.BillableNo, Reason: pricing.ReasonNotDelivered,
			Unit: pricing.UnitMessage}},
		{"unknown", pricing.Message{Kind: pricing.KindTemplate, Category: "telepathy"}, open, pricing.Charge{
			Category: "telepathy", Reason: pricing.ReasonNoRule, Unit: pricing.UnitMessage, Units: 1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			require.Empty(t, cmp.Diff(tt.want, pricing.DefaultRules().Charge(tt.m, tt.w, now, time.UTC)))
		})
	}
}

func TestUtilityInTheWindowIsChargedFromTheFirstSecondOfOctober(t *testing.T) {
	t.Parallel()
	utility := pricing.Message{Kind: pricing.KindTemplate, Category: pricing.CategoryUtility}
	for _, name := range []string{
		"UTC", "Pacific/Kiritimati" /* +14 */, "Etc/GMT+12" /* −12 */, "America/New_York", "Asia/Kathmandu", "Africa/Cairo",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			z := zone(t, name)
			midnight := time.Date(2026, 10, 1, 0, 0, 0, 0, z)
			for _, tt := range []struct {
				at   time.Time
				want pricing.Billable
			}{
				{time.Date(2026, 9, 30, 23, 59, 0, 0, z), pricing.BillableNo},
				{midnight.Add(-time.Nanosecond), pricing.BillableNo},
				{midnight, pricing.BillableYes},
			} {
				got := pricing.DefaultRules().Charge(utility, openAt(tt.at), tt.at.UTC(), z)
				require.Equal(t, tt.want, got.Billable, tt.at)
			}
		})
	}
}

func TestWithoutAZoneOnlyTheDaysAroundAChangeAreUnknown(t *testing.T) {
	t.Parallel()
	utility := pricing.Message{Kind: pricing.KindTemplate, Category: pricing.CategoryUtility}
	service := pricing.Message{Kind: pricing.KindService, FreeLeft: 1}
	marketing := pricing.Message{Kind: pricing.KindTemplate, Category: pricing.CategoryMarketing}
	tests := []struct {
		m      pricing.Message
		when   string
		want   pricing.Billable
		reason pricing.Reason
	}{
		{utility, "2026-09-30T09:59:59Z", pricing.BillableNo, pricing.ReasonWindowOpen},
		{utility, "2026-09-30T10:00:00Z", pricing.BillableUnknown, pricing.ReasonZoneUnknown}, // 1 October in UTC+14
		{utility, "2026-10-01T11:59:59Z", pricing.BillableUnknown, pricing.ReasonZoneUnknown}, // 30 September in UTC−12
		{utility, "2026-10-01T12:00:00Z", pricing.BillableYes, pricing.ReasonRegular},
		{marketing, "2026-10-01T00:00:00Z", pricing.BillableYes, pricing.ReasonRegular},
		{marketing, "2025-07-01T00:00:00Z", pricing.BillableYes, pricing.ReasonZoneUnknown}, // charged either way
		{service, "2026-10-01T00:00:00Z", pricing.BillableNo, pricing.ReasonZoneUnknown},    // free either way
	}
	for _, tt := range tests {
		now := at(t, tt.when)
		got := pricing.DefaultRules().Charge(tt.m, openAt(now), now, nil)
		require.Equal(t, tt.want, got.Billable, tt.when)
		require.Equal(t, tt.reason, got.Reason, tt.when)
	}
	// What may be charged counts, what may be free counts as used.
	now := at(t, "2026-10-01T00:00:00Z")
	require.Equal(t, int64(1), pricing.DefaultRules().Charge(utility, openAt(now), now, nil).Units)
	require.Equal(t, int64(1), pricing.DefaultRules().Charge(service, openAt(now), now, nil).Free)
}

func TestAStateThatMovedOnDoesNotGuess(t *testing.T) {
	t.Parallel()
	// The user wrote after the message was delivered: was the window open then?
	delivered := at(t, "2026-09-15T12:00:00Z")
	utility := pricing.Message{Kind: pricing.KindTemplate, Category: pricing.CategoryUtility}
	for _, after := range []time.Duration{3 * time.Hour, 3 * 24 * time.Hour} {
		later := openAt(delivered.Add(after))
		got := pricing.DefaultRules().Charge(utility, later, delivered, time.UTC)
		require.Equal(t, pricing.BillableUnknown, got.Billable)
		require.Equal(t, pricing.ReasonWindowUnknown, got.Reason)
		require.Equal(t, int64(1), got.Units)
	}

	// Since October 2026 both windows cost the same.
	delivered = at(t, "2026-11-15T12:00:00Z")
	later := openAt(delivered.Add(3 * time.Hour))
	got := pricing.DefaultRules().Charge(utility, later, delivered, time.UTC)
	require.Equal(t, pricing.BillableYes, got.Billable)
}

func TestFreeTierOfTheMonth(t *testing.T) {
	t.Parallel()
	rules, now := pricing.DefaultRules(), at(t, "2026-11-22T12:00:00Z")
	tier := rules.FreeTier(now, time.UTC)
	require.Equal(t, 1000, tier)
	require.Zero(t, rules.FreeTier(at(t, "2026-09-30T12:00:00Z"), time.UTC))

	service := func(delivered int) pricing.Billable {
		m := pricing.Message{Kind: pricing.KindService, FreeLeft: tier - delivered}
		return rules.Charge(m, openAt(now), now, time.UTC).Billable
	}
	require.Equal(t, pricing.BillableNo, service(999), "the 1,000th is free")
	require.Equal(t, pricing.BillableYes, service(1000), "the 1,001st is charged")
}

func TestExemptionEnds(t *testing.T) {
	t.Parallel()
	m := pricing.Message{Kind: pricing.KindService, Exempt: true}
	last, next := at(t, "2027-12-31T23:59:59Z"), at(t, "2028-01-01T00:00:00Z")
	require.Equal(t, pricing.ReasonExempt, pricing.DefaultRules().Charge(m, openAt(last), last, time.UTC).Reason)
	require.Equal(t, pricing.BillableYes, pricing.DefaultRules().Charge(m, openAt(next), next, time.UTC).Billable)
}

func TestTheNextChangeIsANewRow(t *testing.T) {
	t.Parallel()
	rules := append(pricing.DefaultRules(),
		pricing.Rule{From: "2027-01-01", Class: pricing.ClassService, In: pricing.InOpen, Billable: pricing.BillableYes,
			Reason: pricing.ReasonRegular, FreeTier: 500},
		// And a host settles what Meta leaves open.
		pricing.Rule{From: "2026-10-01", Class: pricing.ClassReaction, In: pricing.Anywhere, Billable: pricing.BillableNo,
			Reason: pricing.ReasonReaction},
	)
	before, after := at(t, "2026-12-31T12:00:00Z"), at(t, "2027-01-01T12:00:00Z")
	require.Equal(t, 1000, rules.FreeTier(before, time.UTC))
	require.Equal(t, 500, rules.FreeTier(after, time.UTC))
	reaction := pricing.Message{Kind: pricing.KindReaction}
	require.Equal(t, pricing.BillableNo, rules.Charge(reaction, openAt(after), after, time.UTC).Billable)

	require.Equal(t, pricing.ReasonNoRule, pricing.Rules{}.Charge(reaction, openAt(after), after, time.UTC).Reason)
}

func TestDefaultRulesAreACopy(t *testing.T) {
	t.Parallel()
	r := pricing.DefaultRules()
	clear(r)
	require.NotEmpty(t, pricing.DefaultRules()[0].From)
}

func TestTimesThatCannotBePriced(t *testing.T) {
	t.Parallel()
	m := pricing.Message{Kind: pricing.KindTemplate, Category: pricing.CategoryMarketing}
	for _, bad := range []time.Time{
		{}, time.Unix(0, 0), time.Unix(-5, 0), time.Unix(365*86400-1, 0),
		time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC),
		time.Unix(1793527200000, 0), time.Unix(math.MaxInt64, 0), time.Unix(math.MinInt64, 0),
	} {
		for _, z := range []*time.Location{nil, time.UTC} {
			require.Equal(t, pricing.Charge{Reason: pricing.ReasonTime},
				pricing.DefaultRules().Charge(m, window.State{}, bad, z), fmt.Sprint(bad.Unix()))
		}
	}
	last := time.Date(2099, 12, 31, 23, 59, 59, 0, time.UTC)
	require.Equal(t, pricing.BillableYes, pricing.DefaultRules().Charge(m, window.State{}, last, time.UTC).Billable)
}
