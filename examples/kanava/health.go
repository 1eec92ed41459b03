package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/health"
	"github.com/spf13/cobra"
)

func (p *program) healthVerb() *cobra.Command {
	var delay time.Duration
	cmd := p.onStore(&cobra.Command{
		Use:     "health",
		Short:   "Whether work waits, is dead or uncertain, and who works on it",
		Long:    `Looks at the store of a channel: what waits and for how long, what is dead, what is uncertain, which channels are out, and which processes work on it. The exit code is 1 if something is dead or uncertain, if a channel sends nothing because of an outage, if work waits for longer than --delay, or if nobody works on the store: a check for cron and for alarms.`,
		Example: "  kanava health\n  kanava health --delay 5m --json\n  kanava health --sim",
		Args:    arguments(0, 0, ""),
	}, &operating{p: p}, false, func(ctx context.Context, _ *operating, h *channel.Hub, _ []string) error {
		if delay < 0 {
			return wrong("--delay cannot be negative")
		}
		state, err := h.Health(ctx)
		if err != nil {
			return err
		}
		living := 0
		for i := range state.Processes {
			if state.Processes[i].Living(state.At) {
				living++
			}
		}
		if err := p.print(state, func(w io.Writer) { p.healthText(w, state, living, delay) }); err != nil {
			return err
		}
		if state.Dead > 0 || state.Uncertain > 0 || state.Delay.Std() > delay || living == 0 || len(state.Outages) > 0 {
			return errFound
		}
		return nil
	})
	cmd.Flags().DurationVar(&delay, "delay", time.Minute, "`TIME` that work may wait")
	return cmd
}

func (p *program) healthText(w io.Writer, state *health.Report, living int, delay time.Duration) {
	line := func(bad bool, format string, args ...any) {
		m := marks["ok"]
		if bad {
			m = marks["fail"]
		}
		fmt.Fprintln(w, p.paint(m.colour, m.mark), fmt.Sprintf(format, args...))
	}
	line(living == 0, "%s working on the store", plural(living, "process"))
	line(state.Delay.Std() > delay, "work waits for %s", spoken(state.Delay.Std()))
	line(state.Dead > 0, "%s%s", plural(state.Dead, "dead letter"), map[bool]string{true: "; kanava dead list shows them"}[state.Dead > 0])
	line(state.Uncertain > 0, "%s", plural(state.Uncertain, "uncertain message"))
	line(len(state.Outages) > 0, "%s", plural(len(state.Outages), "channel")+" out")
	for _, id := range slices.Sorted(maps.Keys(state.Outages)) {
		out := state.Outages[id]
		fmt.Fprintf(w, "  %s sends nothing since %s: %s (%s)\n", id, out.Since.UTC().Format("2006-01-02 15:04:05 MST"), out.Kind, out.Reason)
	}
	if state.NotCovered > 0 {
		// All that there ever were: worth a look, and no alarm.
		fmt.Fprintln(w, p.paint(marks["warn"].colour, marks["warn"].mark), plural(state.NotCovered, "item")+" signed with a secret that may not speak for the number")
	}
	p.processTable(w, state.Processes, state.At)
	if len(state.Work) == 0 {
		return
	}
	fmt.Fprintln(w)
	table := [][]string{{"WORK", "DUE", "LATER", "DEAD", "SINCE"}}
	for _, q := range state.Work {
		since := ""
		if !q.OldestDue.IsZero() {
			since = q.OldestDue.UTC().Format("2006-01-02 15:04:05 MST")
		}
		table = append(table, []string{q.Queue, fmt.Sprint(q.Due), fmt.Sprint(q.Waiting), fmt.Sprint(q.Dead), since})
	}
	p.table(w, table)
}

// processTable shows who works on the store, and who was lost.
func (p *program) processTable(w io.Writer, all []health.Process, now time.Time) {
	table := [][]string{{"PROCESS", "VERSION", "HEARD OF", "IN HAND", "CLOCK", "STATE"}}
	for i := range all {
		one, state := &all[i], "living"
		switch {
		case one.Living(now):
		case !one.Lost.IsZero():
			state = "lost"
		default:
			continue // it ended in order
		}
		if one.Lapses > 0 {
			state += ", lapsed " + plural(one.Lapses, "time")
		}
		inHand, clock := 0, "right"
		for _, n := range one.InHand {
			inHand += n
		}
		if ahead := one.Ahead.Std().Round(100 * time.Millisecond); ahead != 0 {
			clock = fmt.Sprint(ahead.Abs(), map[bool]string{true: " ahead", false: " behind"}[ahead > 0])
		}
		table = append(table, []string{one.Name, one.Version, one.Seen.UTC().Format("15:04:05 MST"), fmt.Sprint(inHand), clock, state})
	}
	if len(table) > 1 {
		fmt.Fprintln(w)
		p.table(w, table)
	}
}
