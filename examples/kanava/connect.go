package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"strings"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/onboard"
	"github.com/spf13/cobra"
)

// connecting is one run of the verb connect.
type connecting struct {
	p       *program
	pl      platform
	file    string // where the state is kept
	token   string // file for the token of a customer
	answers onboard.Answers
	asking  *asking // nil where nobody can be asked
}

func (p *program) connectVerb() *cobra.Command {
	var (
		of             ids
		plan           onboard.Plan
		file, method   string
		webhook, level string
		code, to       string
		without        []string
		leave, signup  bool
		token, given   string
	)
	cmd := &cobra.Command{
		Use:   "connect",
		Short: "From a phone number to a live channel, step by step",
		Long: `Leads one phone number to a live channel: token, account, number, code by SMS or call, display name, registration, webhooks, payment, profile, templates, first message. What can be done is done; what only you know is asked; what Meta or you have to do first is said in a sentence, with what to do and where.

The checklist is kept in a file, without secrets, and the same command carries on days later: run it again whenever a step says so. In a script nothing is asked; the code is given with --code, and the PIN in WHATSAPP_PIN.

--signup is the road for numbers of customers of yours: your page with Embedded Signup gives a code, good for 30 seconds, which is asked for or given with --signup-code. The customer's token that it is exchanged for is kept in --token-file.

The exit code is 0 when the channel is live, 1 when steps are still open.`,
		Example: "  kanava connect --phone +12025550143 --name 'Lucky Shrub'\n  kanava connect                      carry on\n  kanava connect --code 123456        carry on in a script\n  kanava connect --leave              take the number off again",
		Args:    arguments(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			pl, err := p.connectPlatform(cmd.Context(), of, signup, token)
			if err != nil {
				return err
			}
			pin, err := p.secret("WHATSAPP_PIN", "")
			if err != nil {
				return err
			}
			c := &connecting{p: p, pl: pl, file: file, token: token, answers: onboard.Answers{
				onboard.PromptCode: code, onboard.PromptPIN: pin, onboard.PromptRecipient: to, onboard.PromptSignup: given,
			}}
			if p.inTerminal && p.errTerminal && !p.json {
				c.asking = newAsking(p)
			}
			plan.Road = onboard.RoadToken
			plan.AppID, plan.AccountID, plan.NumberID = of.app, of.account, of.number
			if pl.Simulator == "" { // there the ids are those of the number that is live already
				plan.AppID, plan.AccountID, plan.NumberID = pl.App, pl.Account, cmp.Or(of.number, map[bool]string{true: pl.Number}[plan.Phone == ""])
			} else {
				plan.AppID, plan.AccountID = pl.App, pl.Account
			}
			if signup {
				plan.Road, plan.AccountID, plan.NumberID = onboard.RoadSignup, of.account, of.number
			}
			plan.CodeMethod = cloudapi.CodeMethod(strings.ToUpper(method))
			for _, id := range without {
				plan.Without = append(plan.Without, onboard.StepID(id))
			}
			if webhook, err = c.webhook(cmd.Context(), webhook); err != nil {
				return err
			}
			plan.Webhook = onboard.WebhookPlan{URL: webhook, Level: onboard.Level(level), TakeOver: plan.Webhook.TakeOver}
			return c.run(cmd.Context(), plan, leave)
		},
	}
	of.flags(cmd, "number", "account", "app")
	f := cmd.Flags()
	f.StringVar(&plan.Phone, "phone", "", "`NUMBER` to connect, with its country code")
	f.StringVar(&plan.DisplayName, "name", "", "`NAME` that people will see")
	f.StringVar(&method, "by", "sms", "how the code comes, sms or voice (`WAY`)")
	f.StringVar(&plan.Locale, "locale", "", "`LANGUAGE` of the code's message, such as en_US")
	f.StringVar(&webhook, "webhook", "", "`URL` for the webhooks (default: what is set is examined)")
	f.StringVar(&level, "level", "", "`LEVEL` that the URL is set at: app, account or number")
	f.BoolVar(&plan.Webhook.TakeOver, "take-over", false, "remove an address that leads the webhooks elsewhere")
	f.BoolVar(&plan.Migrate, "migrate", false, "take the number over from another provider; its PIN is off there")
	f.StringVar(&plan.Template, "template", "", "`NAME` of the template of the first message")
	f.StringVar(&to, "to", "", "`NUMBER` that the first message goes to")
	f.StringVar(&code, "code", "", "the `DIGITS` that came, for scripts; sms or voice asks for others")
	f.StringSliceVar(&without, "without", nil, "`STEPS` that are left out, such as message,profile")
	f.StringVar(&file, "file", "kanava-connect.json", "`FILE` that keeps the checklist")
	f.BoolVar(&signup, "signup", false, "the number is a customer's, by Embedded Signup; needs --app and the app secret")
	f.StringVar(&given, "signup-code", "", "the `CODE` that the page of Embedded Signup handed over, for scripts")
	f.BoolVar(&plan.Coexistence, "coexistence", false, "with --signup: the number stays in use in the WhatsApp Business app")
	f.StringVar(&token, "token-file", "kanava-connect.token", "`FILE` that keeps the customer's token")
	f.BoolVar(&leave, "leave", false, "take the number of the checklist, or --number, off again")
	return cmd
}

// connectPlatform finds the platform. A signup begins without a token, and goes on with the
// one that was kept.
func (p *program) connectPlatform(ctx context.Context, of ids, signup bool, file string) (platform, error) {
	kept := ""
	if raw, err := os.ReadFile(file); err == nil { //nolint:gosec // the user names the file
		kept = strings.TrimSpace(string(raw))
	}
	needs := []string{needToken}
	if signup {
		needs = []string{needApp, needSecret}
	} else if kept != "" && p.getenv(needToken) == "" {
		needs = nil // it carries on what a signup began
	}
	pl, err := p.platform(ctx, of, needs...)
	if err != nil {
		return pl, err
	}
	switch {
	case signup:
		pl.Token = kept
	case kept != "" && pl.Simulator == "":
		pl.Token = cmp.Or(pl.Token, kept)
	}
	return pl, nil
}

// keepToken stores the token of a customer, readable by the user alone.
func (c *connecting) keepToken(_ context.Context, grant cloudapi.Grant) error {
	if err := os.WriteFile(c.token, []byte(grant.Token+"\n"), 0o600); err != nil {
		return err
	}
	c.p.tell("The customer's token is kept in %s.", c.token)
	return nil
}

// webhook settles where webhooks go; the simulator is told at once, since its callbacks
// need no HTTPS.
func (c *connecting) webhook(ctx context.Context, given string) (string, error) {
	if c.pl.Simulator == "" {
		return cmp.Or(given, c.p.set.Webhook), nil
	}
	if given == "" {
		return "", nil
	}
	site, err := siteOf(given, "", "/webhook")
	if err != nil {
		return "", err
	}
	return "", c.p.control(ctx, http.MethodPost, c.pl.Simulator, "webhook", object("url", site), nil)
}

// run carries the checklist on and shows it.
func (c *connecting) run(ctx context.Context, plan onboard.Plan, leave bool) error {
	cfg := onboard.Config{
		Graph: c.pl.config(cloudapi.Limits{}), VerifyToken: c.pl.Verify, Ask: c.ask, KeepToken: c.keepToken, Progress: c.progress, Now: c.p.clock(c.pl),
	}
	guide, err := onboard.New(cfg)
	if err != nil {
		return wrong("%s", sentence(err))
	}
	state, err := c.state(guide, plan, leave)
	if err != nil {
		return err
	}
	err = guide.Run(ctx, state)
	c.p.progress.clear()
	if err := errors.Join(err, c.keep(state)); err != nil {
		if ctx.Err() != nil {
			return fmt.Errorf("stopped; the checklist is kept in %s, and kanava connect carries on", c.file)
		}
		return err
	}
	if err := c.p.print(c.result(state), func(w io.Writer) { c.checklist(w, state) }); err != nil {
		return err
	}
	if !state.Live() {
		return errFound
	}
	return nil
}

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
	if err := os.WriteFile(c.file+".new", raw, 0o600); err != nil {
		return err
	}
	return os.Rename(c.file+".new", c.file)
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
