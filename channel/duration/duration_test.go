package duration_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/duration"
)

func TestParse(t *testing.T) {
	t.Parallel()
	tests := []struct {
		in   string
		want duration.Duration
		out  string // "" if as in
	}{
		{"0s", 0, ""},
		{"0", 0, "0s"},
		{"0d", 0, "0s"},
		{"30d", 30 * duration.Day, ""},
		{"1d12h", 36 * duration.Hour, ""},
		{"36h", 36 * duration.Hour, "1d12h"},
		{"720h", 30 * duration.Day, "30d"},
		{"4h", 4 * duration.Hour, ""},
		{"90m", 90 * duration.Minute, "1h30m"},
		{"1h0m5s", duration.Hour + 5*duration.Second, ""},
		{"1d5s", duration.Day + 5*duration.Second, ""},
		{"-4h", -4 * duration.Hour, ""},
		{"-1d1s", -duration.Day - duration.Second, ""},
		{"1.5h", 90 * duration.Minute, "1h30m"},
		{"250ms", duration.Duration(250 * time.Millisecond), ""},
		{"106751d23h47m16.854775807s", math.MaxInt64, ""},
		{"-106751d23h47m16.854775808s", math.MinInt64, ""},
	}
	for _, tt := range tests {
		t.Run(tt.in, func(t *testing.T) {
			t.Parallel()
			got, err := duration.Parse(tt.in)
			require.NoError(t, err)
			require.Equal(t, tt.want, got)
			if tt.out == "" {
				tt.out = tt.in
			}
			require.Equal(t, tt.out, got.String())
		})
	}
	for _, in := range []string{
		"", " ", "d", "-", "--1h", "-+1h", "+1h", "1d-2h", "1d+2h", "1d 2h", "1.5d", "-d", "1d2d", "5", "1w", "30 d",
		"106752d", "106751d23h47m16.854775808s", "-106751d23h47m16.854775809s", "4294967295d", "99999999999999999999d",
	} {
		t.Run("refuses "+in, func(t *testing.T) {
			t.Parallel()
			_, err := duration.Parse(in)
			require.EqualError(t, err, `duration: parse: want a form such as "30d", "4h" or "1h30m"`)
		})
	}
}

func TestDurationSurvivesText(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 1))
	for range 20_000 {
		d := duration.Duration(rng.Int64() >> rng.IntN(64))
		if rng.IntN(2) == 0 {
			d = -d
		}
		if rng.IntN(2) == 0 {
			d = d / duration.Second * duration.Second
		}
		back, err := duration.Parse(d.String())
		require.NoError(t, err, d.String())
		require.Equal(t, d, back, d.String())
	}
}

func TestDurationInJSON(t *testing.T) {
	t.Parallel()
	b, err := json.Marshal(map[string]duration.Duration{"age": 30 * duration.Day})
	require.NoError(t, err)
	require.Equal(t, `{"age":"30d"}`, string(b))
	var back map[string]duration.Duration
	require.NoError(t, json.Unmarshal(b, &back))
	require.Equal(t, 30*duration.Day, back["age"])
	kept := duration.Hour
	require.Error(t, json.Unmarshal([]byte(`"soon"`), &kept))
	require.Equal(t, duration.Hour, kept, "a failed decode changes nothing")
}
