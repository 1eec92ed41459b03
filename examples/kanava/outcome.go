package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/kanava-go/kanava/channel/conversation"
)

// outcome is the result of a campaign.
type outcome struct {
	Rows   int            `json:"rows"`
	States map[string]int `json:"states"`
	Open   int            `json:"open"`
	Result string         `json:"result"`
}

// end writes the result and tells it.
func (s *sending) end(ctx context.Context, err error) error {
	if writeErr := s.write(); writeErr != nil {
		return errors.Join(err, writeErr)
	}
	states, open := s.count()
	if n := states[stateWaiting]; n > 0 {
		states["waiting"] = n
		delete(states, stateWaiting)
	}
	o := outcome{len(s.c.rows), states, open, s.n.result}
	if printErr := s.p.print(o, func(w io.Writer) { s.text(w, o) }); printErr != nil {
		return errors.Join(err, printErr)
	}
	if ctx.Err() != nil {
		return fmt.Errorf("stopped with %s open; the same command goes on", plural(open, "row"))
	}
	if err != nil {
		return err
	}
	if states[string(conversation.Failed)]+states[stateRefused]+states[string(conversation.Uncertain)]+open > 0 {
		return errFound
	}
	return nil
}

// stateWords say what the states mean, in the order in which they are told.
var stateWords = []struct{ state, words string }{
	{"waiting", "not sent yet"}, {string(conversation.Queued), "waiting to be sent"}, {string(conversation.Accepted), "taken by WhatsApp"}, {string(conversation.Sent), "sent"},
	{string(conversation.Delivered), "delivered"}, {string(conversation.Read), "read"}, {string(conversation.Uncertain), "uncertain: they may have been sent"},
	{string(conversation.Failed), "failed"}, {stateRefused, "refused before they were sent"},
}

func (s *sending) text(w io.Writer, o outcome) {
	for _, state := range stateWords {
		if n := o.States[state.state]; n > 0 {
			fmt.Fprintf(w, "%7d  %s\n", n, state.words)
		}
	}
	fmt.Fprintln(w, "The result, row by row, is in "+o.Result+".")
	if o.States[string(conversation.Uncertain)] > 0 {
		fmt.Fprintln(w, wrap("What is uncertain is not sent again by itself. The same command with --resend-after 5m waits for statuses first.", s.p.width(), ""))
	}
	if o.States[string(conversation.Failed)] > 0 {
		fmt.Fprintln(w, wrap("--retry-failed tries again what failed, once the cause is gone.", s.p.width(), ""))
	}
}

// write writes the result, whole or not at all.
func (s *sending) write() error {
	f, err := os.OpenFile(s.n.result+".new", os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	out := csv.NewWriter(f)
	s.mu.Lock()
	err = out.Write([]string{"line", "to", "state", "code", "reason", "id"})
	for i := range s.c.rows {
		r, code := &s.c.rows[i], ""
		if r.code != 0 {
			code = strconv.Itoa(r.code)
		}
		to, state := firstOf(r.to.Phone, r.to.BSUID), firstOf(r.state, "waiting")
		err = errors.Join(err, out.Write([]string{strconv.Itoa(r.line), to, state, code, r.why, r.id}))
	}
	s.mu.Unlock()
	out.Flush()
	if err = errors.Join(err, out.Error(), f.Close()); err != nil {
		return err
	}
	return os.Rename(s.n.result+".new", s.n.result)
}
