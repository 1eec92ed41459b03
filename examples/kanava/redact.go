package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/kanava-go/kanava/redact"
	"github.com/spf13/cobra"
)

// redaction is one run of the verb redact.
type redaction struct {
	redactor redact.Redactor
	json     bool
	explain  bool
	values   []string
	report   io.Writer
	counts   map[string]int
	err      error
}

func (p *program) redactVerb() *cobra.Command {
	r := &redaction{counts: map[string]int{}}
	var keep, mask = redact.KeepLast4, redact.DefaultMask
	cmd := &cobra.Command{
		Use:   "redact [FILE]...",
		Short: "Mask the card numbers in texts",
		Long: `Masks the payment-card numbers in files, or in standard input, and writes the rest unchanged to standard output. How much was masked is told on standard error; --json does that in JSON.

With --values the input is one JSON document a line, and only the texts at the given paths are looked at.`,
		Example: "  kanava redact <chat.txt >clean.txt\n  kanava redact --explain --keep first6_last4 chat.txt\n  kanava redact --values 'messages.*.text.body,**.caption' events.jsonl",
		Args:    arguments(0, -1, "files"),
		RunE: func(_ *cobra.Command, args []string) error {
			r.redactor.Keep, r.redactor.Mask, r.json, r.report = keep, mask, p.json, p.errs
			if r.explain && r.values != nil {
				return wrong("--explain is for text: it does not go with --values")
			}
			if err := r.redactor.Validate(); err != nil {
				return wrong("%v", err)
			}
			if len(args) == 0 {
				args = []string{"-"}
			}
			return p.redactFiles(r, args)
		},
	}
	cmd.Flags().TextVar(&keep, "keep", keep, "`DIGITS` left readable: last4, first6_last4 or none")
	cmd.Flags().TextVar(&mask, "mask", mask, "`CHARACTER` written for a hidden digit")
	cmd.Flags().BoolVar(&r.redactor.Strict, "strict", false, "mask numbers labelled as something else, too")
	cmd.Flags().BoolVar(&r.explain, "explain", false, "report each number: where, what and why, never the number")
	cmd.Flags().StringSliceVar(&r.values, "values", nil, "`PATHS` of the texts in JSON documents, separated by commas")
	return cmd
}

func (p *program) redactFiles(r *redaction, files []string) error {
	out := bufio.NewWriter(p.out)
	for _, file := range files {
		in, err := p.open(file)
		if err != nil {
			return err
		}
		if r.values != nil {
			err = r.documents(file, in, out)
		} else {
			err = r.text(in, out)
		}
		if err = errors.Join(err, in.Close(), out.Flush()); err != nil {
			return err
		}
	}
	return r.end()
}

// text redacts a file as one text.
func (r *redaction) text(in io.Reader, out io.Writer) error {
	w := r.redactor.NewWriter(out)
	w.Found = r.found
	_, err := io.Copy(w, in)
	return errors.Join(err, w.Close())
}

// documents redacts a file as one JSON document a line. A line that is no JSON is not
// passed on.
func (r *redaction) documents(file string, in io.Reader, out io.Writer) error {
	human := redact.Paths(r.values...)
	lines := bufio.NewReader(in)
	for n := 1; ; n++ {
		line, end := lines.ReadBytes('\n')
		if len(strings.TrimSpace(string(line))) > 0 {
			clean, err := r.redactor.Values(line, human)
			if err != nil {
				return fmt.Errorf("%s, line %d: %w", file, n, err)
			}
			if string(clean) != string(line) {
				r.counts["document"]++
			}
			line = clean
		}
		if _, err := out.Write(line); err != nil {
			return err
		}
		if errors.Is(end, io.EOF) {
			return nil
		}
		if end != nil {
			return end
		}
	}
}

// found counts what is masked, and explains it if asked to.
func (r *redaction) found(s redact.Span) {
	r.counts[string(s.Kind)]++
	switch {
	case !r.explain:
	case r.json:
		r.write(s)
	default:
		scheme := ""
		if s.Scheme != "" {
			scheme = fmt.Sprintf(" (%s, %s)", s.Scheme, s.Tier)
		}
		fmt.Fprintf(r.report, "bytes %d to %d: %s%s: %s\n", s.Start, s.End, s.Kind, scheme, s.Reason)
	}
}

func (r *redaction) end() error {
	if r.json {
		r.write(map[string]any{"masked": r.counts})
		return r.err
	}
	var parts []string
	for kind, n := range r.counts {
		parts = append(parts, fmt.Sprintf("%s: %d", kind, n))
	}
	slices.Sort(parts)
	if len(parts) == 0 {
		parts = []string{"nothing"}
	}
	fmt.Fprintln(r.report, "masked", strings.Join(parts, ", "))
	return r.err
}

func (r *redaction) write(v any) {
	if err := json.NewEncoder(r.report).Encode(v); err != nil && r.err == nil {
		r.err = err
	}
}
