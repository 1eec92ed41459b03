package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/kanava-go/kanava/channel/onboard"
)

// state reads the checklist, or begins one.
func (c *connecting) state(guide *onboard.Guide, plan onboard.Plan, leave bool) (*onboard.State, error) {
	raw, err := os.ReadFile(c.file)
	switch {
	case errors.Is(err, fs.ErrNotExist) && leave:
		plan = onboard.Plan{Road: onboard.RoadLeave, AppID: plan.AppID, AccountID: plan.AccountID, NumberID: plan.NumberID}
		if plan.NumberID == "" {
			return nil, wrong("there is no checklist in %s: say which number is taken off with --number", c.file)
		}
		return c.begin(guide, plan)
	case errors.Is(err, fs.ErrNotExist):
		if plan.Phone == "" && plan.NumberID == "" {
			return nil, wrong("there is no checklist in %s yet: begin with --phone and --name, or with --number for one that is in the account", c.file)
		}
		return c.begin(guide, plan)
	case err != nil:
		return nil, err
	}
	state := &onboard.State{}
	if err := json.Unmarshal(raw, state); err != nil {
		return nil, wrong("%s holds no checklist (%s): name another file with --file", c.file, sentence(err))
	}
	before := state.Plan()
	if leave && before.Road != onboard.RoadLeave {
		return c.begin(guide, state.Leave())
	}
	if plan.Phone != "" && plan.Phone != before.Phone {
		return nil, wrong("%s is the checklist of another number: name another file with --file", c.file)
	}
	if err := guide.Replan(state, changed(before, plan)); err != nil {
		return nil, inFlags(err)
	}
	return state, nil
}

// changed is the plan of a checklist that has begun, with what the flags say anew.
func changed(before, flags onboard.Plan) onboard.Plan {
	after := before
	after.DisplayName = cmp.Or(flags.DisplayName, before.DisplayName)
	after.Template = cmp.Or(flags.Template, before.Template)
	after.Webhook.URL = cmp.Or(flags.Webhook.URL, before.Webhook.URL)
	after.Webhook.Level = cmp.Or(flags.Webhook.Level, before.Webhook.Level)
	after.Webhook.TakeOver = flags.Webhook.TakeOver || before.Webhook.TakeOver
	if flags.Without != nil {
		after.Without = flags.Without
	}
	return after
}

// begin makes a checklist; what is wrong with the plan is said in the words of the flags.
func (c *connecting) begin(guide *onboard.Guide, plan onboard.Plan) (*onboard.State, error) {
	state, err := guide.Begin(plan)
	if err != nil {
		return nil, inFlags(err)
	}
	return state, nil
}

// inFlags says what is wrong with a plan in the words of the flags.
func inFlags(err error) error {
	return wrong("%s", strings.NewReplacer(
		"onboard: plan: ", "", "onboard: begin: ", "", "onboard: replan: ", "", "Webhook.URL", "--webhook", "Webhook.Level", "--level", "DisplayName", "--name",
		"NumberID", "--number", "AccountID", "--account", "AppID", "--app", "CodeMethod", "--by", "Without", "--without", "Phone", "--phone", "Template", "--template",
		"Locale", "--locale",
	).Replace(sentence(err)))
}

// keep stores the checklist, whole or not at all.
func (c *connecting) keep(state *onboard.State) error {
	raw, err := json.MarshalIndent(state, "", "  ")
	if err != nil {
		return err
	}
	return writeWhole(c.file, raw)
}

// progress shows the step that is worked on, and stores every change.
func (c *connecting) progress(p onboard.Progress) {
	if p.Working {
		c.p.progress.show(true, "%d of %d: %s …", p.Settled+1, p.Total, p.Step.Title)
		return
	}
	if err := c.keep(p.State); err != nil {
		c.p.tell("%s", sentence(err)) // the end of the run stores it again
	}
}

// connected is the result for programs.
type connected struct {
	Live     bool           `json:"live"`
	Complete bool           `json:"complete"`
	Number   string         `json:"number,omitempty"`
	Account  string         `json:"account,omitempty"`
	Again    string         `json:"again,omitempty"`
	Steps    []onboard.Step `json:"steps"`
}

func (c *connecting) result(state *onboard.State) connected {
	r := connected{Live: state.Live(), Complete: state.Complete(), Number: state.NumberID(), Account: state.AccountID(), Steps: state.Steps()}
	if at := state.Again(); !at.IsZero() {
		r.Again = at.UTC().Format("2006-01-02T15:04:05Z")
	}
	return r
}

// stepMarks are how a status looks.
var stepMarks = map[onboard.Status]struct{ mark, colour string }{
	onboard.Pending: {"·", dim}, onboard.Done: {"✓", green}, onboard.Skipped: {"-", dim},
	onboard.WaitingForYou: {"▸", yellow}, onboard.WaitingForMeta: {"…", yellow}, onboard.Blocked: {"✗", red},
}

// checklist shows every step, and what to do about those that are open.
func (c *connecting) checklist(w io.Writer, state *onboard.State) {
	p := c.p
	for _, step := range state.Steps() {
		m := stepMarks[step.Status]
		title := step.Title
		if step.Optional && !step.Status.Settled() {
			title += p.paint(dim, " (messages flow without it)")
		}
		fmt.Fprintln(w, p.paint(m.colour, m.mark), title)
		switch step.Status {
		case onboard.WaitingForYou, onboard.WaitingForMeta, onboard.Blocked:
			p.advice(w, step.Text, step.Do, step.Link, step.Code)
			if !step.Again.IsZero() {
				fmt.Fprintln(w, "    Look again at "+step.Again.UTC().Format("2006-01-02 15:04 MST")+".")
			}
		}
		for _, remark := range step.Remarks {
			p.advice(w, remark.Text, remark.Do, remark.Link, 0)
		}
	}
	fmt.Fprintln(w)
	switch {
	case state.Plan().Road == onboard.RoadLeave && state.Live():
		fmt.Fprintln(w, "The number is off.")
	case state.Complete():
		fmt.Fprintln(w, p.paint(green, "The channel is live."))
	case state.Live():
		fmt.Fprintln(w, p.paint(green, "The channel is live.")+" Some steps are still open; kanava connect carries on.")
	default:
		fmt.Fprintln(w, wrap("Not there yet. The checklist is kept in "+c.file+": when you have done what is marked, kanava connect carries on.", p.width(), ""))
	}
}
