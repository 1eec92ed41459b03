package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/kanava-go/kanava/examples/internal/simulator"
	"github.com/spf13/cobra"
)

func (p *program) simulateVerb() *cobra.Command {
	o := simulator.Options{Errs: p.errs}
	cmd := &cobra.Command{
		Use:   "simulate",
		Short: "WhatsApp on this computer, for a program in any language",
		Long: `Simulates Meta's Graph API, people with phones, and signed webhooks, with a page to play the customers, to see all traffic, to make calls fail and to move the clock. It prints what to put in place of Meta's values; ids and secrets are always the same, unless SIMULATOR_APP_SECRET and SIMULATOR_VERIFY_TOKEN give others.

All verbs use it with --sim. kanava trigger does what the page does; the guide examples/guides/simulator.md has the first answered message in Node, and popular clients.`,
		Example: "  kanava simulate\n  kanava simulate --addr 9000 --webhook 3000\n  kanava simulate --tls\n  kanava simulate --record traffic.jsonl",
		Args:    arguments(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := p.simulation(&o); err != nil {
				return err
			}
			o.Started = func(v simulator.Values) error {
				return p.print(v, func(w io.Writer) { v.Text(w) })
			}
			return p.serve(cmd.Context(), func(ctx context.Context) error { return simulator.Run(ctx, o) })
		},
	}
	o.Flags(cmd.Flags())
	return cmd
}

// simulation settles the options of a simulator.
func (p *program) simulation(o *simulator.Options) (err error) {
	if o.Addr, err = addressOf("addr", o.Addr); err != nil {
		return err
	}
	if o.GraphAddr != "" {
		if o.GraphAddr, err = addressOf("graph-addr", o.GraphAddr); err != nil {
			return err
		}
	}
	if o.Webhook != "" {
		if o.Webhook, err = siteOf(o.Webhook, "", "/webhook"); err != nil {
			return err
		}
	}
	o.Secret, o.Verify = p.getenv("SIMULATOR_APP_SECRET"), p.getenv("SIMULATOR_VERIFY_TOKEN")
	return nil
}

// serve runs something that lasts until Ctrl-C, which is its proper end.
func (p *program) serve(ctx context.Context, run func(context.Context) error) error {
	err := run(ctx)
	if _, given := errors.AsType[*wrongError](err); given {
		return err
	}
	if err != nil && ctx.Err() == nil {
		return err
	}
	if p.errTerminal {
		fmt.Fprintln(p.errs) // behind the ^C
	}
	p.tell("Stopped.")
	return nil
}
