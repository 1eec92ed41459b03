package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
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
			c.road(&plan, of, signup)
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

// road says which road the number takes, and what is known of it. On the simulator the
// number that it tells is live already.
func (c *connecting) road(plan *onboard.Plan, of ids, signup bool) {
	plan.Road, plan.AppID, plan.AccountID, plan.NumberID = onboard.RoadToken, c.pl.App, c.pl.Account, of.number
	switch {
	case signup:
		plan.Road, plan.AccountID = onboard.RoadSignup, of.account
	case c.pl.Simulator == "" && plan.Phone == "":
		plan.NumberID = c.pl.Number
	}
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
	if err := writeWhole(c.token, []byte(grant.Token+"\n")); err != nil {
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
