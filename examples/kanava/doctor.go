package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/onboard"
	"github.com/spf13/cobra"
)

// examination is what the verb doctor found.
type examination struct {
	onboard.Report
	Grade   onboard.Grade    `json:"grade"`
	Changes []onboard.Change `json:"changes,omitempty"`
}

func (p *program) doctorVerb() *cobra.Command {
	var of ids
	var webhook, history string
	var strict bool
	var skip []string
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Examine a live number and all that it depends on",
		Long: `Examines the token (kind, end, permissions), the account (review, payment, verification), the number (quality, limit, name), the subscriptions and the callback addresses at all three levels, which are called as WhatsApp would call them, and once as a stranger would (your log shows that it was refused), the version of the Graph API, and the clock. It changes nothing.

Each fault comes with what to do and where. The exit code is 1 if messages do not flow or soon will not, with --strict also if there is a warning. With the app secret and the verify token, in WHATSAPP_APP_SECRET and WHATSAPP_VERIFY_TOKEN, it examines more.

--history FILE compares with the last examination in the file, and adds this one.`,
		Example: "  kanava doctor\n  kanava doctor --webhook https://desk.example/webhook --history doctor.jsonl\n  kanava doctor --sim --json",
		Args:    arguments(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			pl, err := p.platform(cmd.Context(), of, needToken, needNumber)
			if err != nil {
				return err
			}
			if webhook == "" && pl.Simulator == "" {
				webhook = p.set.Webhook
			}
			e, err := p.examine(cmd.Context(), pl, webhook, append(skip, p.set.Doctor.Skip...))
			if err != nil {
				return err
			}
			if history != "" {
				if e.Changes, err = compareHistory(history, e.Report); err != nil {
					return err
				}
			}
			if err := p.print(e, func(w io.Writer) { p.examinationText(w, e) }); err != nil {
				return err
			}
			if e.Grade == onboard.Fail || strict && e.Grade == onboard.Warn {
				return errFound
			}
			return nil
		},
	}
	of.flags(cmd, "number", "account", "app")
	cmd.Flags().StringVar(&webhook, "webhook", "", "`URL` that messages shall go to (default: whatever is set)")
	cmd.Flags().StringVar(&history, "history", "", "`FILE` of examinations, to tell what has changed")
	cmd.Flags().BoolVar(&strict, "strict", false, "warnings fail, too")
	cmd.Flags().StringSliceVar(&skip, "skip", nil, "`CHECKS` that do not count, such as official,pin")
	return cmd
}

// examine looks at the number. A check that is skipped is not in the report.
func (p *program) examine(ctx context.Context, pl platform, webhook string, skip []string) (examination, error) {
	guide, err := onboard.New(onboard.Config{Graph: pl.config(cloudapi.Limits{}), VerifyToken: pl.Verify, Now: p.clock(pl)})
	if err != nil {
		return examination{}, wrong("%s", sentence(err))
	}
	p.progress.show(true, "Examining the number …")
	report, err := guide.Readiness(ctx, onboard.Target{AppID: pl.App, AccountID: pl.Account, NumberID: pl.Number, CallbackURL: webhook})
	p.progress.clear()
	if err != nil {
		return examination{}, err
	}
	var known []string
	for _, c := range report.Checks {
		known = append(known, string(c.ID))
	}
	for _, id := range skip {
		if !slices.Contains(known, id) {
			return examination{}, wrong("there is no check %q to skip%s; there are %s", id, meant(near(id, known), ""), strings.Join(known, ", "))
		}
	}
	report.Checks = slices.DeleteFunc(report.Checks, func(c onboard.Check) bool { return slices.Contains(skip, string(c.ID)) })
	return examination{Report: report, Grade: report.Grade()}, nil
}

// marks are how a grade looks.
var marks = map[onboard.Grade]struct{ mark, colour string }{
	onboard.OK: {"✓", green}, onboard.Unknown: {"?", dim}, onboard.Warn: {"!", yellow}, onboard.Fail: {"✗", red},
}

func (p *program) examinationText(w io.Writer, e examination) {
	wide := 0
	for _, c := range e.Checks {
		wide = max(wide, len(c.Title))
	}
	for _, c := range e.Checks {
		m := marks[c.Grade]
		fmt.Fprintln(w, strings.TrimRight(fmt.Sprintf("%s %-*s  %s", p.paint(m.colour, m.mark), wide, c.Title, p.paint(dim, c.Value)), " "))
		if c.Grade != onboard.OK {
			p.advice(w, c.Text, c.Do, c.Link, c.Code)
		}
	}
	fmt.Fprintln(w)
	for _, c := range e.Changes {
		direction := "changed"
		switch {
		case c.Better:
			direction = p.paint(green, "better")
		case c.Worse:
			direction = p.paint(red, "worse")
		}
		fmt.Fprintf(w, "Since the last time %s: %s (%s → %s)\n", direction, c.Title, was(c.Before), was(c.After))
	}
	fmt.Fprintln(w, map[onboard.Grade]string{
		onboard.OK: "Everything is in order.", onboard.Unknown: "Nothing is wrong; not everything could be looked at.",
		onboard.Warn: "Messages flow, and somebody should see to what is marked.", onboard.Fail: "Messages do not flow, or soon will not.",
	}[e.Grade])
}

// was says how a check came out.
func was(c onboard.Check) string {
	switch {
	case c.ID == "":
		return "not looked at"
	case c.Value != "":
		return string(c.Grade) + ", " + c.Value
	}
	return string(c.Grade)
}

// advice says what is so, what to do about it and where, under a line of a list.
func (p *program) advice(w io.Writer, text, do, link string, code int) {
	if code != 0 {
		text += fmt.Sprintf(" (code %d)", code)
	}
	for _, line := range []string{text, do} {
		if line != "" {
			fmt.Fprintln(w, "    "+wrap(line, p.width()-4, "    "))
		}
	}
	if link != "" {
		fmt.Fprintln(w, "    "+p.paint(dim, link))
	}
}

// reportBegins is how every line of a history begins.
const reportBegins = `{"version":`

// compareHistory reads the last examination of a file, adds this one, and tells what
// has changed.
func compareHistory(file string, now onboard.Report) ([]onboard.Change, error) {
	raw, err := os.ReadFile(file) //nolint:gosec // the user names the file
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var changes []onboard.Change
	lines := strings.Split(string(raw), "\n")
	if end := len(lines) - 1; cutOff([]byte(lines[end]), reportBegins) { // by a crash
		lines = lines[:end]
	}
	lines = strings.Split(strings.TrimSpace(strings.Join(lines, "\n")), "\n")
	if last := lines[len(lines)-1]; last != "" {
		var before onboard.Report
		if err := json.Unmarshal([]byte(last), &before); err != nil {
			return nil, wrong("%s is no history of examinations: name another file with --history", file)
		}
		changes = now.Since(before)
	}
	j, err := openJournal(file, reportBegins)
	if err != nil {
		return nil, err
	}
	return changes, errors.Join(j.add(now), j.close())
}
