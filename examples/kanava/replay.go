package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/spf13/cobra"
)

func (p *program) replayVerb() *cobra.Command {
	var to string
	var pace bool
	cmd := &cobra.Command{
		Use:   "replay FILE",
		Short: "Send recorded webhooks again, signed anew",
		Long: `Sends the webhooks of a recording to your program, each signed with the app secret. The file is a recording of kanava listen or of the simulator, or holds webhook bodies of Meta's, one behind another; - is standard input.

It stops at the first answer that is not 200. A program that works like this library does nothing twice: what it had before changes nothing.`,
		Example: "  kanava replay webhooks.jsonl --to 3000\n  kanava replay webhooks.jsonl --to http://localhost:8080/whatsapp --pace",
		Args:    arguments(1, 1, "one file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if to, err = siteOf(to, "8080", "/webhook"); err != nil {
				return err
			}
			pl, err := p.platform(cmd.Context(), ids{}, needSecret)
			if err != nil {
				return err
			}
			return p.replay(cmd.Context(), args[0], to, pl.Secret, pace)
		},
	}
	cmd.Flags().StringVar(&to, "to", "8080", "`PORT` or URL of the webhook")
	cmd.Flags().BoolVar(&pace, "pace", false, "with the pauses of the recording, of 10 seconds at most")
	return cmd
}

// replay sends every webhook of a file.
func (p *program) replay(ctx context.Context, file, to, secret string, pace bool) error {
	sent := 0
	var before time.Time
	err := p.recording(file, func(r recorded) error {
		if pause := min(r.Received.Sub(before), 10*time.Second); pace && !before.IsZero() && pause > 0 {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(pause):
			}
		}
		before = r.Received
		status, err := post(ctx, to, secret, r.Body)
		if err != nil {
			return err
		}
		if status != http.StatusOK {
			return fmt.Errorf("webhook %d of %s was answered with %d: %s; %s before it went well", r.n, file, status, cmp.Or(answers[status], "a webhook has to be answered with 200"), plural(sent, "webhook"))
		}
		sent++
		p.progress.show(false, "%s sent", plural(sent, "webhook"))
		return nil
	})
	if err != nil {
		return err
	}
	if sent == 0 {
		return fmt.Errorf("%s holds no webhooks", file)
	}
	p.progress.clear()
	return p.print(map[string]any{"sent": sent, "to": to}, func(w io.Writer) {
		fmt.Fprintf(w, "%s sent to %s, each answered with 200.\n", plural(sent, "webhook"), to)
	})
}

// answers say what a status of a webhook means.
var answers = map[int]string{
	http.StatusBadRequest:          "the program could not read it",
	http.StatusMovedPermanently:    elsewhere,
	http.StatusFound:               elsewhere,
	http.StatusTemporaryRedirect:   elsewhere,
	http.StatusPermanentRedirect:   elsewhere,
	http.StatusUnauthorized:        "the signature was refused; has the program the same app secret?",
	http.StatusForbidden:           "the program refused it; has it the same app secret?",
	http.StatusNotFound:            "there is no webhook at this path; give the whole URL with --to",
	http.StatusMethodNotAllowed:    "no webhook is at this path; give the whole URL with --to",
	http.StatusInternalServerError: "the program failed; look into its log",
	http.StatusServiceUnavailable:  "the program is not ready",
}

// elsewhere is what a redirect means.
const elsewhere = "it leads to another address, where WhatsApp does not follow; give that one with --to"
