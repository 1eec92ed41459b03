package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/deadletter"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/spf13/cobra"
)

// letter is a dead letter as the verbs show it.
type letter struct {
	Key      string          `json:"key"` // QUEUE/ID
	Channel  string          `json:"channel,omitempty"`
	Reason   string          `json:"reason"`
	Tries    int             `json:"tries"`
	Enqueued time.Time       `json:"enqueued"`
	Content  json.RawMessage `json:"content,omitempty"`
}

func (p *program) deadVerb() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "dead",
		Short:   "List, show, replay and drop what the hub gave up on",
		Long:    `Dead letters are work that kept failing: webhooks that could not be understood or belong to no channel, calls of the ticket system, downloads. Nothing of it is lost; an operator decides.`,
		Example: "  kanava dead list\n  kanava dead show host/h_abc\n  kanava dead replay --all\n  kanava dead drop inbox/i_def",
		Args:    cobra.ArbitraryArgs,
		RunE:    p.group,
	}
	cmd.AddCommand(p.deadList(), p.deadShow(), p.deadReplay(), p.deadDrop())
	return cmd
}

// letters reads all dead letters, oldest first within a queue.
func letters(ctx context.Context, h *channel.Hub, of string) ([]deadletter.Letter, error) {
	health, err := h.Health(ctx)
	if err != nil {
		return nil, err
	}
	var all []deadletter.Letter
	for _, queue := range health.Work {
		q := deadletter.Query{Work: queue.Queue, Channel: of, Limit: 1000}
		for {
			page, err := h.DeadLetters(ctx, q)
			if err != nil {
				return nil, err
			}
			all = append(all, page...)
			if len(page) < q.Limit {
				break
			}
			q.After = page[len(page)-1].Seq
		}
	}
	return all, nil
}

func shownLetter(l deadletter.Letter, content bool) letter {
	out := letter{Key: l.Key.Queue + "/" + l.Key.ID, Channel: l.Channel, Reason: l.Reason, Tries: l.Tries, Enqueued: l.Enqueued}
	if content {
		out.Content = l.Content
	}
	return out
}

func (p *program) deadList() *cobra.Command {
	return p.operation(&cobra.Command{
		Use:     "list",
		Short:   "What is dead and why, without what people wrote",
		Example: "  kanava dead list\n  kanava dead list --channel support --json\n  kanava dead list --sim",
		Args:    arguments(0, 0, ""),
	}, false, func(ctx context.Context, o *operating, h *channel.Hub, _ []string) error {
		all, err := letters(ctx, h, o.chosen())
		if err != nil {
			return err
		}
		rows := []letter{}
		for _, l := range all {
			rows = append(rows, shownLetter(l, false))
		}
		return p.print(rows, func(w io.Writer) {
			if len(rows) == 0 {
				fmt.Fprintln(w, "There are no dead letters.")
				return
			}
			table := [][]string{{"KEY", "CHANNEL", "SINCE", "TRIES", "REASON"}}
			for _, l := range rows {
				table = append(table, []string{l.Key, firstOf(l.Channel, "-"), l.Enqueued.UTC().Format("01-02 15:04"), fmt.Sprint(l.Tries), l.Reason})
			}
			p.table(w, table)
		})
	})
}

// chosen is the channel, if the user named one.
func (o *operating) chosen() string { return o.channel }

// keysOf reads QUEUE/ID.
func keysOf(args []string) ([]store.WorkKey, error) {
	var keys []store.WorkKey
	for _, arg := range args {
		queue, id, ok := strings.Cut(arg, "/")
		if !ok || queue == "" || id == "" {
			return nil, wrong("%q is no key of a dead letter, which is QUEUE/ID as kanava dead list shows it", arg)
		}
		keys = append(keys, store.WorkKey{Queue: queue, ID: id})
	}
	return keys, nil
}

// those finds the dead letters with these keys; one that is not there is an error.
func those(all []deadletter.Letter, keys []store.WorkKey) ([]deadletter.Letter, error) {
	var found []deadletter.Letter
	for _, key := range keys {
		i := slices.IndexFunc(all, func(l deadletter.Letter) bool { return l.Key == key })
		if i < 0 {
			return nil, fmt.Errorf("there is no dead letter %s/%s; kanava dead list shows those there are", key.Queue, key.ID)
		}
		found = append(found, all[i])
	}
	return found, nil
}

func (p *program) deadShow() *cobra.Command {
	return p.operation(&cobra.Command{
		Use:     "show KEY...",
		Short:   "A dead letter with its content, which is personal data",
		Example: "  kanava dead show host/h_abc\n  kanava dead show host/h_abc --json",
		Args:    arguments(1, -1, "a key as kanava dead list shows it"),
	}, false, func(ctx context.Context, _ *operating, h *channel.Hub, args []string) error {
		keys, err := keysOf(args)
		if err != nil {
			return err
		}
		all, err := letters(ctx, h, "")
		if err == nil {
			all, err = those(all, keys)
		}
		if err != nil {
			return err
		}
		var rows []letter
		for _, l := range all {
			rows = append(rows, shownLetter(l, true))
		}
		return p.print(rows, func(w io.Writer) {
			for _, l := range rows {
				fmt.Fprintf(w, "%s\n  channel  %s\n  since    %s\n  tries    %d\n  reason   %s\n\n", p.paint(bold, l.Key), firstOf(l.Channel, "-"), l.Enqueued.UTC().Format(time.RFC3339), l.Tries, l.Reason)
				var b bytes.Buffer
				if json.Indent(&b, l.Content, "  ", "  ") != nil {
					b.Write(l.Content)
				}
				fmt.Fprintln(w, "  "+b.String())
			}
		})
	})
}

func (p *program) deadReplay() *cobra.Command {
	var all bool
	var reason string
	cmd := p.operation(&cobra.Command{
		Use:     "replay [KEY]...",
		Short:   "Give dead letters another chance",
		Long:    `Puts dead letters back behind what waits in their conversation; the processes that work on the store take them up at once. --all takes all of them, --reason those whose reason begins with a text.`,
		Example: "  kanava dead replay host/h_abc\n  kanava dead replay --all --channel support\n  kanava dead replay --reason 'ticketing: status 503'",
		Args:    arguments(0, -1, "keys"),
	}, false, func(ctx context.Context, o *operating, h *channel.Hub, args []string) error {
		picked, err := pickLetters(ctx, h, o.chosen(), args, all, reason)
		if err != nil {
			return err
		}
		if err := h.ReplayDeadLetters(ctx, keys(picked)...); err != nil {
			return err
		}
		return p.print(map[string]any{"replayed": len(picked)}, func(w io.Writer) {
			fmt.Fprintf(w, "%s given another chance.\n", plural(len(picked), "dead letter"))
		})
	})
	cmd.Flags().BoolVar(&all, "all", false, "all dead letters")
	cmd.Flags().StringVar(&reason, "reason", "", "those whose reason begins with this `TEXT`")
	return cmd
}

func (p *program) deadDrop() *cobra.Command {
	var all, yes bool
	var reason string
	cmd := p.operation(&cobra.Command{
		Use:     "drop [KEY]...",
		Short:   "Remove dead letters for good",
		Example: "  kanava dead drop inbox/i_def\n  kanava dead drop --reason 'no channel' --yes",
		Args:    arguments(0, -1, "keys"),
	}, false, func(ctx context.Context, o *operating, h *channel.Hub, args []string) error {
		picked, err := pickLetters(ctx, h, o.chosen(), args, all, reason)
		if err != nil {
			return err
		}
		if len(picked) > 0 {
			if err := p.confirm(yes, "Remove "+plural(len(picked), "dead letter")+" for good?"); err != nil {
				return err
			}
		}
		if err := h.DropDeadLetters(ctx, keys(picked)...); err != nil {
			return err
		}
		return p.print(map[string]any{"dropped": len(picked)}, func(w io.Writer) {
			fmt.Fprintf(w, "%s removed.\n", plural(len(picked), "dead letter"))
		})
	})
	cmd.Flags().BoolVar(&all, "all", false, "all dead letters")
	cmd.Flags().StringVar(&reason, "reason", "", "those whose reason begins with this `TEXT`")
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	return cmd
}

// pickLetters finds what replay and drop are about.
func pickLetters(ctx context.Context, h *channel.Hub, of string, args []string, all bool, reason string) ([]deadletter.Letter, error) {
	wanted, err := keysOf(args)
	if err != nil {
		return nil, err
	}
	if (len(wanted) > 0) == (all || reason != "") {
		return nil, wrong("name dead letters by their keys, or take --all or --reason")
	}
	found, err := letters(ctx, h, of)
	if err != nil {
		return nil, err
	}
	if len(wanted) > 0 {
		return those(found, wanted)
	}
	return slices.DeleteFunc(found, func(l deadletter.Letter) bool { return !strings.HasPrefix(l.Reason, reason) }), nil
}

func keys(all []deadletter.Letter) []store.WorkKey {
	var out []store.WorkKey
	for _, l := range all {
		out = append(out, l.Key)
	}
	return out
}
