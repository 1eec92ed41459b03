package pricing_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/pricing"
)

// hold is a hold for one charged message of a tenth of a unit.
func hold(when time.Time, c pricing.Category) pricing.Hold {
	return pricing.NewHold(pricing.Charge{Category: c, Billable: pricing.BillableYes, Unit: pricing.UnitMessage, Units: 1},
		100_000, when, time.UTC)
}

func said(kind string, c pricing.Category) pricing.Observed {
	return (&pricing.StatusPricing{Type: kind, Category: string(c)}).Observed()
}

func TestWhereAnEntryCounts(t *testing.T) {
	t.Parallel()
	sent, delivered := at(t, "2026-10-31T23:59:00Z"), at(t, "2026-11-01T00:01:00Z")
	base := pricing.Entry{Channel: "support", Market: "Germany"}
	reserved := base.Reserve(hold(sent, pricing.CategoryUtility))
	one := pricing.NewDelivery(1, delivered, time.UTC)
	key := func(m pricing.Month, c pricing.Category) pricing.Key {
		return pricing.Key{Channel: "support", Month: m, Category: c, Market: "Germany"}
	}
	free := reserved
	free.Hold.Billable, free.Hold.Units, free.Hold.Free = pricing.BillableNo, 0, 1
	group := base.Reserve(pricing.Hold{At: sent, Month: "2026-10", Category: pricing.CategoryGroupService,
		Billable: pricing.BillableYes, Units: 4, Free: 3, Rate: 100})
	tests := []struct {
		name  string
		e     pricing.Entry
		stage pricing.Stage
		key   pricing.Key
		want  pricing.Totals
	}{
		{"nothing known", pricing.Entry{}, pricing.StageNone, pricing.Key{}, pricing.Totals{}},
		{"only a price, no delivery", base.Settle(pricing.Delivery{}, said("regular", "utility")), pricing.StageNone,
			pricing.Key{}, pricing.Totals{}},
		{"delivered, channel unknown", pricing.Entry{}.Settle(one, pricing.Observed{}), pricing.StageNone,
			pricing.Key{}, pricing.Totals{}},
		{"released before anything", base.Release(), pricing.StageNone, pricing.Key{}, pricing.Totals{}},
		{"reserved", reserved, pricing.StageReserved, key("2026-10", "utility"),
			pricing.Totals{Reserved: 1, ReservedCharged: 1, ReservedCost: 100_000}},
		{"reserved out of the free tier", free, pricing.StageReserved, key("2026-10", "utility"),
			pricing.Totals{Reserved: 1}},
		{"reserved, billability unknown", base.Reserve(pricing.Hold{At: sent, Month: "2026-10", Units: 1, Rate: 7}),
			pricing.StageReserved, key("2026-10", ""), pricing.Totals{Reserved: 1, ReservedCharged: 1, ReservedCost: 7}},
		{"failed", reserved.Release(), pricing.StageReleased, key("2026-10", "utility"), pricing.Totals{Released: 1}},
		{"delivered in the next month, price expected", reserved.Settle(one, pricing.Observed{}), pricing.StageDelivered,
			key("2026-11", "utility"), pricing.Totals{Delivered: 1, Charged: 1, Cost: 100_000, Estimated: 1}},
		{"delivered, charged", reserved.Settle(one, said("regular", "utility")), pricing.StageDelivered,
			key("2026-11", "utility"), pricing.Totals{Delivered: 1, Charged: 1, Cost: 100_000}},
		{"delivered, free after all", reserved.Settle(one, said("free_entry_point", "referral_conversion")), pricing.StageDelivered,
			key("2026-11", "referral_conversion"), pricing.Totals{Delivered: 1}},
		{"delivered, charged although expected to be free", free.Settle(one, said("regular", "utility")), pricing.StageDelivered,
			key("2026-11", "utility"), pricing.Totals{Delivered: 1, Charged: 1, Cost: 100_000}},
		{"delivered, expected to be free", free.Settle(one, pricing.Observed{}), pricing.StageDelivered,
			key("2026-11", "utility"), pricing.Totals{Delivered: 1, Estimated: 1}},
		{"delivered in another category at another price",
			reserved.Settle(pricing.Delivery{At: delivered, Month: "2026-11", Units: 1, Rate: 300_000}, said("regular", "marketing")),
			pricing.StageDelivered, key("2026-11", "marketing"), pricing.Totals{Delivered: 1, Charged: 1, Cost: 300_000}},
		{"failed on one device, delivered on another", reserved.Release().Settle(one, said("regular", "utility")), pricing.StageDelivered,
			key("2026-11", "utility"), pricing.Totals{Delivered: 1, Charged: 1, Cost: 100_000}},
		{"delivered without a hold", base.Settle(one, said("regular", "utility")), pricing.StageDelivered,
			key("2026-11", "utility"), pricing.Totals{Delivered: 1, Charged: 1}},
		{"group, partly delivered", group.Settle(pricing.NewDelivery(5, delivered, nil), pricing.Observed{}), pricing.StageDelivered,
			key("2026-11", "group_service"), pricing.Totals{Delivered: 5, Charged: 2, Cost: 200, Estimated: 5}},
		{"group, delivered within the free tier", group.Settle(pricing.NewDelivery(2, delivered, nil), pricing.Observed{}), pricing.StageDelivered,
			key("2026-11", "group_service"), pricing.Totals{Delivered: 2, Estimated: 2}},
		{"figures that cannot be", base.Reserve(pricing.Hold{At: sent, Month: "2026-10", Units: -5, Free: -5, Rate: -5}),
			pricing.StageReserved, key("2026-10", ""), pricing.Totals{}},
		{"more than an int64 can hold", base.Reserve(pricing.Hold{At: sent, Month: "2026-10", Units: math.MaxInt64, Free: math.MaxInt64, Rate: math.MaxInt64}),
			pricing.StageReserved, key("2026-10", ""),
			pricing.Totals{Reserved: math.MaxInt64, ReservedCharged: math.MaxInt64, ReservedCost: math.MaxInt64}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.stage, tt.e.Stage())
			k, got := tt.e.Posting()
			require.Empty(t, cmp.Diff(tt.key, k))
			require.Empty(t, cmp.Diff(tt.want, got))
		})
	}
}

// randomFact draws one fact about a message, out of so few values that facts
// repeat and contradict each other.
func randomFact(r *rand.Rand, base time.Time) pricing.Entry {
	when := base.Add(time.Duration(r.IntN(80)-40) * 24 * time.Hour)
	e := pricing.Entry{Channel: "support", Market: "Germany"}
	if r.IntN(5) == 0 {
		e.Channel, e.Market = "", ""
	}
	switch r.IntN(5) {
	case 0, 1:
		c := pricing.Charge{Category: "utility", Billable: []pricing.Billable{"", "no", "yes"}[r.IntN(3)],
			Units: int64(r.IntN(4)), Free: int64(r.IntN(3))}
		return e.Reserve(pricing.NewHold(c, pricing.Micros(r.IntN(3)*100), when, time.UTC))
	case 2, 3:
		d := pricing.NewDelivery(int64(r.IntN(4)), when, []*time.Location{time.UTC, time.FixedZone("", 14*3600)}[r.IntN(2)])
		if r.IntN(5) == 0 {
			d = pricing.Delivery{Units: 1, Month: "2026-11"} // nobody knows when
		}
		return e.Settle(d, randomObserved(r))
	default:
		return e.Release()
	}
}

func TestEntriesAreASemilattice(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(4, 8))
	base := at(t, "2026-11-01T00:00:00Z")
	random := func() (e pricing.Entry) {
		for range r.IntN(5) {
			e = e.Merge(randomFact(r, base))
		}
		return e
	}
	for range 5000 {
		a, b, c := random(), random(), random()
		require.Equal(t, a, a.Merge(a))
		require.Equal(t, a, a.Merge(pricing.Entry{}))
		require.Equal(t, a.Merge(b), b.Merge(a))
		require.Equal(t, a.Merge(b).Merge(c), a.Merge(b.Merge(c)))

		j, err := json.Marshal(a)
		require.NoError(t, err)
		var back pricing.Entry
		require.NoError(t, json.Unmarshal(j, &back))
		require.Equal(t, a, back)
	}
}

// TestRunningTotalsEqualTheSumOfEntries is what lets a store keep running totals
// instead of adding up entries.
func TestRunningTotalsEqualTheSumOfEntries(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(4, 9))
	base := at(t, "2026-11-01T00:00:00Z")
	for range 300 {
		entries := make([]pricing.Entry, 4)
		counters := map[string]int64{}
		for range 40 {
			i := r.IntN(len(entries))
			after := entries[i].Merge(randomFact(r, base))
			for _, row := range pricing.Diff(entries[i], after) {
				for name, n := range row.Counters() {
					counters[row.Channel+" "+name] += n
				}
			}
			entries[i] = after
		}
		want := map[pricing.Key]pricing.Totals{}
		for _, e := range entries {
			if k, sum := e.Posting(); sum != (pricing.Totals{}) {
				want[k] = want[k].Plus(sum)
			}
		}
		got := map[pricing.Key]pricing.Totals{}
		for name, n := range counters {
			if n == 0 {
				continue
			}
			const prefix = "support "
			require.Equal(t, prefix, name[:len(prefix)])
			row, err := pricing.ParseCounter("support", name[len(prefix):], n)
			require.NoError(t, err)
			got[row.Key] = got[row.Key].Plus(row.Totals)
		}
		require.Empty(t, cmp.Diff(want, got))
	}
}

func TestServiceMessagesUseTheFreeTier(t *testing.T) {
	t.Parallel()
	totals := pricing.Totals{Reserved: 2, Delivered: 3, Charged: 1, Released: 4}
	for category, want := range map[pricing.Category]int64{
		"service": 5, "group_service": 5, "utility": 0, "referral_conversion": 0, "": 0,
	} {
		row := pricing.Row{Key: pricing.Key{Channel: "support", Month: "2026-11", Category: category}, Totals: totals}
		require.Equal(t, want, row.FreeUsed(), category)
	}
}

func TestNamesOfCounters(t *testing.T) {
	t.Parallel()
	row := pricing.Row{
		Key: pricing.Key{Channel: "support", Month: "2026-11", Category: "odd/name", Market: "Rest of Central & Eastern Europe"},
		Totals: pricing.Totals{Reserved: 1, ReservedCharged: 2, ReservedCost: 3, Delivered: 4, Charged: 5, Cost: -6,
			Estimated: 7, Released: 8},
	}
	got := pricing.Row{Key: row.Key}
	var names []string
	for name, n := range row.Counters() {
		names = append(names, name)
		one, err := pricing.ParseCounter("support", name, n)
		require.NoError(t, err)
		require.Equal(t, row.Key, one.Key)
		got.Totals = got.Totals.Plus(one.Totals)
	}
	require.Equal(t, row, got)
	require.Len(t, names, 8)
	require.Contains(t, names, "2026-11/odd%2Fname/Rest%20of%20Central%20&%20Eastern%20Europe/cost")
	for range row.Counters() {
		break // stopping early is allowed
	}
	for _, bad := range []string{"", "a/b/c", "a/b/c/d", "a/b/c/cost/", "a/%zz/c/cost", "a/b/c/Cost"} {
		_, err := pricing.ParseCounter("support", bad, 1)
		require.ErrorIs(t, err, pricing.ErrCounter, bad)
	}
}

func TestTotalsStayAtTheLimits(t *testing.T) {
	t.Parallel()
	high := pricing.Totals{Cost: math.MaxInt64, Delivered: math.MaxInt64, Released: math.MinInt64}
	sum := high.Plus(pricing.Totals{Cost: 1, Delivered: math.MaxInt64, Released: -1})
	require.Equal(t, high, sum)
}

func TestTimesOfEntriesSurviveJSON(t *testing.T) {
	t.Parallel()
	for _, when := range []time.Time{
		{}, time.Unix(-1, 0), time.Unix(1793527200, 999), time.Unix(1793527200000, 0), time.Unix(math.MaxInt64, 0), time.Unix(math.MinInt64, 0),
	} {
		e := pricing.Entry{Channel: "support"}.Reserve(pricing.NewHold(pricing.Charge{Units: 1}, 1, when, nil)).
			Settle(pricing.NewDelivery(1, when, nil), pricing.Observed{})
		j, err := json.Marshal(e)
		require.NoError(t, err)
		var back pricing.Entry
		require.NoError(t, json.Unmarshal(j, &back))
		require.Equal(t, e, back)
	}
}

func TestJSONFormOfAnEntry(t *testing.T) {
	t.Parallel()
	when := at(t, "2026-11-22T12:00:00Z")
	e := pricing.Entry{Channel: "support", Market: "Germany"}.Reserve(hold(when, "utility")).
		Settle(pricing.NewDelivery(1, when.Add(time.Second), nil), said("regular", "utility"))
	j, err := json.Marshal(e)
	require.NoError(t, err)
	require.JSONEq(t, `{"channel":"support","market":"Germany",
		"hold":{"at":"2026-11-22T12:00:00Z","month":"2026-11","category":"utility","billable":"yes","units":1,"rate":100000},
		"delivery":{"at":"2026-11-22T12:00:01Z","month":"2026-11","units":1},
		"observed":{"category":"utility","billable":"yes","type":"regular"}}`, string(j))
	j, err = json.Marshal(pricing.Entry{})
	require.NoError(t, err)
	require.Equal(t, "{}", string(j))
}
