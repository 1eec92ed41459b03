package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/message"
	"github.com/spf13/cobra"
)

// explanation is what the table of errors says of a code.
type explanation struct {
	Code    int    `json:"code"`
	Subcode int    `json:"subcode,omitempty"`
	Known   bool   `json:"known"`
	Class   string `json:"class"`
	Title   string `json:"title"`
	Hint    string `json:"hint"`
	Advice  string `json:"advice"`
	After   string `json:"after,omitempty"`
	Repeats int    `json:"repeats,omitempty"`
}

// advices say what a Retry means to a person.
var advices = map[message.Advice]string{
	message.RetryNever: "Do not send it again: the answer will be the same.",
	message.RetryFixed: "Send it again once the cause is gone.",
	message.RetryAfter: "It may be sent again after a pause, without a change.",
	message.RetryLater: "It may be sent again much later, without a change.",
}

func (p *program) explainVerb() *cobra.Command {
	var subcode, status int
	cmd := &cobra.Command{
		Use:   "explain CODE [CODE]...",
		Short: "What an error code of Meta's means, and what to do",
		Long: `Looks error codes of Meta's up in the table that the library decides by: what is wrong, who has to do what about it, and whether a repeat makes sense.

The exit code is 1 if a code is not in the table.`,
		Example: "  kanava explain 131047\n  kanava explain 131047 131026 --json\n  kanava explain 100 --subcode 33",
		Args:    arguments(1, -1, "a code, such as 131047"),
		RunE: func(_ *cobra.Command, args []string) error {
			var all []explanation
			unknown := false
			for _, arg := range args {
				code, err := strconv.Atoi(strings.TrimPrefix(strings.Trim(arg, "()#, "), "code "))
				if err != nil || code < 0 {
					return wrong("%q is no code; one is a number such as 131047", arg)
				}
				e := explained(code, subcode, status)
				unknown = unknown || !e.Known
				all = append(all, e)
			}
			err := p.print(all, func(w io.Writer) {
				for i, e := range all {
					if i > 0 {
						fmt.Fprintln(w)
					}
					p.explanation(w, e)
				}
			})
			if err == nil && unknown {
				err = errFound
			}
			return err
		},
	}
	cmd.Flags().IntVar(&subcode, "subcode", 0, "the `NUMBER` that came as error_subcode")
	cmd.Flags().IntVar(&status, "status", 0, "HTTP status (`NUMBER`) that it came with; 0 for an error out of a webhook")
	return cmd
}

func explained(code, subcode, status int) explanation {
	f := message.Classify(code, subcode, status, false)
	e := explanation{
		Code: code, Subcode: subcode, Known: f.Known, Class: string(f.Class), Title: f.Title, Hint: hintOf(f),
		Advice: string(f.Retry.Advice), Repeats: f.Retry.Max,
	}
	if f.Retry.After > 0 {
		e.After = f.Retry.After.String()
	}
	return e
}

func (p *program) explanation(w io.Writer, e explanation) {
	if !e.Known {
		fmt.Fprintf(w, "%s  is not in the table of this version.\n", p.paint(bold, strconv.Itoa(e.Code)))
		return
	}
	fmt.Fprintf(w, "%s  %s %s\n", p.paint(bold, strconv.Itoa(e.Code)), p.paint(bold, e.Title), p.paint(dim, "("+e.Class+")"))
	text := e.Hint + " " + advices[message.Advice(e.Advice)]
	if after, err := time.ParseDuration(e.After); err == nil {
		text += " Wait " + spoken(after) + " or more."
	}
	fmt.Fprintln(w, "  "+wrap(text, p.width()-2, "  "))
}

// spoken says a duration as people do.
func spoken(d time.Duration) string {
	switch d = d.Round(time.Second); {
	case d >= 48*time.Hour:
		return plural(int(d/(24*time.Hour)), "day")
	case d >= time.Hour && d%time.Hour == 0:
		return plural(int(d/time.Hour), "hour")
	case d >= time.Hour:
		return fmt.Sprintf("%d h %d min", d/time.Hour, d%time.Hour/time.Minute)
	case d >= time.Minute && d%time.Minute == 0:
		return plural(int(d/time.Minute), "minute")
	case d >= time.Minute:
		return fmt.Sprintf("%d min %d s", d/time.Minute, d%time.Minute/time.Second)
	}
	return plural(int(d/time.Second), "second")
}
