package channel_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/template"
)

func (l *lab) health() *channel.Health {
	l.t.Helper()
	h, err := l.agents.Health(l.t.Context(), admin)
	require.NoError(l.t, err)
	return h
}

// about is a webhook about the lab's number, which it names by its digits.
func about(field string, at time.Time, value map[string]any) item {
	value["display_phone_number"] = "+1 312-555-0142"
	value["timestamp"] = stamp(at)
	return item{field: field, value: value}
}

func TestHealthShowsTheStandingOfANumber(t *testing.T) {
	t.Parallel()
	o := labOptions{settings: func(s *channel.Settings) { s.Phone = labDisplay }}
	experiment(t, o, func(t *testing.T, l *lab) {
		require.Equal(t, []channel.ChannelHealth{{ID: "support", Enabled: true}}, l.health().Channels, "nothing is known")
		now := time.Now()
		expires := now.Add(40 * 24 * time.Hour)
		require.NoError(t, l.hub.ReportStanding(t.Context(), "support", now, channel.Standing{
			Quality: "GREEN", NameStatus: "PENDING_REVIEW", MessagingLimit: "TIER_250", TokenExpires: expires,
		}))
		require.NoError(t, l.hub.ReportStanding(t.Context(), "support", now.Add(-time.Hour), channel.Standing{Quality: "RED"}), "older news")
		want := channel.Standing{Quality: "GREEN", NameStatus: "PENDING_REVIEW", MessagingLimit: "TIER_250", TokenExpires: expires.UTC()}
		require.Empty(t, cmp.Diff(want, l.health().Channels[0].Standing))

		l.pass(time.Minute)
		l.post(
			about("phone_number_name_update", time.Now(), map[string]any{"decision": "APPROVED", "requested_verified_name": "Sample"}),
			about("phone_number_quality_update", time.Now(), map[string]any{"event": "FLAGGED", "max_daily_conversations_per_business": "TIER_2K"}),
		)
		l.pass(5 * time.Second)
		want.Quality, want.NameStatus, want.MessagingLimit = "FLAGGED", "APPROVED", "TIER_2K"
		require.Empty(t, cmp.Diff(want, l.health().Channels[0].Standing))
		require.ErrorIs(t, l.hub.ReportStanding(t.Context(), "none", now, channel.Standing{}), channel.ErrNoChannel)
	})
}

func TestNewsAboutAnotherNumberOfTheAccountChangesNothing(t *testing.T) {
	t.Parallel()
	o := labOptions{settings: func(s *channel.Settings) { s.Phone = "13125550999" }}
	experiment(t, o, func(t *testing.T, l *lab) {
		l.post(about("phone_number_name_update", time.Now(), map[string]any{"decision": "REJECTED"}))
		l.pass(5 * time.Second)
		require.Zero(t, l.health().Channels[0].Standing)
	})
}

func TestHealthShowsTheTemplatesAndTheirAge(t *testing.T) {
	t.Parallel()
	c := catalog(t)
	o := labOptions{config: func(cfg *channel.Config) { cfg.Channels[0].Templates = c }}
	experiment(t, o, func(t *testing.T, l *lab) {
		require.Zero(t, l.health().Channels[0].TemplatesSynced, "fed one by one, never complete")
		reminder, ok := c.Lookup("reminder", "en")
		require.True(t, ok)
		at := time.Now()
		require.NoError(t, c.Sync(at, func(yield func(template.Definition, error) bool) { yield(*reminder, nil) }))
		ch := l.health().Channels[0]
		require.WithinDuration(t, at, ch.TemplatesSynced, time.Second)
		require.Equal(t, 1, ch.Templates, "the other one is gone")
		require.Equal(t, 1, ch.Sendable)
		l.post(item{field: "message_template_status_update", value: map[string]any{
			"event": "PAUSED", "message_template_id": 1, "message_template_name": "reminder", "message_template_language": "en",
		}})
		l.pass(5 * time.Second)
		require.Zero(t, l.health().Channels[0].Sendable, "a webhook said so")
	})
}

func TestHealthShowsWhatWaitsAndForHowLong(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{}, func(t *testing.T, l *lab) {
		require.True(t, l.health().Running)
		l.stop()
		require.False(t, l.health().Running)
		l.post(kim.text(time.Now(), "wamid.1", "hello"))
		l.pass(3 * time.Minute)
		health := l.health()
		require.Equal(t, 3*time.Minute, health.Delay)
		require.Zero(t, health.Dead)
	})
}

func TestHealthOfAStoreThatFailsIsAnError(t *testing.T) {
	t.Parallel()
	gone := errors.New("connection refused")
	l := newLab(t, labOptions{store: unreadable{gone}})
	_, err := l.agents.Health(t.Context(), admin)
	require.ErrorIs(t, err, gone)
}
