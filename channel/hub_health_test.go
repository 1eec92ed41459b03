package channel_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/health"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/template"
)

func (l *lab) health() *health.Report {
	l.T.Helper()
	h, err := l.Hub.Health(l.T.Context())
	require.NoError(l.T, err)
	return h
}

// about is a webhook about the lab's number, which it names by its digits.
func about(field string, at time.Time, value map[string]any) channeltest.Item {
	value["display_phone_number"] = "+1 312-555-0142"
	value["timestamp"] = channeltest.Stamp(at)
	return channeltest.Item{Field: field, Value: value}
}

func TestHealthShowsTheStandingOfANumber(t *testing.T) {
	t.Parallel()
	o := channeltest.LabOptions{Settings: func(s *settings.Settings) { s.Phone = channeltest.LabDisplay }}
	experiment(t, o, func(t *testing.T, l *lab) {
		require.Equal(t, []health.Channel{{ID: "support", Enabled: true}}, l.health().Channels, "nothing is known")
		now := time.Now()
		expires := now.Add(40 * 24 * time.Hour)
		require.NoError(t, l.Hub.ReportStanding(t.Context(), "support", now, health.Standing{
			Quality: "GREEN", NameStatus: "PENDING_REVIEW", MessagingLimit: "TIER_250", TokenExpires: expires,
		}))
		require.NoError(t, l.Hub.ReportStanding(t.Context(), "support", now.Add(-time.Hour), health.Standing{Quality: "RED"}), "older news")
		want := health.Standing{Quality: "GREEN", NameStatus: "PENDING_REVIEW", MessagingLimit: "TIER_250", TokenExpires: expires.UTC()}
		require.Empty(t, cmp.Diff(want, l.health().Channels[0].Standing))

		l.Pass(time.Minute)
		l.Post(
			about("phone_number_name_update", time.Now(), map[string]any{"decision": "APPROVED", "requested_verified_name": "Sample"}),
			about("phone_number_quality_update", time.Now(), map[string]any{"event": "FLAGGED", "max_daily_conversations_per_business": "TIER_2K"}),
		)
		l.Pass(5 * time.Second)
		want.Quality, want.NameStatus, want.MessagingLimit = "FLAGGED", "APPROVED", "TIER_2K"
		require.Empty(t, cmp.Diff(want, l.health().Channels[0].Standing))
		require.ErrorIs(t, l.Hub.ReportStanding(t.Context(), "none", now, health.Standing{}), channel.ErrNoChannel)
	})
}

func TestNewsAboutAnotherNumberOfTheAccountChangesNothing(t *testing.T) {
	t.Parallel()
	o := channeltest.LabOptions{Settings: func(s *settings.Settings) { s.Phone = "13125550999" }}
	experiment(t, o, func(t *testing.T, l *lab) {
		l.Post(about("phone_number_name_update", time.Now(), map[string]any{"decision": "REJECTED"}))
		l.Pass(5 * time.Second)
		require.Zero(t, l.health().Channels[0].Standing)
	})
}

func TestHealthShowsTheTemplatesAndTheirAge(t *testing.T) {
	t.Parallel()
	c := channeltest.Catalog(t)
	o := channeltest.LabOptions{Config: func(cfg *channel.Config) { cfg.Channels[0].Templates = c }}
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
		l.Post(channeltest.Item{Field: "message_template_status_update", Value: map[string]any{
			"event": "PAUSED", "message_template_id": 1, "message_template_name": "reminder", "message_template_language": "en",
		}})
		l.Pass(5 * time.Second)
		require.Zero(t, l.health().Channels[0].Sendable, "a webhook said so")
	})
}

func TestHealthShowsWhatWaitsAndForHowLong(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		require.True(t, l.health().Running)
		l.Stop()
		require.False(t, l.health().Running)
		l.Post(channeltest.Kim.Text(time.Now(), "wamid.1", "hello"))
		l.Pass(3 * time.Minute)
		health := l.health()
		require.Equal(t, 3*time.Minute, health.Delay.Std())
		require.Zero(t, health.Dead)
	})
}

func TestHealthOfAStoreThatFailsIsAnError(t *testing.T) {
	t.Parallel()
	gone := errors.New("connection refused")
	l := newLab(t, channeltest.LabOptions{Store: unreadable{gone}})
	_, err := l.Hub.Health(t.Context())
	require.ErrorIs(t, err, gone)
}
