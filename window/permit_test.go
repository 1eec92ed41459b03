package window_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/window"
)

func TestWhatMayBeSent(t *testing.T) {
	t.Parallel()
	tests := []struct {
		send   window.Send
		open   window.Reason
		closed window.Reason
		never  window.Reason
	}{
		{window.Send{Kind: window.SendText}, window.ReasonOpen, window.ReasonClosed, window.ReasonNeverOpened},
		{window.Send{Kind: window.SendMedia}, window.ReasonOpen, window.ReasonClosed, window.ReasonNeverOpened},
		{window.Send{Kind: window.SendLocation}, window.ReasonOpen, window.ReasonClosed, window.ReasonNeverOpened},
		{window.Send{Kind: window.SendContacts}, window.ReasonOpen, window.ReasonClosed, window.ReasonNeverOpened},
		{window.Send{Kind: window.SendInteractive}, window.ReasonOpen, window.ReasonClosed, window.ReasonNeverOpened},
		{window.Send{Kind: window.SendReaction}, window.ReasonOpen, window.ReasonClosed, window.ReasonNeverOpened},
		{window.Send{Kind: window.SendCallPermissionRequest}, window.ReasonOpen, window.ReasonClosed, window.ReasonNeverOpened},
		{window.Send{Kind: window.SendTemplate, Category: window.CategoryMarketing},
			window.ReasonTemplate, window.ReasonTemplate, window.ReasonTemplate},
		{window.Send{Kind: window.SendTemplate, Category: window.CategoryUtility},
			window.ReasonTemplate, window.ReasonTemplate, window.ReasonTemplate},
		{window.Send{Kind: window.SendTemplate, Category: window.CategoryAuthentication},
			window.ReasonTemplate, window.ReasonTemplate, window.ReasonTemplate},
		{window.Send{Kind: window.SendText, Category: window.CategoryUtility},
			window.ReasonDirectSend, window.ReasonDirectSend, window.ReasonDirectSend},
		{window.Send{Kind: window.SendInteractive, Category: window.CategoryUtility},
			window.ReasonDirectSend, window.ReasonDirectSend, window.ReasonDirectSend},
		{window.Send{Kind: window.SendText, Category: window.CategoryMarketing},
			window.ReasonOpen, window.ReasonClosed, window.ReasonNeverOpened},
		{window.Send{Kind: window.SendText, Category: window.CategoryAuthentication},
			window.ReasonOpen, window.ReasonClosed, window.ReasonNeverOpened},
		{window.Send{Kind: window.SendMedia, Category: window.CategoryUtility},
			window.ReasonOpen, window.ReasonClosed, window.ReasonNeverOpened},
		{window.Send{Kind: window.SendReadReceipt}, window.ReasonNotGoverned, window.ReasonNotGoverned, window.ReasonNotGoverned},
		{window.Send{Kind: window.SendTyping}, window.ReasonNotGoverned, window.ReasonNotGoverned, window.ReasonNotGoverned},
		{window.Send{Kind: window.SendCall}, window.ReasonNotGoverned, window.ReasonNotGoverned, window.ReasonNotGoverned},
		{window.Send{}, window.ReasonUnknownSend, window.ReasonUnknownSend, window.ReasonUnknownSend},
		{window.Send{Kind: "hologram", Category: window.CategoryUtility},
			window.ReasonUnknownSend, window.ReasonUnknownSend, window.ReasonUnknownSend},
	}
	e := event(t, window.KindMessage, "2026-11-01T10:00:00Z")
	s := fold(window.Options{}, e)
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%s %s", tt.send.Kind, tt.send.Category), func(t *testing.T) {
			t.Parallel()
			for _, c := range []struct {
				s    window.State
				now  time.Time
				want window.Reason
			}{
				{s, e.At.Add(time.Hour), tt.open},
				{s, e.At.Add(25 * time.Hour), tt.closed},
				{window.State{}, e.At.Add(time.Hour), tt.never},
			} {
				d := c.s.Permits(tt.send, c.now)
				require.Equal(t, c.want, d.Reason)
				allowed := c.want == window.ReasonOpen || c.want == window.ReasonTemplate ||
					c.want == window.ReasonDirectSend || c.want == window.ReasonNotGoverned
				require.Equal(t, allowed, d.Allowed)
				require.Equal(t, allowed, d.Err() == nil)
				require.Equal(t, !allowed && c.want != window.ReasonUnknownSend, errors.Is(d.Err(), window.ErrClosed))
				require.Equal(t, c.want == window.ReasonUnknownSend, errors.Is(d.Err(), window.ErrUnknownSend))
			}
		})
	}
}

func TestMarginIsKeptBeforeTheWindowCloses(t *testing.T) {
	t.Parallel()
	e := event(t, window.KindMessage, "2026-11-01T10:00:00Z")
	s, closes := fold(window.Options{}, e), e.At.Add(24*time.Hour)
	tests := []struct {
		name   string
		margin time.Duration
		before time.Duration
		want   window.Reason
	}{
		{"default margin, just over a minute before", 0, time.Minute + time.Nanosecond, window.ReasonOpen},
		{"default margin, exactly a minute before", 0, time.Minute, window.ReasonMargin},
		{"default margin, a second before", 0, time.Second, window.ReasonMargin},
		{"no margin, a nanosecond before", -1, time.Nanosecond, window.ReasonOpen},
		{"no margin, at the closing time", -1, 0, window.ReasonClosed},
		{"ten minutes, nine before", 10 * time.Minute, 9 * time.Minute, window.ReasonMargin},
		{"a margin longer than any window", 1 << 62, 23 * time.Hour, window.ReasonMargin},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := s.Permits(window.Send{Kind: window.SendText, Margin: tt.margin}, closes.Add(-tt.before))
			require.Equal(t, tt.want, d.Reason)
		})
	}
}

func TestClosedErrorTellsWhenAndNothingElse(t *testing.T) {
	t.Parallel()
	e := event(t, window.KindMessage, "2026-11-01T10:00:00Z")
	s, text := fold(window.Options{}, e), window.Send{Kind: window.SendText}

	err := s.Permits(text, e.At.Add(25*time.Hour)).Err()
	closed, ok := errors.AsType[*window.ClosedError](fmt.Errorf("channel: reply: %w", err))
	require.True(t, ok)
	require.Empty(t, cmp.Diff(&window.ClosedError{
		Reason: window.ReasonClosed, ClosedAt: e.At.Add(24 * time.Hour), LastInbound: e.At,
	}, closed))
	require.EqualError(t, err, "window: customer service window is closed: closed at 2026-11-02T10:00:00Z, last user message at 2026-11-01T10:00:00Z")

	err = s.Permits(text, e.At.Add(24*time.Hour-time.Second)).Err()
	require.EqualError(t, err, "window: customer service window is closed: closing at 2026-11-02T10:00:00Z, last user message at 2026-11-01T10:00:00Z")

	err = window.State{}.Permits(text, e.At).Err()
	require.EqualError(t, err, "window: customer service window is closed: no user message is known")
	require.NotErrorIs(t, err, window.ErrUnknownSend)

	require.ErrorIs(t, window.Decision{}.Err(), window.ErrUnknownSend, "the zero Decision refuses")
}
