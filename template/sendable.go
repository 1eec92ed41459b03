package template

import (
	"errors"
	"fmt"
	"time"
)

// Observed is what webhooks told about a template and its JSON does not: since
// when its status holds, and how long a pause lasts. Zero fields are unknown.
type Observed struct {
	StatusAt time.Time `json:"status_at,omitzero"` // when the status was last reported to have changed
	// Pause is the title of the pause, such as FIRST_PAUSE; empty if unknown.
	Pause string `json:"pause,omitempty"`
	// PausedUntil is when a pause for quality ends by itself.
	PausedUntil time.Time `json:"paused_until,omitzero"`
	// Flagged is set while Meta warns that the template may be disabled.
	Flagged bool `json:"flagged,omitempty"`
	// Locked is set while Meta allows no edits.
	Locked bool `json:"locked,omitempty"`
	// Stale is set when the content is known to have changed since it was read.
	Stale bool `json:"stale,omitempty"`
	// CategoryChangeAt is when an announced change to CorrectCategory happens.
	CategoryChangeAt time.Time `json:"category_change_at,omitzero"`
}

// ErrNotSendable is matched by the error of [Sendability.Err].
var ErrNotSendable = errors.New("template: not sendable")

// Reason says why a template cannot be sent, or what to know when sending it.
// The values are stable: hosts may translate them.
type Reason string

// Why a template cannot be sent.
const (
	ReasonStatusUnknown   Reason = "status-unknown"   // the definition has no status, or one from the future
	ReasonInReview        Reason = "in-review"        // pending, up to 24 hours, or in appeal
	ReasonRejected        Reason = "rejected"         // edit and submit again
	ReasonPaused          Reason = "paused"           // too many complaints, or held by pacing
	ReasonDisabled        Reason = "disabled"         // for good, unless an appeal succeeds
	ReasonArchived        Reason = "archived"         // unused for 12 months, or on request
	ReasonDeleted         Reason = "deleted"          // or about to be
	ReasonLimitExceeded   Reason = "limit-exceeded"   // the account has too many templates
	ReasonHealthBlocked   Reason = "health-blocked"   // the template or something it needs is blocked
	ReasonDefinitionEmpty Reason = "definition-empty" // nothing but facts from webhooks is known
)

// What to know about a template that can be sent.
const (
	NotePauseOver      Reason = "pause-over"      // status says paused, but the time is up
	NoteHealthLimited  Reason = "health-limited"  // sending is restricted
	NoteQualityLow     Reason = "quality-low"     // RED: the next pause is near
	NoteQualityMedium  Reason = "quality-medium"  // YELLOW
	NoteFlagged        Reason = "flagged"         // Meta may disable the template
	NotePacing         Reason = "pacing"          // quality not GREEN yet: Meta may hold messages back
	NoteCategoryChange Reason = "category-change" // another category, and price, is announced
	NoteSettling       Reason = "settling"        // approved minutes ago: bulk sends may fail
	NoteStale          Reason = "stale"           // the text has changed since it was read: read it again
)

// Sendability is the answer to whether a template can be sent.
type Sendability struct {
	OK     bool
	Reason Reason // why not; empty if OK

	// RetryAt is when to ask again. Zero means that time alone changes nothing, or
	// that nobody knows when: ask again when the catalog tells a change.
	RetryAt time.Time
	// Code is the error code Meta answers to a send; 0 if OK, or if it depends
	// on what is blocked.
	Code int

	// Notes are what to know before sending, none of it in the way.
	Notes []Reason
}

// NotSendableError says why a template cannot be sent. It matches ErrNotSendable.
type NotSendableError struct{ Sendability }

// Error names the reason.
func (e *NotSendableError) Error() string {
	if e.RetryAt.IsZero() {
		return fmt.Sprintf("%v: %s", ErrNotSendable, e.Reason)
	}
	return fmt.Sprintf("%v: %s until %s", ErrNotSendable, e.Reason, e.RetryAt.UTC().Format(time.RFC3339))
}

// Is matches ErrNotSendable.
func (*NotSendableError) Is(target error) bool { return target == ErrNotSendable }

// Err returns nil if the template can be sent, otherwise a [*NotSendableError].
func (s Sendability) Err() error {
	if s.OK {
		return nil
	}
	return &NotSendableError{s}
}

// How long Meta keeps things back.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/template-review and
// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/template-pausing
// (checked 2026-11-22).
const (
	reviewTime    = 24 * time.Hour
	settleTime    = 10 * time.Minute // until the marketing endpoint knows a new template
	firstPause    = 3 * time.Hour
	secondPause   = 6 * time.Hour
	titleFirst    = "FIRST_PAUSE"
	titleSecond   = "SECOND_PAUSE"
	titleUnpause  = "UNPAUSE"
	titleDisabled = "DISABLED"
)

// Sendable tells whether the template can be sent at now, why not, and when to
// ask again. A definition without a status is not sendable. It knows nothing of
// recipients, windows and limits.
//
// A pause for quality ends by itself after 3 or 6 hours. If that time is up but
// the status has not been refreshed, the answer is yes with NotePauseOver: a
// webhook that got lost must not silence a template for good.
func (d *Definition) Sendable(now time.Time) Sendability {
	if len(d.Components) == 0 {
		return Sendability{Reason: ReasonDefinitionEmpty, Code: CodeNotFound}
	}
	s := d.judgeStatus(now)
	if s.OK && d.Health != nil && d.Health.CanSend == HealthBlocked {
		s = Sendability{Reason: ReasonHealthBlocked}
	}
	if s.OK {
		s.Notes = d.notes(s.Notes, now)
	}
	return s
}

func (d *Definition) judgeStatus(now time.Time) Sendability {
	o := &d.Observed
	switch d.Status {
	case StatusApproved:
		return Sendability{OK: true}
	case StatusPaused:
		if !o.PausedUntil.IsZero() && !now.Before(o.PausedUntil) {
			return Sendability{OK: true, Notes: []Reason{NotePauseOver}}
		}
		return Sendability{Reason: ReasonPaused, Code: CodePaused, RetryAt: o.PausedUntil}
	case StatusPending:
		s := Sendability{Reason: ReasonInReview, Code: CodeNotFound}
		if due := o.StatusAt.Add(reviewTime); !o.StatusAt.IsZero() && now.Before(due) {
			s.RetryAt = due
		}
		return s
	case StatusInAppeal:
		return Sendability{Reason: ReasonInReview, Code: CodeNotFound}
	case StatusRejected:
		return Sendability{Reason: ReasonRejected, Code: CodeNotFound}
	case StatusDisabled:
		return Sendability{Reason: ReasonDisabled, Code: CodeDisabled}
	case StatusPendingDeletion, StatusDeleted:
		return Sendability{Reason: ReasonDeleted, Code: CodeNotFound}
	case StatusLimitExceeded:
		return Sendability{Reason: ReasonLimitExceeded, Code: CodeNotFound}
	case StatusArchived:
		return Sendability{Reason: ReasonArchived, Code: CodeNotFound}
	}
	return Sendability{Reason: ReasonStatusUnknown, Code: CodeNotFound}
}

func (d *Definition) notes(list []Reason, now time.Time) []Reason {
	o := &d.Observed
	if d.Health != nil && d.Health.CanSend == HealthLimited {
		list = append(list, NoteHealthLimited)
	}
	if d.Quality != nil {
		switch d.Quality.Score {
		case ScoreRed:
			list = append(list, NoteQualityLow)
		case ScoreYellow:
			list = append(list, NoteQualityMedium)
		}
		if d.Quality.Score != ScoreGreen && d.Category != Authentication {
			list = append(list, NotePacing)
		}
	}
	if o.Flagged {
		list = append(list, NoteFlagged)
	}
	if d.CorrectCategory != "" && d.CorrectCategory != d.Category {
		list = append(list, NoteCategoryChange)
	}
	if d.Category == Marketing && !o.StatusAt.IsZero() && now.Sub(o.StatusAt) < settleTime {
		list = append(list, NoteSettling)
	}
	if o.Stale {
		list = append(list, NoteStale)
	}
	return list
}
