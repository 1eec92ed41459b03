package window_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/window"
)

func TestSinceKeepsOnlyWhatHappenedAfterANumberChange(t *testing.T) {
	t.Parallel()
	var o window.Options
	at := func(h int) time.Time { return time.Date(2026, 11, 1, h, 0, 0, 0, time.UTC) }
	early := o.Observe(window.State{}, window.Event{Kind: window.KindMessage, At: at(8), Referral: window.ReferralAd}, at(20))
	early = o.Observe(early, window.Event{Kind: window.KindSent, At: at(9), AnswersReferral: at(8)}, at(20))
	late := o.Observe(window.State{}, window.Event{Kind: window.KindMessage, At: at(12)}, at(20))
	require.True(t, early.Since(at(10)).IsZero(), "nothing happened since")
	require.Equal(t, late, early.Merge(late).Since(at(10)), "neither window nor free entry of the old number remains")
	require.Equal(t, early.Merge(late), early.Merge(late).Since(at(7)))
	require.True(t, early.Since(at(8).Add(-time.Second)).Equal(early))
}
