package template_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/template"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func TestSendable(t *testing.T) {
	t.Parallel()
	paused := template.Observed{StatusAt: noon.Add(-time.Hour), Pause: "FIRST_PAUSE", PausedUntil: noon.Add(2 * time.Hour)}
	for name, c := range map[string]struct {
		change func(*template.Definition)
		want   template.Sendability
	}{
		"approved":               {func(*template.Definition) {}, template.Sendability{OK: true}},
		"no status":              {func(d *template.Definition) { d.Status = "" }, template.Sendability{Reason: template.ReasonStatusUnknown, Code: 132001}},
		"a status of the future": {func(d *template.Definition) { d.Status = "ASLEEP" }, template.Sendability{Reason: template.ReasonStatusUnknown, Code: 132001}},
		"no components":          {func(d *template.Definition) { d.Components = nil }, template.Sendability{Reason: template.ReasonDefinitionEmpty, Code: 132001}},
		"rejected":               {func(d *template.Definition) { d.Status = template.StatusRejected }, template.Sendability{Reason: template.ReasonRejected, Code: 132001}},
		"disabled":               {func(d *template.Definition) { d.Status = template.StatusDisabled }, template.Sendability{Reason: template.ReasonDisabled, Code: 132016}},
		"archived":               {func(d *template.Definition) { d.Status = template.StatusArchived }, template.Sendability{Reason: template.ReasonArchived, Code: 132001}},
		"deleted":                {func(d *template.Definition) { d.Status = template.StatusDeleted }, template.Sendability{Reason: template.ReasonDeleted, Code: 132001}},
		"to be deleted":          {func(d *template.Definition) { d.Status = template.StatusPendingDeletion }, template.Sendability{Reason: template.ReasonDeleted, Code: 132001}},
		"one too many":           {func(d *template.Definition) { d.Status = template.StatusLimitExceeded }, template.Sendability{Reason: template.ReasonLimitExceeded, Code: 132001}},
		"in appeal":              {func(d *template.Definition) { d.Status = template.StatusInAppeal }, template.Sendability{Reason: template.ReasonInReview, Code: 132001}},
		"in review":              {func(d *template.Definition) { d.Status = template.StatusPending }, template.Sendability{Reason: template.ReasonInReview, Code: 132001}},
		"in review since an hour": {func(d *template.Definition) {
			d.Status, d.Observed.StatusAt = template.StatusPending, noon.Add(-time.Hour)
		}, template.Sendability{Reason: template.ReasonInReview, Code: 132001, RetryAt: noon.Add(23 * time.Hour)}},
		"in review for too long": {func(d *template.Definition) {
			d.Status, d.Observed.StatusAt = template.StatusPending, noon.Add(-25*time.Hour)
		}, template.Sendability{Reason: template.ReasonInReview, Code: 132001}},
		"paused": {func(d *template.Definition) { d.Status, d.Observed = template.StatusPaused, paused },
			template.Sendability{Reason: template.ReasonPaused, Code: 132015, RetryAt: paused.PausedUntil}},
		"paused by pacing": {func(d *template.Definition) { d.Status = template.StatusPaused }, template.Sendability{Reason: template.ReasonPaused, Code: 132015}},
		"a pause that is over": {func(d *template.Definition) {
			d.Status, d.Observed = template.StatusPaused, paused
			d.Observed.PausedUntil = noon
		}, template.Sendability{OK: true, Notes: []template.Reason{template.NotePauseOver}}},
		"blocked": {func(d *template.Definition) { d.Health = &template.Health{CanSend: template.HealthBlocked} }, template.Sendability{Reason: template.ReasonHealthBlocked}},
		"limited": {func(d *template.Definition) { d.Health = &template.Health{CanSend: template.HealthLimited} }, template.Sendability{OK: true, Notes: []template.Reason{template.NoteHealthLimited}}},
		"green":   {func(d *template.Definition) { d.Quality = &template.Quality{Score: template.ScoreGreen} }, template.Sendability{OK: true}},
		"yellow":  {func(d *template.Definition) { d.Quality = &template.Quality{Score: template.ScoreYellow} }, template.Sendability{OK: true, Notes: []template.Reason{template.NoteQualityMedium, template.NotePacing}}},
		"red":     {func(d *template.Definition) { d.Quality = &template.Quality{Score: template.ScoreRed} }, template.Sendability{OK: true, Notes: []template.Reason{template.NoteQualityLow, template.NotePacing}}},
		"new":     {func(d *template.Definition) { d.Quality = &template.Quality{Score: template.ScoreUnknown} }, template.Sendability{OK: true, Notes: []template.Reason{template.NotePacing}}},
		"new, for one-time codes": {func(d *template.Definition) {
			d.Category, d.Quality = template.Authentication, &template.Quality{Score: template.ScoreUnknown}
		}, template.Sendability{OK: true}},
		"flagged":                   {func(d *template.Definition) { d.Observed.Flagged = true }, template.Sendability{OK: true, Notes: []template.Reason{template.NoteFlagged}}},
		"changed since it was read": {func(d *template.Definition) { d.Observed.Stale = true }, template.Sendability{OK: true, Notes: []template.Reason{template.NoteStale}}},
		"about to become marketing": {func(d *template.Definition) { d.CorrectCategory = template.Marketing },
			template.Sendability{OK: true, Notes: []template.Reason{template.NoteCategoryChange}}},
		"in the right category": {func(d *template.Definition) { d.CorrectCategory = template.Utility }, template.Sendability{OK: true}},
		"marketing approved a minute ago": {func(d *template.Definition) {
			d.Category, d.Observed.StatusAt = template.Marketing, noon.Add(-time.Minute)
		}, template.Sendability{OK: true, Notes: []template.Reason{template.NoteSettling}}},
		"marketing approved ten minutes ago": {func(d *template.Definition) {
			d.Category, d.Observed.StatusAt = template.Marketing, noon.Add(-10*time.Minute)
		}, template.Sendability{OK: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := define(t, `{"name":"n","language":"en","category":"UTILITY","status":"APPROVED","components":[`+plainBody+`]}`)
			c.change(d)
			got := d.Sendable(noon)
			require.Equal(t, c.want, got)
			err := got.Err()
			if c.want.OK {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, template.ErrNotSendable)
			ne, ok := errors.AsType[*template.NotSendableError](err)
			require.True(t, ok)
			require.Equal(t, c.want, ne.Sendability)
			require.Contains(t, err.Error(), string(c.want.Reason))
		})
	}
}

func TestSendabilityErrorTellsWhen(t *testing.T) {
	t.Parallel()
	s := template.Sendability{Reason: template.ReasonPaused, RetryAt: noon}
	require.EqualError(t, s.Err(), "template: not sendable: paused until 2026-11-22T12:00:00Z")
	require.Error(t, template.Sendability{}.Err(), "the zero answer is no")
}

func TestLanguages(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"en-US": "en_US", "en_us": "en_US", "EN_US": "en_US", "pt_BR": "pt_BR", "fil": "fil", "FIL": "fil", "prs-af": "prs_AF",
		"": "", "zh_HANS_cn": "zh_HANS_CN", "a-very-long-code-that-nobody-uses": "a_VERY_LONG_CODE_THAT_NOBODY_USES",
	} {
		require.Equal(t, want, template.CanonicalLanguage(in))
		require.Equal(t, want, template.CanonicalLanguage(want))
	}
	require.Equal(t, "en", template.BaseLanguage("en-GB"))
	require.Equal(t, "en", template.BaseLanguage("en"))
	for _, code := range template.Languages() {
		require.True(t, template.KnownLanguage(code))
		require.Equal(t, code, template.CanonicalLanguage(code), "the list is canonical")
	}
	require.True(t, template.KnownLanguage("pt-br"))
	for _, code := range []string{"", "he_IL", "no", "en_ES", " ", "af ar"} {
		require.False(t, template.KnownLanguage(code), code)
	}
}
