package onboard

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/kanava-go/kanava/channel/cloudapi"
)

// reportVersion is the version of the stored form of a Report.
const reportVersion = 1

// Target names a number that is live, or shall be.
type Target struct {
	// AppID may be empty: then it is taken from the token.
	AppID string `json:"app_id,omitempty"`
	// AccountID may be empty if the token reaches one account only.
	AccountID string `json:"account_id,omitempty"`
	// NumberID is the phone number id.
	NumberID string `json:"number_id"`
	// CallbackURL is where messages shall go; empty: whatever is set is examined.
	CallbackURL string `json:"callback_url,omitempty"`
}

// Target is the number of the state, for [Guide.Readiness].
func (s *State) Target() Target {
	return Target{AppID: s.data.AppID, AccountID: s.data.AccountID, NumberID: s.data.NumberID, CallbackURL: s.data.Plan.Webhook.URL}
}

// Grade says how a check came out.
type Grade string

// The grades, from good to bad.
const (
	OK      Grade = "ok"
	Unknown Grade = "unknown" // it could not be looked at
	Warn    Grade = "warn"    // messages flow, and somebody should see to it
	Fail    Grade = "fail"    // messages do not flow, or soon will not
)

// worse orders the grades.
func (g Grade) rank() int { return slices.Index([]Grade{OK, Unknown, Warn, Fail}, g) }

// CheckID names a check; the words are stable.
type CheckID string

// Check is one line of a report.
type Check struct {
	ID    CheckID `json:"id"`
	Title string  `json:"title"`
	Grade Grade   `json:"grade"`
	// Value is what was found, such as GREEN or TIER_250; empty where there is nothing to
	// show. It holds no secret, name or phone number.
	Value string `json:"value,omitempty"`
	// Reason, Text, Do and Link are as in [Step].
	Reason Reason `json:"reason,omitempty"`
	Text   string `json:"text,omitempty"`
	Do     string `json:"do,omitempty"`
	Link   string `json:"link,omitempty"`
	Code   int    `json:"code,omitempty"`
	Trace  string `json:"trace,omitempty"`
}

// Report is how ready a number was at one time. Its JSON can be stored, to be compared with
// a later one.
type Report struct {
	Version int       `json:"version"`
	Taken   time.Time `json:"taken"`
	Target  Target    `json:"target"`
	Checks  []Check   `json:"checks"`
}

// Grade is the worst of all checks; [Fail] for a report without any.
func (r Report) Grade() Grade {
	if len(r.Checks) == 0 {
		return Fail
	}
	worst := OK
	for _, c := range r.Checks {
		if c.Grade.rank() > worst.rank() {
			worst = c.Grade
		}
	}
	return worst
}

// Check is one line of the report; ok is false if it has none with this id.
func (r Report) Check(id CheckID) (c Check, ok bool) {
	i := slices.IndexFunc(r.Checks, func(c Check) bool { return c.ID == id })
	if i < 0 {
		return Check{}, false
	}
	return r.Checks[i], true
}

// UnmarshalJSON reads a stored report. The error matches [ErrVersion] if a newer release
// wrote it.
func (r *Report) UnmarshalJSON(data []byte) error {
	type plain Report
	var p plain
	if err := readVersioned(data, &p, reportVersion); err != nil {
		return fmt.Errorf("onboard: read report: %w", err)
	}
	*r = Report(p)
	return nil
}

// Change is a check that came out otherwise than before.
type Change struct {
	ID     CheckID `json:"id"`
	Title  string  `json:"title"`
	Before Check   `json:"before,omitzero"` // zero if the check is new
	After  Check   `json:"after,omitzero"`  // zero if it is gone
	// Better and Worse compare the grades; both are false if only the value changed.
	Better bool `json:"better,omitempty"`
	Worse  bool `json:"worse,omitempty"`
}

// Since lists what has changed since an older report, in the order of the checks.
func (r Report) Since(older Report) []Change {
	var out []Change
	for _, after := range r.Checks {
		before, had := older.Check(after.ID)
		if had && before.Grade == after.Grade && before.Value == after.Value && before.Reason == after.Reason {
			continue
		}
		out = append(out, Change{
			ID: after.ID, Title: after.Title, Before: before, After: after,
			Better: had && after.Grade.rank() < before.Grade.rank(), Worse: had && after.Grade.rank() > before.Grade.rank(),
		})
	}
	for _, before := range older.Checks {
		if _, still := r.Check(before.ID); !still {
			out = append(out, Change{ID: before.ID, Title: before.Title, Before: before})
		}
	}
	return out
}

// Readiness looks at a number and everything that it depends on, and changes nothing: no
// check writes, and what is sent to the callback addresses is empty ([Probe]). What cannot
// be looked at is in the report. The error is that of ctx, or tells that the target names
// no number.
func (g *Guide) Readiness(ctx context.Context, t Target) (Report, error) {
	if !digitsOnly(t.NumberID) {
		return Report{}, errors.New("onboard: readiness: NumberID must be digits")
	}
	r := &run{Guide: g, ctx: ctx, session: &session{}, client: g.client, state: &stateData{
		Plan:  Plan{Road: RoadToken, AppID: t.AppID, Webhook: WebhookPlan{URL: t.CallbackURL}},
		AppID: t.AppID, AccountID: t.AccountID, NumberID: t.NumberID,
	}}
	report := Report{Version: reportVersion, Taken: g.cfg.Now().UTC().Round(0), Target: t}
	for _, c := range checks() {
		v, value := c.look(r)
		if r.fatal == nil {
			r.fatal = ctx.Err()
		}
		if r.fatal != nil {
			return report, fmt.Errorf("onboard: readiness: %w", r.fatal)
		}
		report.Checks = append(report.Checks, c.graded(v, value))
	}
	report.Target.AppID, report.Target.AccountID = r.state.AppID, r.state.AccountID
	return report, nil
}

// check is a row of the table of checks.
type check struct {
	id    CheckID
	title string
	minor bool // messages flow without it
	look  func(*run) (verdict, string)
}

// graded turns a verdict into a line of the report: a remark is the warning of what is
// otherwise done.
func (c check) graded(v verdict, value string) Check {
	out := Check{ID: c.id, Title: c.title, Value: value, Reason: v.reason, Code: v.code, Trace: v.trace}
	reason, args := v.reason, v.args
	switch {
	case v.reason == ReasonNotLooked:
		out.Grade = Unknown
	case v.status.Settled() && len(v.remarks) == 0:
		out.Grade = OK
	case v.status.Settled():
		out.Grade, out.Reason = Warn, v.remarks[0].Reason
		reason, args = v.remarks[0].Reason, v.remarks[0].Args
	case c.minor, v.status == WaitingForMeta:
		out.Grade = Warn
	default:
		out.Grade = Fail
	}
	out.Text, out.Do, out.Link = say(reason, args)
	return out
}

// numberRead and accountRead say whether the checks about them can be made.
func (r *run) numberRead() bool  { return r.number.ID != "" }
func (r *run) accountRead() bool { return r.account.ID != "" }

// throughput is what is known of the number's messages per second.
func throughput(n cloudapi.NumberInfo) string {
	if t := n.Throughput(); t > 0 {
		return fmt.Sprintf("%d a second", t)
	}
	return ""
}
