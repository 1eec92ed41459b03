package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/webhook"
	"github.com/kanava-go/kanava/window"
	"github.com/spf13/cobra"
)

// chat is the window between one number and one person or group.
type chat struct {
	Number    string     `json:"number"`
	Person    string     `json:"person"` // the last digits only, unless asked for
	Phase     string     `json:"phase"`
	Open      bool       `json:"open"`
	Last      *time.Time `json:"last,omitempty"`
	Closes    *time.Time `json:"closes,omitempty"`
	FreeUntil *time.Time `json:"free_until,omitempty"`
	state     window.State
}

func (p *program) windowVerb() *cobra.Command {
	var at string
	var people bool
	cmd := &cobra.Command{
		Use:   "window FILE",
		Short: "Who may be written to now, by the webhooks in a file",
		Long: `Reads webhooks from a file, - is standard input, and tells for each person whether the customer service window is open and until when.

The file is a recording of kanava listen or of the simulator, or holds webhook bodies of Meta's, one behind another. Phone numbers are shown by their last digits.`,
		Example: "  kanava window webhooks.jsonl\n  kanava window webhooks.jsonl --at 2026-11-29T18:00:00Z\n  kanava window - --json <body.json",
		Args:    arguments(1, 1, "one file"),
		RunE: func(_ *cobra.Command, args []string) error {
			now := p.now()
			if at != "" {
				var err error
				if now, err = time.Parse(time.RFC3339, at); err != nil {
					return wrong("--at is a time such as 2026-11-29T18:00:00Z, not %q", at)
				}
			}
			chats, err := p.windows(args[0], now, people)
			if err != nil {
				return err
			}
			return p.print(chats, func(w io.Writer) { p.windowTable(w, chats, now) })
		},
	}
	cmd.Flags().StringVar(&at, "at", "", "the `TIME` to judge by, as in 2026-11-29T18:00:00Z (default: now)")
	cmd.Flags().BoolVar(&people, "people", false, "show phone numbers in full")
	return cmd
}

// windows replays the webhooks of a file.
func (p *program) windows(file string, now time.Time, people bool) ([]chat, error) {
	var (
		options window.Options
		chats   = map[string]*chat{}
		names   aliases
	)
	err := p.recording(file, func(r recorded) error {
		d, err := webhook.Parse(r.Body)
		if err != nil {
			return fmt.Errorf("webhook %d of %s: %w", r.n, file, err)
		}
		for e := range d.Events() {
			who, group, seen, ok := windowEvent(e)
			if !ok {
				continue
			}
			key, shown := names.of(e.Number.ID, who, group)
			if key == "" {
				continue
			}
			c := chats[key]
			if c == nil {
				c = &chat{Number: e.Number.ID, Person: shown}
				if !people {
					c.Person = masked(shown)
				}
				chats[key] = c
			}
			c.state = options.Observe(c.state, seen, now)
		}
		return nil
	})
	all := make([]chat, 0, len(chats))
	for _, c := range chats {
		c.Phase, c.Open = string(c.state.Phase(now)), c.state.OpenAt(now)
		c.Last, c.Closes = moment(c.state.LastInbound()), moment(c.state.ClosesAt())
		if free, ok := c.state.FreeEntry(); ok && free.Until.After(now) {
			c.FreeUntil = &free.Until
		}
		all = append(all, *c)
	}
	slices.SortFunc(all, func(a, b chat) int {
		if n := timeOf(b.Closes).Compare(timeOf(a.Closes)); n != 0 {
			return n
		}
		return cmp.Or(cmp.Compare(a.Number, b.Number), cmp.Compare(a.Person, b.Person))
	})
	return all, err
}

// windowEvent is what an event of a webhook says about a window.
func windowEvent(e *webhook.Event) (who webhook.Identity, group string, seen window.Event, ok bool) {
	seen.At = e.Time
	switch m := e.Payload.(type) {
	case *webhook.Message:
		seen.Kind = channel.WindowKind(m.Content)
		if m.Referral != nil {
			seen.Referral = window.Referral(m.Referral.SourceType)
		}
		return m.From, m.GroupID, seen, seen.Kind != window.KindSystem
	case *webhook.StandbyMessage:
		seen.Kind, seen.Standby = channel.WindowKind(m.Message.Content), true
		return m.Message.From, m.Message.GroupID, seen, seen.Kind != window.KindSystem
	case *webhook.Call:
		seen.Kind = window.KindCall
		if m.Event == webhook.CallTerminate {
			seen.At = m.Started
		}
		return m.User, "", seen, m.Direction == webhook.CallByUser
	case *webhook.CallStatus:
		seen.Kind = window.KindCallAccepted
		return m.Recipient, "", seen, m.Status == webhook.CallAccepted
	case *webhook.Status:
		seen.Kind = window.KindStatus
		if m.Conversation != nil && m.Conversation.Origin == "referral_conversion" {
			seen.FreeEntryUntil = m.Conversation.Expires
		}
		return m.Recipient, m.GroupID, seen, !seen.FreeEntryUntil.IsZero()
	default:
		return who, "", seen, false
	}
}

// aliases join the names that one person goes by.
type aliases map[string]string

// of gives the key of a person or group on a number, and the name to show.
func (a *aliases) of(number string, who webhook.Identity, group string) (key, shown string) {
	if *a == nil {
		*a = aliases{}
	}
	if group != "" {
		return number + "|group|" + group, "group " + group
	}
	names := []string{who.Phone, who.BSUID}
	for _, name := range names {
		if known, ok := (*a)[number+"|"+name]; ok && name != "" {
			key = known
			break
		}
	}
	for _, name := range names {
		if name == "" {
			continue
		}
		if key == "" {
			key = number + "|" + name
		}
		(*a)[number+"|"+name] = key
	}
	if key == "" {
		return "", ""
	}
	return key, cmp.Or(who.Phone, who.BSUID)
}

// masked shows the last digits of an identifier.
func masked(name string) string {
	if len(name) <= 4 {
		return name
	}
	return "…" + name[len(name)-4:]
}

func (p *program) windowTable(w io.Writer, chats []chat, now time.Time) {
	if len(chats) == 0 {
		fmt.Fprintln(w, "Nobody wrote in these webhooks.")
		return
	}
	rows := [][]string{{"NUMBER", "PERSON", "WINDOW", ""}}
	for _, c := range chats {
		state, until := p.paint(red, "closed"), "never opened: templates only"
		switch {
		case c.Open:
			state, until = p.paint(green, "open"), "for "+spoken(c.Closes.Sub(now))+", until "+c.Closes.UTC().Format("2006-01-02 15:04:05 MST")
		case c.Closes != nil:
			until = "since " + c.Closes.UTC().Format("2006-01-02 15:04:05 MST") + ": templates only"
		}
		if c.FreeUntil != nil {
			until += "; free until " + c.FreeUntil.UTC().Format("2006-01-02 15:04 MST")
		}
		rows = append(rows, []string{c.Number, c.Person, state, until})
	}
	p.table(w, rows)
}

// moment is a time that JSON leaves out if there is none.
func moment(t time.Time, ok bool) *time.Time {
	if !ok || t.IsZero() {
		return nil
	}
	return &t
}

func timeOf(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}
