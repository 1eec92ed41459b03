package template

import (
	"bytes"
	"cmp"
	"encoding/json"
	"reflect"
	"slices"
	"time"
)

// record is everything known about one template. It is a set of registers, each
// with the time at which it was true, so that two records of the same template
// can be merged in any order, any number of times, with the same result. A fact
// from a webhook is a record in which only some registers are set.
//
// Records in a catalog are immutable.
type record struct {
	Name     string `json:"name"`
	Language string `json:"language"` // canonical

	ContentAt time.Time   `json:"content_at,omitzero"`
	Content   *Definition `json:"content,omitempty"`
	GoneAt    time.Time   `json:"gone_at,omitzero"`  // was missing from a complete listing
	StaleAt   time.Time   `json:"stale_at,omitzero"` // the content is known to have changed

	Status    statusRegister    `json:"status,omitzero"`
	Events    []event           `json:"events,omitempty"` // latest webhook for each status, sorted
	FlaggedAt time.Time         `json:"flagged_at,omitzero"`
	LockedAt  time.Time         `json:"locked_at,omitzero"`
	Quality   qualityRegister   `json:"quality,omitzero"`
	Category  categoryRegister  `json:"category,omitzero"`
	Announced announcedRegister `json:"announced,omitzero"`
}

// statusRegister is the status, from a listing or a webhook.
type statusRegister struct {
	At     time.Time `json:"at,omitzero"`
	Status Status    `json:"status,omitempty"`
	Reason string    `json:"reason,omitempty"`
}

// event is a change of status that a webhook told.
type event struct {
	Status Status    `json:"status"`
	At     time.Time `json:"at,omitzero"`
	Pause  string    `json:"pause,omitempty"`
}

// qualityRegister is the quality score, from a listing or a webhook.
type qualityRegister struct {
	At      time.Time `json:"at,omitzero"`
	Score   Score     `json:"score,omitempty"`
	Date    time.Time `json:"date,omitzero"`
	Reasons []string  `json:"reasons,omitempty"`
}

// categoryRegister is the category that holds.
type categoryRegister struct {
	At       time.Time `json:"at,omitzero"`
	Category Category  `json:"category,omitempty"`
	Previous Category  `json:"previous,omitempty"`
}

// announcedRegister is the category that will hold; Correct is empty once the
// change is done.
type announcedRegister struct {
	At       time.Time `json:"at,omitzero"`
	Correct  Category  `json:"correct,omitempty"`
	ChangeAt time.Time `json:"change_at,omitzero"`
}

// merge returns the record that knows what r and f know, r and f unchanged.
// Where both know the same register, the later time wins; equal times are
// decided by the values, so that the order of arrival never matters.
func (r *record) merge(f *record) *record {
	m := *r
	// No time is no knowledge: the zero time never wins over another, and a tie
	// of two of them changes nothing that matters.
	if later(f.ContentAt, r.ContentAt, func() int { return compareContent(f.Content, r.Content) }) {
		m.ContentAt, m.Content = f.ContentAt, f.Content
	}
	if later(f.Status.At, r.Status.At, func() int { return f.Status.compare(&r.Status) }) {
		m.Status = f.Status
	}
	if later(f.Quality.At, r.Quality.At, func() int { return f.Quality.compare(&r.Quality) }) {
		m.Quality = f.Quality
	}
	if later(f.Category.At, r.Category.At, func() int {
		return cmp.Or(cmp.Compare(f.Category.Category, r.Category.Category), cmp.Compare(f.Category.Previous, r.Category.Previous))
	}) {
		m.Category = f.Category
	}
	if later(f.Announced.At, r.Announced.At, func() int {
		return cmp.Or(cmp.Compare(f.Announced.Correct, r.Announced.Correct), f.Announced.ChangeAt.Compare(r.Announced.ChangeAt))
	}) {
		m.Announced = f.Announced
	}
	if len(f.Events) > 0 {
		m.Events = mergeEvents(r.Events, f.Events)
	}
	m.GoneAt = latest(r.GoneAt, f.GoneAt)
	m.StaleAt = latest(r.StaleAt, f.StaleAt)
	m.FlaggedAt = latest(r.FlaggedAt, f.FlaggedAt)
	m.LockedAt = latest(r.LockedAt, f.LockedAt)
	if !m.ContentAt.After(m.GoneAt) { // a tombstone keeps no text
		m.ContentAt, m.Content = time.Time{}, nil
	}
	return &m
}

// mergeEvents returns the later event of each status. The result is a new list.
func mergeEvents(a, b []event) []event {
	out := make([]event, 0, len(a)+len(b))
	out = append(append(out, a...), b...)
	slices.SortFunc(out, func(x, y event) int {
		return cmp.Or(cmp.Compare(x.Status, y.Status), y.At.Compare(x.At), cmp.Compare(y.Pause, x.Pause))
	})
	return slices.CompactFunc(out, func(x, y event) bool { return x.Status == y.Status })
}

// later reports whether a register of time a replaces one of time b.
func later(a, b time.Time, tie func() int) bool {
	switch a.Compare(b) {
	case 0:
		return tie() > 0
	case 1:
		return true
	}
	return false
}

// latest returns the later of two moments.
func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// lifecycle orders the statuses that may be told for the same second: what comes
// later in the life of a template wins.
var lifecycle = []Status{
	StatusPending, StatusInAppeal, StatusLimitExceeded, StatusApproved, StatusRejected,
	StatusPaused, StatusArchived, StatusPendingDeletion, StatusDeleted, StatusDisabled,
}

// compare orders statuses of the same second.
func (a *statusRegister) compare(b *statusRegister) int {
	return cmp.Or(
		cmp.Compare(slices.Index(lifecycle, a.Status), slices.Index(lifecycle, b.Status)),
		cmp.Compare(a.Status, b.Status),
		cmp.Compare(a.Reason, b.Reason))
}

// worse orders the scores told for the same second: the worse wins.
var worse = []Score{ScoreUnknown, ScoreGreen, ScoreYellow, ScoreRed}

// compare orders scores of the same second.
func (a *qualityRegister) compare(b *qualityRegister) int {
	return cmp.Or(
		cmp.Compare(slices.Index(worse, a.Score), slices.Index(worse, b.Score)),
		cmp.Compare(a.Score, b.Score),
		a.Date.Compare(b.Date),
		slices.Compare(a.Reasons, b.Reasons))
}

// compareContent orders two contents that were read at the same moment. Any order
// will do as long as it is always the same.
func compareContent(a, b *Definition) int {
	switch {
	case a == b:
		return 0
	case a == nil:
		return -1
	case b == nil:
		return 1
	}
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	if errX != nil || errY != nil {
		return 0
	}
	return bytes.Compare(x, y)
}

// render computes the definition as it stands, nil if there is none: the content
// as it was read, and on top of it what the other registers know better.
func (r *record) render() *Definition {
	if r.Content == nil {
		return nil
	}
	d := new(Definition)
	*d = *r.Content // what the pointers lead to is shared and never changed
	d.Status, d.RejectedReason = r.Status.Status, r.Status.Reason
	if r.Category.Category != "" {
		d.Category, d.PreviousCategory = r.Category.Category, r.Category.Previous
	}
	// An announcement ends when it has come true.
	d.CorrectCategory = ""
	d.Observed = Observed{}
	if c := r.Announced.Correct; c != "" && c != d.Category {
		d.CorrectCategory, d.Observed.CategoryChangeAt = c, r.Announced.ChangeAt
	}
	if r.Quality.Score != "" {
		q := Quality{Score: r.Quality.Score, Date: r.Quality.Date, Reasons: r.Quality.Reasons}
		if d.Quality != nil {
			q.Extra = d.Quality.Extra
		}
		d.Quality = &q
	}
	r.observe(&d.Observed)
	return d
}

// observe derives what the webhooks told about the status. Flags and locks show
// in webhooks only, so that a listing does not lift them; the next change of
// status does.
func (r *record) observe(o *Observed) {
	var lastEvent, lastOther time.Time // of any status; of one other than the current
	var told *event                    // the one that led to the current status
	for i := range r.Events {
		e := &r.Events[i]
		lastEvent = latest(lastEvent, e.At)
		if e.Status == r.Status.Status {
			told = e
		} else {
			lastOther = latest(lastOther, e.At)
		}
	}
	o.Flagged = !r.FlaggedAt.IsZero() && !r.FlaggedAt.Before(lastEvent)
	o.Locked = !r.LockedAt.IsZero() && !r.LockedAt.Before(lastEvent)
	o.Stale = r.StaleAt.After(r.ContentAt)
	if told == nil || told.At.Before(lastOther) {
		return // a listing brought this status, no webhook told since when it holds
	}
	o.StatusAt = told.At
	if r.Status.Status != StatusPaused {
		return
	}
	o.Pause = told.Pause
	switch told.Pause {
	case titleFirst:
		o.PausedUntil = told.At.Add(firstPause)
	case titleSecond:
		o.PausedUntil = told.At.Add(secondPause)
	}
}

// sameContent reports whether two definitions of one template say the same,
// apart from what the other registers hold.
func sameContent(a, b *Definition) bool {
	strip := func(d *Definition) Definition {
		c := *d
		c.Category, c.PreviousCategory, c.CorrectCategory = "", "", ""
		c.Status, c.RejectedReason, c.Quality, c.Health = "", "", nil, nil
		c.LastUpdated, c.Observed = time.Time{}, Observed{}
		return c
	}
	return reflect.DeepEqual(strip(a), strip(b))
}
