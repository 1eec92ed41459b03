package onboard

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/template"
)

// run is one call of Run: what was read in it is read once.
type run struct {
	*Guide
	ctx     context.Context
	state   *stateData
	session *session
	client  clients

	account   cloudapi.AccountInfo
	number    cloudapi.NumberInfo
	numbers   []cloudapi.NumberInfo // of the account, as far as they were listed
	debugged  cloudapi.TokenInfo
	choices   []string // accounts that the token names
	templates []template.Definition
	asked     map[StepID]int // questions of a step
	fatal     error          // ends the run
}

// verdict is what became of a step.
type verdict struct {
	status  Status // empty: that of the reason; with fatal set: the step is left as it was
	reason  Reason
	args    []string
	again   time.Time
	code    int
	trace   string
	prompt  *Prompt
	remarks []remarkData
}

// because is the verdict that the table of sentences has for a reason.
func (r *run) because(reason Reason, args ...string) verdict {
	s := sentences[reason]
	v := verdict{status: s.status, reason: reason, args: args}
	if s.again > 0 {
		v.again = r.now().Add(s.again)
	}
	return v
}

// remark adds a remark.
func (v verdict) remark(reason Reason, args ...string) verdict {
	v.remarks = append(slices.Clip(v.remarks), remarkData{reason, args})
	return v
}

// asks adds the question that the step waits for.
func (v verdict) asks(p Prompt) verdict {
	v.prompt = &p
	return v
}

// at sets when to look again.
func (v verdict) at(t time.Time) verdict {
	v.again = t
	return v
}

// resting repeats how a step stood if that was for one of the reasons and its time has not
// come: to try before makes it worse.
func (r *run) resting(id StepID, reasons ...Reason) verdict {
	old := r.state.find(id)
	if !slices.Contains(reasons, old.Reason) || !r.now().Before(old.Again) {
		return verdict{}
	}
	return verdict{status: old.Status, reason: old.Reason, args: old.Args, again: old.Again, code: old.Code, trace: old.Trace}
}

// record is the verdict as it is stored.
func (v verdict) record(id StepID) record {
	r := record{
		ID: id, Status: v.status, Reason: v.reason, Args: v.args, Code: v.code, Trace: v.trace, Remarks: v.remarks, Prompt: v.prompt,
	}
	if !v.again.IsZero() && !v.status.Settled() {
		r.Again = v.again.UTC().Round(0)
	}
	return r
}

// take does a step, if those before it are settled and it was not left out.
func (r *run) take(st step) verdict {
	if slices.Contains(r.state.Plan.Without, st.id) {
		return r.because(ReasonLeftOut)
	}
	for _, need := range st.needs {
		if status := r.state.find(need).Status; !status.Settled() {
			return r.because(ReasonAfter, findStep(r.state.Plan.Road, need).title)
		}
	}
	if err := r.ctx.Err(); err != nil {
		r.fatal = err
		return verdict{}
	}
	return st.do(r)
}

// ended is the error that ends a run.
func (r *run) ended(id StepID) error { return fmt.Errorf("onboard: %s: %w", id, r.fatal) }

// now is the time.
func (r *run) now() time.Time { return r.cfg.Now() }

// stop ends the run with an error of the host's or of the context.
func (r *run) stop(err error) verdict {
	r.fatal = err
	return verdict{}
}

// mostQuestions bounds how often a step asks in one run, should an Ask give the same wrong
// answer for ever.
const mostQuestions = 12

// ask puts a question to a person. Without an answer it says false; the step then waits
// with the prompt.
func (r *run) ask(p Prompt) (answer string, ok bool) {
	if r.cfg.Ask == nil || r.fatal != nil || r.asked[p.Step] >= mostQuestions {
		return "", false
	}
	r.asked[p.Step]++
	answer, err := r.cfg.Ask(r.ctx, p)
	if err != nil && !errors.Is(err, ErrLater) {
		r.fatal = err
	}
	return answer, err == nil && answer != ""
}

// prompt begins a question.
func prompt(kind PromptKind, id StepID) Prompt {
	return Prompt{Kind: kind, Step: id, Text: questions[kind]}
}

// problem words what was wrong with an answer.
func (p Prompt) problem(v verdict) Prompt {
	p.Problem, _, _ = say(v.reason, v.args)
	return p
}

// counted is the number for calls that are counted and cost something when they are too many.
func (r *run) counted() *cloudapi.Number { return r.client.once.Number(r.state.NumberID) }

// clientNumber and clientAccount are the client's views of what the state names.
func (r *run) clientNumber() *cloudapi.Number   { return r.client.Number(r.state.NumberID) }
func (r *run) clientAccount() *cloudapi.Account { return r.client.Account(r.state.AccountID) }

// look reads the number as it is now.
func (r *run) look() error {
	info, err := r.clientNumber().Info(r.ctx)
	if err == nil {
		r.number = info
	}
	return err
}

// coexists reports whether the number stays in use in the app.
func (r *run) coexists() bool { return r.state.Plan.Coexistence || r.number.OnBizApp }
