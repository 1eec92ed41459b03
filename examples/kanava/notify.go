package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/redact"
	"github.com/kanava-go/kanava/template"
	"github.com/spf13/cobra"
)

// notifying are the flags of the verb notify.
type notifying struct {
	ids
	file, template, language string
	columns                  map[string]string
	toColumn, nameColumn     string
	rates, exclude           []string
	currency                 string
	database, result, name   string
	webhook                  string
	rate                     int
	wait, resendAfter        time.Duration
	yes, check, skip, retry  bool
}

func (p *program) notifyVerb() *cobra.Command {
	n := &notifying{}
	var columns []string
	cmd := &cobra.Command{
		Use:   "notify FILE.csv",
		Short: "A campaign: one template to everybody in a file",
		Long: `Sends a template to every row of a CSV file. First every row is checked, and every fault named with its line and column; then it shows what the first person will see, what it costs and whom it reaches, and asks. While it sends it tells how far it is.

The file has a column to with phone numbers or BSUIDs, and a column for each value of the template; kanava templates preview NAME lists the values.

What was sent is kept in a database beside the file. Stop it, or let the machine crash: the same command goes on where it was, and nobody gets a message twice. Where a crash hides whether a message was sent, it stays uncertain until a status tells, which needs the webhook (--webhook-addr); --resend-after sends it again if no status came for so long. The result, row by row, is in FILE.result.csv.

The campaign knows nothing of your channel's own store: who opted out there is left out with --exclude.

The webhook takes statuses only, and leaves what people answer for WhatsApp to send again when your own webhook is back.`,
		Example: "  kanava notify people.csv --template order_update --check\n  kanava notify people.csv --template pickup --column name=first_name\n  kanava notify people.csv --template order_update --sim --yes",
		Args:    arguments(1, 1, "one file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if n.columns, err = pairs("column", columns); err != nil {
				return err
			}
			n.file = args[0]
			p.notifyDefaults(n)
			if n.template == "" {
				return wrong("say which template to send: --template NAME, or template in the settings")
			}
			if n.webhook != "" {
				if n.webhook, err = addressOf("webhook-addr", n.webhook); err != nil {
					return err
				}
			}
			return p.notify(cmd.Context(), n)
		},
	}
	n.flags(cmd, "number", "account")
	f := cmd.Flags()
	f.StringVar(&n.template, "template", "", "`NAME` of the template")
	f.StringVar(&n.language, "language", "", "`CODE` of the template's language, if it has several")
	f.StringArrayVar(&columns, "column", nil, "`VALUE=COLUMN` where a column is not called like the value")
	f.StringVar(&n.toColumn, "to-column", "", "`COLUMN` of the recipients (default: to, phone, number, recipient or whatsapp)")
	f.StringVar(&n.nameColumn, "name-column", "", "`COLUMN` of the people's names, which are kept with the conversation")
	f.StringSliceVar(&n.exclude, "exclude", nil, "`FILE` of people who are left out, such as those who opted out: a CSV file or a recipient a line")
	f.StringSliceVar(&n.rates, "rates", nil, "`FILE` with Meta's rate card, and another one with its volume tiers")
	f.StringVar(&n.currency, "currency", "", "`CODE` of the rate card's currency (default: the account's)")
	f.StringVar(&n.database, "database", "", "`FILE` that keeps what was sent (default: FILE.csv.kanava.db)")
	f.StringVar(&n.result, "result", "", "`FILE` for the result, row by row (default: FILE.result.csv)")
	f.StringVar(&n.name, "campaign", "", "`NAME` that the campaign goes by; another one sends to the same people again (default: the template's)")
	f.StringVar(&n.webhook, "webhook-addr", "", "`PORT` or address that takes the statuses (with --sim: any free one)")
	f.IntVar(&n.rate, "rate", 0, "`NUMBER` of messages a second at most (default: what the number may)")
	f.DurationVar(&n.wait, "wait", 10*time.Second, "`TIME` to wait for statuses after the last message")
	f.DurationVar(&n.resendAfter, "resend-after", 0, "send what is uncertain again when no status came for this `TIME`, such as 5m")
	f.BoolVarP(&n.yes, "yes", "y", false, "do not ask")
	f.BoolVar(&n.check, "check", false, "check the rows, show cost and reach, and send nothing")
	f.BoolVar(&n.skip, "skip-bad", false, "leave out rows with faults, and send to the others")
	f.BoolVar(&n.retry, "retry-failed", false, "try again what WhatsApp refused the last time")
	return cmd
}

// notifyDefaults fills in what the settings file and the file's name say.
func (p *program) notifyDefaults(n *notifying) {
	set := p.set.Notify
	n.template, n.language = cmp.Or(n.template, set.Template), cmp.Or(n.language, set.Language)
	for value, column := range set.Columns {
		if _, given := n.columns[value]; !given {
			n.columns[value] = column
		}
	}
	if n.rates == nil {
		n.rates = set.Rates
	}
	n.currency, n.webhook = cmp.Or(n.currency, set.Currency), cmp.Or(n.webhook, set.Webhook)
	if p.sim != "" {
		n.webhook = cmp.Or(n.webhook, "0") // any free one: the simulator is told
	}
	n.database = cmp.Or(n.database, n.file+".kanava.db")
	n.result = cmp.Or(n.result, strings.TrimSuffix(n.file, filepath.Ext(n.file))+".result.csv")
	n.name = cmp.Or(n.name, n.template)
}

// notify checks, asks and sends.
func (p *program) notify(ctx context.Context, n *notifying) error {
	needs := []string{needToken, needNumber, needAccount}
	if n.webhook != "" {
		needs = append(needs, needSecret, needVerify)
	}
	pl, err := p.platform(ctx, n.ids, needs...)
	if err != nil {
		return err
	}
	reading, err := pl.client(cloudapi.Limits{})
	if err != nil {
		return err
	}
	c, err := p.campaignOf(ctx, n, reading.Account(pl.Account))
	if err != nil {
		return err
	}
	info, err := reading.Number(pl.Number).Info(ctx)
	if err != nil {
		return err
	}
	card, err := p.rateCard(ctx, reading.Account(pl.Account), n.rates, n.currency)
	if err != nil {
		return err
	}
	rate := cmp.Or(n.rate, info.Throughput(), cloudapi.ThroughputStandard)
	e := c.estimateOf(info, card, rate, p.now())
	if !p.json || n.check {
		if err := p.preview(c, e, n.check); err != nil || n.check {
			return err
		}
	}
	if _, err := os.Stat(n.database); err == nil {
		p.tell("An earlier run is carried on, as %s says: who has got its message gets no other one. --campaign NAME begins another campaign.", n.database)
	}
	if err := p.confirm(n.yes, "Send "+plural(len(c.rows), "message")+"?"); err != nil {
		return err
	}
	return p.sendCampaign(ctx, n, c, pl, rate)
}

// campaignOf reads the template and the rows; it fails if rows have faults.
func (p *program) campaignOf(ctx context.Context, n *notifying, account *cloudapi.Account) (*campaign, error) {
	f, err := os.Open(n.file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	d, err := pick(ctx, account, n.template, n.language)
	if err != nil {
		return nil, err
	}
	if can := d.Sendable(p.now()); !can.OK {
		return nil, fmt.Errorf("the template %s cannot be sent now (%s); kanava templates list shows its status", d.Name, can.Reason)
	}
	c := &campaign{name: n.name, file: n.file, def: d, columns: n.columns, toName: n.toColumn, people: n.nameColumn}
	for value := range n.columns {
		if !knownValue(d, value) {
			return nil, wrong("the template %s has no value %q; kanava templates preview %s lists them", d.Name, value, d.Name)
		}
	}
	if c.left, err = leftOut(n.exclude); err != nil {
		return nil, err
	}
	if err := c.read(f); err != nil {
		return nil, err
	}
	if c.excluded > 0 {
		p.tell("%s left out, as --exclude says.", plural(c.excluded, "row"))
	}
	if len(c.faults) > 0 {
		p.faults(c)
		if !n.skip {
			return nil, fmt.Errorf("%s in %s, so nothing was sent: mend them, or leave these rows out with --skip-bad", faultCount(c), n.file)
		}
	}
	if len(c.rows) == 0 {
		return nil, fmt.Errorf("no row of %s is left to send to", n.file)
	}
	return c, nil
}

func knownValue(d *template.Definition, name string) bool {
	for _, v := range valuesOf(d) {
		if v.Name == name {
			return true
		}
	}
	return false
}

func faultCount(c *campaign) string {
	if len(c.faults) == maxFaults {
		return plural(maxFaults, "fault") + " or more"
	}
	return plural(len(c.faults), "fault")
}

// faults shows the first faults.
func (p *program) faults(c *campaign) {
	const most = 20
	if p.json {
		_ = p.print(map[string]any{"faults": c.faults}, nil) // the error follows
		return
	}
	for i, f := range c.faults {
		if i == most {
			p.tell("… and %s more.", plural(len(c.faults)-most, "fault"))
			break
		}
		p.tell("%s, %s", c.file, f)
	}
}

// preview shows the first message, cost and reach: on standard output if that is all
// that was asked for.
func (p *program) preview(c *campaign, e estimate, result bool) error {
	_, shown, err := c.def.Bind(c.rows[0].values.MapText(redact.Cards)) // as the hub sends it
	if err != nil {
		return err
	}
	text := func(w io.Writer) {
		fmt.Fprintf(w, "The first one, in line %d, will see:\n\n", c.rows[0].line)
		for line := range strings.SplitSeq(shown.Text(), "\n") {
			fmt.Fprintln(w, "  "+wrap(line, p.width()-2, "  "))
		}
		fmt.Fprintln(w)
		e.text(w)
	}
	if !result {
		text(p.errs)
		return nil
	}
	return p.print(map[string]any{"preview": shown.Text(), "estimate": e, "faults": c.faults}, text)
}
