package template

import "time"

// Ref names a template in a fact. Name and Language are required; the language
// may be written in either form.
type Ref struct {
	Name     string
	Language string
}

// key returns the place of the template in a catalog.
func (r Ref) key() key { return key{r.Name, CanonicalLanguage(r.Language)} }

// Event is what happened to a template, as the status webhook names it. There
// are more events than statuses.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/message_template_status_update
// (checked 2026-11-22).
type Event string

// The events that are not statuses. The others are spelled like the Status they
// lead to.
const (
	EventFlagged    Event = "FLAGGED"    // quality so low that the template may be disabled
	EventLocked     Event = "LOCKED"     // cannot be edited
	EventReinstated Event = "REINSTATED" // usable again
	EventUnarchived Event = "UNARCHIVED"
)

// StatusFact is what a message_template_status_update webhook tells.
type StatusFact struct {
	Ref
	At     time.Time // of the webhook's entry, not of its arrival
	Event  Event
	Reason string // such as INVALID_FORMAT
	// Pause is the title in other_info, such as FIRST_PAUSE; empty if absent.
	Pause    string
	Category Category // message_template_category; empty if absent
}

// QualityFact is what a message_template_quality_update webhook tells.
type QualityFact struct {
	Ref
	At    time.Time
	Score Score
}

// CategoryFact is what a template_category_update webhook tells. A notice in
// advance has Correct and ChangeAt, a completed change has Previous.
type CategoryFact struct {
	Ref
	At       time.Time
	Category Category  // new_category: in a notice, the one that still holds
	Previous Category  // previous_category
	Correct  Category  // correct_category
	ChangeAt time.Time // category_update_timestamp
}

// ComponentsFact is what a message_template_components_update webhook tells: the
// text has changed. The webhook shows only part of it, so the definition has to
// be read again.
type ComponentsFact struct {
	Ref
	At time.Time
}

// record translates the fact. An event that this version does not know changes
// no status, but makes the catalog ask for the definition again.
func (f StatusFact) record() *record {
	var r record
	f.At = f.At.UTC()
	status := Status(f.Event)
	switch {
	case f.Event == EventFlagged: // sendable still
		r.FlaggedAt = f.At
		status = ""
	case f.Event == EventLocked:
		r.LockedAt = f.At
		status = ""
	case f.Pause == titleUnpause, f.Event == EventReinstated:
		status = StatusApproved
	case f.Pause == titleDisabled:
		status = StatusDisabled
	case f.Event == EventUnarchived:
		// Only templates that were approved get archived, but it may have
		// been paused: reading it again will tell.
		status, r.StaleAt = StatusApproved, f.At
	case !status.known():
		status, r.StaleAt = "", f.At
	}
	if status != "" {
		r.Status = statusRegister{At: f.At, Status: status, Reason: f.Reason}
		r.Events = []event{{Status: status, At: f.At, Pause: f.Pause}}
	}
	if f.Category != "" {
		r.Category = categoryRegister{At: f.At, Category: f.Category}
	}
	return &r
}

// record translates the fact. The moment of the webhook is taken for that of the
// rating, which the webhook does not tell.
func (f QualityFact) record() *record {
	if f.Score == "" {
		return &record{}
	}
	at := f.At.UTC()
	return &record{Quality: qualityRegister{At: at, Score: f.Score, Date: at}}
}

// record translates the fact. A completed change tells no correct category, and
// by that takes back what was announced.
func (f CategoryFact) record() *record {
	f.At, f.ChangeAt = f.At.UTC(), f.ChangeAt.UTC()
	r := record{Announced: announcedRegister{At: f.At, Correct: f.Correct, ChangeAt: f.ChangeAt}}
	if f.Category != "" {
		r.Category = categoryRegister{At: f.At, Category: f.Category, Previous: f.Previous}
	}
	return &r
}

// known reports whether s is one of the statuses of this package.
func (s Status) known() bool {
	for _, known := range lifecycle {
		if s == known {
			return true
		}
	}
	return false
}

// listed translates a definition that was read from the API at the given time.
func listed(d *Definition, at time.Time) *record {
	r := &record{
		Name: d.Name, Language: CanonicalLanguage(d.Language),
		ContentAt: at, Content: d,
	}
	// What was not asked for is not known: it must not hide what is.
	if d.Status != "" {
		r.Status = statusRegister{At: at, Status: d.Status, Reason: d.RejectedReason}
	}
	if d.Category != "" {
		r.Category = categoryRegister{At: at, Category: d.Category, Previous: d.PreviousCategory}
	}
	if q := d.Quality; q != nil && q.Score != "" {
		r.Quality = qualityRegister{At: at, Score: q.Score, Date: q.Date, Reasons: q.Reasons}
	}
	if d.CorrectCategory != "" {
		r.Announced = announcedRegister{At: at, Correct: d.CorrectCategory}
	}
	return r
}
