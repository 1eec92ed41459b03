package onboard

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"time"

	"github.com/kanava-go/kanava/channel/cloudapi"
)

// stateVersion is the version of the stored form.
const stateVersion = 1

// ErrVersion matches the error of a stored state or report that a newer release wrote.
var ErrVersion = errors.New("written by a newer version")

// State is how far one number has come. [Guide.Begin] makes it, [Guide.Run] carries it on.
// Its JSON can be stored and carried on days later by another process: it holds the plan,
// ids, times and counts, and no token, PIN, code or secret. It does hold the phone number
// and the display name of the plan. Printed, it shows neither.
//
// Not safe for concurrent use; let one process at a time carry a state on.
type State struct {
	data    stateData
	session session
}

// session is what a state knows while it is in memory, and is never stored.
type session struct {
	grant *cloudapi.Grant // of a signup
	kept  bool            // KeepToken has it
}

// stateData is the stored form.
type stateData struct {
	Version int  `json:"version"`
	Plan    Plan `json:"plan"`

	AppID     string `json:"app_id,omitempty"`
	AccountID string `json:"account_id,omitempty"`
	NumberID  string `json:"number_id,omitempty"`

	Steps []record `json:"steps,omitempty"`

	// Codes are the times when codes were asked for, CodeMethod how the last one came, and
	// WrongCodes how often an answer to it was wrong.
	Codes      []time.Time         `json:"codes,omitempty"`
	CodeMethod cloudapi.CodeMethod `json:"code_method,omitempty"`
	WrongCodes int                 `json:"wrong_codes,omitempty"`
	// Registrations are the times of register and deregister calls, WrongPINs how often the
	// PIN was wrong since it last was right.
	Registrations []time.Time `json:"registrations,omitempty"`
	WrongPINs     int         `json:"wrong_pins,omitempty"`
	// Renamed is set while a name that was handed in later has not been switched on.
	Renamed bool `json:"renamed,omitempty"`
	// Message is the first message.
	Message *firstMessage `json:"message,omitempty"`
	Synced  []string      `json:"synced,omitempty"`
}

// firstMessage is what is remembered of the first message: not to whom it went.
type firstMessage struct {
	OpaqueID  string    `json:"opaque_id"`
	Sent      time.Time `json:"sent"`
	Uncertain bool      `json:"uncertain,omitempty"`
	Heard     bool      `json:"heard,omitempty"`
}

// record is how a step stands, without the words.
type record struct {
	ID      StepID       `json:"id"`
	Status  Status       `json:"status"`
	Reason  Reason       `json:"reason,omitempty"`
	Args    []string     `json:"args,omitempty"`
	Since   time.Time    `json:"since,omitzero"`
	Again   time.Time    `json:"again,omitzero"`
	Code    int          `json:"code,omitempty"`
	Trace   string       `json:"trace,omitempty"`
	Prompt  *Prompt      `json:"prompt,omitempty"`
	Remarks []remarkData `json:"remarks,omitempty"`
}

type remarkData struct {
	Reason Reason   `json:"reason"`
	Args   []string `json:"args,omitempty"`
}

// Plan is what was wanted.
func (s *State) Plan() Plan { return s.data.Plan }

// AppID is the app, empty until it is known.
func (s *State) AppID() string { return s.data.AppID }

// AccountID is the WhatsApp Business account, empty until it is known.
func (s *State) AccountID() string { return s.data.AccountID }

// NumberID is the phone number id, empty until it is known.
func (s *State) NumberID() string { return s.data.NumberID }

// FirstMessageID is the opaque id (message.Outbound.OpaqueID) of the first message, by
// which its status webhooks are known; empty before it was sent.
func (s *State) FirstMessageID() string {
	if s.data.Message == nil {
		return ""
	}
	return s.data.Message.OpaqueID
}

// Steps is the checklist, in order, in words.
func (s *State) Steps() []Step {
	var out []Step
	for _, st := range stepsOf(s.data.Plan.Road) {
		out = append(out, s.data.find(st.id).words(st))
	}
	return out
}

// Step is one line of the checklist; the zero Step if the road does not have it.
func (s *State) Step(id StepID) Step {
	st := findStep(s.data.Plan.Road, id)
	if st == nil {
		return Step{}
	}
	return s.data.find(id).words(*st)
}

// Live reports whether messages can flow: every step that is not optional is settled. On
// RoadLeave: whether the number is off and free.
func (s *State) Live() bool {
	return s.all(func(st step) bool { return st.optional })
}

// Complete reports whether every step is settled.
func (s *State) Complete() bool { return s.all(func(step) bool { return false }) }

// all reports whether every step that is not exempt is settled. Nothing is if there are none.
func (s *State) all(exempt func(step) bool) bool {
	steps := stepsOf(s.data.Plan.Road)
	for _, st := range steps {
		if !exempt(st) && !s.data.find(st.id).Status.Settled() {
			return false
		}
	}
	return len(steps) > 0
}

// Again is the earliest time when a step that waits for Meta should be looked at; zero if
// none does.
func (s *State) Again() time.Time {
	var first time.Time
	for _, r := range s.data.Steps {
		if r.Status == WaitingForMeta && !r.Again.IsZero() && (first.IsZero() || r.Again.Before(first)) {
			first = r.Again
		}
	}
	return first
}

// Another is the plan for one more number in the same account: app, account, webhooks and
// profile as here. It goes by [RoadToken], with the token that the account is known by.
func (s *State) Another(phone, displayName string) Plan {
	old := s.data.Plan
	p := Plan{
		Road: RoadToken, AppID: s.data.AppID, AccountID: s.data.AccountID, Phone: phone, DisplayName: displayName,
		CodeMethod: old.CodeMethod, Locale: old.Locale, Region: old.Region, Webhook: old.Webhook, Profile: old.Profile,
		Template: old.Template, Language: old.Language, Without: slices.Clone(old.Without),
	}
	return p
}

// Leave is the plan to take the number off again.
func (s *State) Leave() Plan {
	return Plan{Road: RoadLeave, AppID: s.data.AppID, AccountID: s.data.AccountID, NumberID: s.data.NumberID}
}

// find gives the record of a step, a pending one if there is none yet.
func (d *stateData) find(id StepID) record {
	for _, r := range d.Steps {
		if r.ID == id {
			return r
		}
	}
	return record{ID: id, Status: Pending}
}

// put files a record. It stands since the time when its reason came up.
func (d *stateData) put(r record, now time.Time) {
	r.Since = now
	i := slices.IndexFunc(d.Steps, func(o record) bool { return o.ID == r.ID })
	if i < 0 {
		d.Steps = append(d.Steps, r)
		return
	}
	if old := d.Steps[i]; old.Status == r.Status && old.Reason == r.Reason && slices.Equal(old.Args, r.Args) {
		r.Since = old.Since
	}
	d.Steps[i] = r
}

// words puts a record into words.
func (r record) words(st step) Step {
	text, do, link := say(r.Reason, r.Args)
	out := Step{
		ID: st.id, Title: st.title, Optional: st.optional, Status: r.Status, Reason: r.Reason, Text: text, Do: do, Link: link,
		Again: r.Again, Since: r.Since, Code: r.Code, Trace: r.Trace,
	}
	if r.Prompt != nil {
		p := *r.Prompt
		out.Prompt = &p
	}
	for _, m := range r.Remarks {
		text, do, link := say(m.Reason, m.Args)
		out.Remarks = append(out.Remarks, Remark{Reason: m.Reason, Text: text, Do: do, Link: link})
	}
	return out
}

// MarshalJSON writes the stored form.
func (s State) MarshalJSON() ([]byte, error) { return json.Marshal(s.data) }

// UnmarshalJSON reads the stored form. The error matches [ErrVersion] if a newer release
// wrote it, and quotes nothing.
func (s *State) UnmarshalJSON(data []byte) error {
	var d stateData
	if err := readVersioned(data, &d, stateVersion); err != nil {
		return fmt.Errorf("onboard: read state: %w", err)
	}
	if roads[d.Plan.Road] == nil {
		return errors.New("onboard: read state: its road is not known")
	}
	*s = State{data: d}
	return nil
}

// readVersioned reads JSON with a version, which is looked at first.
func readVersioned(data []byte, into any, newest int) error {
	var v struct {
		Version int `json:"version"`
	}
	if json.Unmarshal(data, &v) != nil || v.Version < 1 {
		return errors.New("it is not of the stored form")
	}
	if v.Version > newest {
		return ErrVersion
	}
	if json.Unmarshal(data, into) != nil {
		return errors.New("it is not of the stored form")
	}
	return nil
}

// Format shows how many steps are settled, and nothing of the plan, whatever the verb.
func (s State) Format(f fmt.State, _ rune) {
	settled, total := s.count()
	_, _ = io.WriteString(f, fmt.Sprintf("onboard: %d of %d steps by %s", settled, total, s.data.Plan.Road))
}

// LogValue shows the ids and how many steps are settled.
func (s State) LogValue() slog.Value {
	settled, total := s.count()
	return slog.GroupValue(
		slog.String("road", string(s.data.Plan.Road)), slog.String("account_id", s.data.AccountID), slog.String("number_id", s.data.NumberID),
		slog.Int("settled", settled), slog.Int("total", total),
	)
}

// count counts the steps that are settled, and all.
func (s State) count() (settled, total int) {
	for _, st := range stepsOf(s.data.Plan.Road) {
		if total++; s.data.find(st.id).Status.Settled() {
			settled++
		}
	}
	return settled, total
}
