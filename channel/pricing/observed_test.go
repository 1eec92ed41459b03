package pricing_test

import (
	"encoding/json"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/pricing"
)

func TestWhatAStatusSaysAboutThePrice(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		in   string
		want pricing.Observed
	}{
		{"absent", `null`, pricing.Observed{}},
		{"empty", `{}`, pricing.Observed{}},
		{"charged service", `{"billable":true,"pricing_model":"PMP","type":"regular","category":"service"}`,
			pricing.Observed{Category: "service", Billable: "yes", Type: "regular", Model: "PMP"}},
		{"regular without billable", `{"type":"regular","category":"utility"}`,
			pricing.Observed{Category: "utility", Billable: "yes", Type: "regular"}},
		{"regular although billable says no", `{"billable":false,"type":"regular"}`,
			pricing.Observed{Billable: "yes", Type: "regular"}},
		{"free entry point", `{"type":"free_entry_point"}`,
			pricing.Observed{Billable: "no", Type: "free_entry_point"}},
		{"free although billable says yes", `{"billable":true,"type":"free_customer_service","category":"service"}`,
			pricing.Observed{Category: "service", Billable: "no", Type: "free_customer_service"}},
		{"free in a group", `{"type":"free_group_customer_service","category":"group_service"}`,
			pricing.Observed{Category: "group_service", Billable: "no", Type: "free_group_customer_service"}},
		{"free type of the future", `{"type":"free_lunch"}`, pricing.Observed{Billable: "no", Type: "free_lunch"}},
		{"billable without type", `{"billable":true}`, pricing.Observed{Billable: "yes"}},
		{"not billable without type", `{"billable":false,"pricing_model":"CBP"}`,
			pricing.Observed{Billable: "no", Model: "CBP"}},
		{"unknown type with billable", `{"billable":true,"type":"telepathy"}`,
			pricing.Observed{Billable: "yes", Type: "telepathy"}},
		{"unknown type alone", `{"type":"telepathy","category":"dreams"}`,
			pricing.Observed{Category: "dreams", Type: "telepathy"}},
		{"hyphen", `{"type":"regular","category":"authentication-international"}`,
			pricing.Observed{Category: pricing.CategoryAuthenticationInternational, Billable: "yes", Type: "regular"}},
		{"underscore", `{"type":"regular","category":"authentication_international"}`,
			pricing.Observed{Category: pricing.CategoryAuthenticationInternational, Billable: "yes", Type: "regular"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var p *pricing.StatusPricing
			require.NoError(t, json.Unmarshal([]byte(tt.in), &p))
			require.Empty(t, cmp.Diff(tt.want, p.Observed()))
		})
	}
}

func TestAStatusWithoutPriceKeepsTheEarlierAnswer(t *testing.T) {
	t.Parallel()
	sent := (&pricing.StatusPricing{Type: "regular", Category: "service", Model: "PMP"}).Observed()
	var read *pricing.StatusPricing
	require.Equal(t, sent, sent.Merge(read.Observed()))
	require.Equal(t, sent, read.Observed().Merge(sent))
}

func TestContradictionsNeverHideACost(t *testing.T) {
	t.Parallel()
	free := (&pricing.StatusPricing{Type: "free_entry_point", Category: "referral_conversion"}).Observed()
	charged := (&pricing.StatusPricing{Type: "regular", Category: "marketing"}).Observed()
	require.Equal(t, pricing.BillableYes, free.Merge(charged).Billable)
	require.Equal(t, "regular", charged.Merge(free).Type)
}

func TestObservedIsASemilattice(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(4, 7))
	for range 2000 {
		a, b, c := randomObserved(r), randomObserved(r), randomObserved(r)
		require.Equal(t, a, a.Merge(a))
		require.Equal(t, a.Merge(b), b.Merge(a))
		require.Equal(t, a.Merge(b).Merge(c), a.Merge(b.Merge(c)))
		require.Equal(t, a, a.Merge(pricing.Observed{}))
	}
}

func randomObserved(r *rand.Rand) pricing.Observed {
	if r.IntN(3) == 0 {
		return pricing.Observed{}
	}
	pick := func(s ...string) string { return s[r.IntN(len(s))] }
	p := pricing.StatusPricing{
		Type:     pick("", "regular", "free_entry_point", "free_customer_service", "telepathy"),
		Category: pick("", "service", "utility", "marketing"),
		Model:    pick("", "PMP", "CBP"),
	}
	if r.IntN(2) == 0 {
		p.Billable = new(r.IntN(2) == 0)
	}
	return p.Observed()
}
