// Command redact masks the payment-card numbers in what it reads from standard
// input and writes the rest unchanged to standard output. How much was masked is
// told on standard error.
//
//	redact <chat.txt >clean.txt
//	redact -explain -keep first6_last4 -mask '•' <chat.txt
//	redact -values 'messages.*.text.body,**.caption' <events.jsonl
//
// It is also an example of the package github.com/kanava-go/kanava/redact.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/kanava-go/kanava/redact"
)

func main() {
	err := run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// settings are the flags.
type settings struct {
	redactor redact.Redactor
	json     bool
	explain  bool
	values   string
}

func parse(args []string, stderr io.Writer) (settings, error) {
	var s settings
	f := flag.NewFlagSet("redact", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.TextVar(&s.redactor.Keep, "keep", redact.KeepLast4, "digits left readable: last4, first6_last4 or none")
	f.TextVar(&s.redactor.Mask, "mask", redact.DefaultMask, "character written for a hidden digit")
	f.BoolVar(&s.redactor.Strict, "strict", false, "mask numbers labelled as something else, too")
	f.BoolVar(&s.json, "json", false, "report in JSON, one object per line")
	f.BoolVar(&s.explain, "explain", false, "report each number: where, what and why, never the number")
	f.StringVar(&s.values, "values", "", "read one JSON document per line, and look only at the `paths` given, separated by commas")
	if err := f.Parse(args); err != nil {
		return s, err
	}
	if f.NArg() > 0 {
		return s, fmt.Errorf("redact: unexpected argument: input is read from standard input")
	}
	if s.explain && s.values != "" {
		return s, errors.New("redact: -explain is for text: it does not go with -values")
	}
	return s, s.redactor.Validate()
}

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	s, err := parse(args, stderr)
	if err != nil {
		return err
	}
	report := report{settings: &s, w: stderr, counts: map[string]int{}}
	out := bufio.NewWriter(stdout)
	if s.values != "" {
		err = documents(&s, stdin, out, &report)
	} else {
		err = text(&s, stdin, out, &report)
	}
	return errors.Join(err, out.Flush(), report.end())
}

// text redacts standard input as one text.
func text(s *settings, stdin io.Reader, out io.Writer, report *report) error {
	w := s.redactor.NewWriter(out)
	w.Found = report.found
	_, err := io.Copy(w, stdin)
	return errors.Join(err, w.Close())
}

// documents redacts standard input as one JSON document per line. A line that is
// no JSON is not passed on.
func documents(s *settings, stdin io.Reader, out io.Writer, report *report) error {
	human := redact.Paths(strings.Split(s.values, ",")...)
	in := bufio.NewReader(stdin)
	for n := 1; ; n++ {
		line, end := in.ReadBytes('\n')
		if len(strings.TrimSpace(string(line))) > 0 {
			clean, err := s.redactor.Values(line, human)
			if err != nil {
				return fmt.Errorf("line %d: %w", n, err)
			}
			if string(clean) != string(line) {
				report.counts["document"]++
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

// A report counts what is masked, and explains it if asked to.
type report struct {
	*settings
	w      io.Writer
	counts map[string]int
	err    error
}

func (r *report) found(s redact.Span) {
	r.counts[s.Kind.String()]++
	if !r.explain {
		return
	}
	if r.json {
		r.write(s)
		return
	}
	scheme := ""
	if s.Scheme != "" {
		scheme = fmt.Sprintf(" (%s, %s)", s.Scheme, s.Tier)
	}
	fmt.Fprintf(r.w, "bytes %d to %d: %s%s: %s\n", s.Start, s.End, s.Kind, scheme, s.Reason)
}

func (r *report) end() error {
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
	fmt.Fprintln(r.w, "masked", strings.Join(parts, ", "))
	return r.err
}

func (r *report) write(v any) {
	if err := json.NewEncoder(r.w).Encode(v); err != nil && r.err == nil {
		r.err = err
	}
}
