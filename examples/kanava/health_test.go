package main

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/health"
)

func TestHealthShowsWhoWorksOnTheStoreAndWhoWasLost(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	p := &program{}
	var out bytes.Buffer
	p.processTable(&out, []health.Process{
		{Name: "one/7", Version: "v1.2.3", Seen: now, Every: duration.Second, InHand: map[string]int{"out": 3, "in": 2}, Ahead: -90 * duration.Second, Lapses: 1},
		{Name: "two/8", Seen: now.Add(-time.Minute), Every: duration.Second, Lost: now},
		{Name: "three/9", Seen: now, Every: duration.Second, Stopped: now},
	}, now)
	require.Regexp(t, `one/7\s+v1\.2\.3\s+12:00:00 UTC\s+5\s+1m30s behind\s+living, lapsed 1 time`, out.String())
	require.Regexp(t, `two/8\s+11:59:00 UTC\s+0\s+right\s+lost`, out.String())
	require.NotContains(t, out.String(), "three")
}

func TestHealthSaysWhichChannelsAreOut(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p := &program{}
	p.healthText(&out, &health.Report{}, 1, time.Minute)
	require.Contains(t, out.String(), "✓ 0 channels out")
	out.Reset()
	p.healthText(&out, &health.Report{Outages: map[string]health.Outage{
		"support": {Kind: health.OutageUnauthorized, Since: time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC), Reason: "code 190"},
	}}, 1, time.Minute)
	require.Contains(t, out.String(), "✗ 1 channel out\n  support sends nothing since 2026-11-29 12:00:00 UTC: unauthorized (code 190)\n")
}
