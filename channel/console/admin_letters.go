package console

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/deadletter"
	"github.com/kanava-go/kanava/channel/store"
)

// lettersAtOnce is how many dead letters a page shows.
const lettersAtOnce = 50

// letterPage lists the dead letters of one kind.
type letterPage struct {
	Kinds             []kindCount
	Channels          []choice
	Everywhere        bool // the actor may see those of all channels and of none
	Work, Channel     string
	Letters           []letter
	More              string // query of the next page; "" at the end
	MayReplay, MayEnd bool
}

type kindCount struct {
	Work   string
	Dead   int
	Chosen bool
}

// letter is a dead letter as a page shows it.
type letter struct {
	deadletter.Letter
	ID, On string // what a form calls it, and the name of its channel
	Text   string // the content, indented
}

// letters lists what was given up, for an operator to decide.
func (q *request) letters() error {
	p := letterPage{Everywhere: q.everywhere(access.ReadDeadLetters), Channel: q.FormValue("channel"), Work: q.FormValue("work")}
	p.Channels = q.channelsFor(access.ReadDeadLetters, p.Channel)
	if p.Channel == "" && !p.Everywhere && len(p.Channels) > 0 {
		p.Channel, p.Channels[0].Chosen = p.Channels[0].Value, true
	}
	p.MayReplay, p.MayEnd = !q.ReadOnly && q.holds(access.ReplayDeadLetters, p.Channel), !q.ReadOnly && q.holds(access.DropDeadLetters, p.Channel)
	if err := q.countDead(&p); err != nil {
		return err
	}
	if p.Work == "" {
		return q.office("tab.letters", "letters", p)
	}
	after, _ := strconv.ParseInt(q.FormValue("after"), 10, 64) // what is no number begins at the beginning
	found, err := q.Desk.DeadLetters(q.ctx(), q.actor, deadletter.Query{Channel: p.Channel, Work: p.Work, After: after, Limit: lettersAtOnce + 1})
	if err != nil {
		return err
	}
	if len(found) > lettersAtOnce {
		found = found[:lettersAtOnce]
		p.More = strconv.FormatInt(found[lettersAtOnce-1].Seq, 10)
	}
	names := map[string]string{}
	for _, r := range q.mine() {
		names[r.ID] = r.Name
	}
	for i := range found {
		l := &found[i]
		p.Letters = append(p.Letters, letter{*l, l.Key.Queue + " " + l.Key.ID, cmp.Or(names[l.Channel], l.Channel), indented(l.Content)})
	}
	return q.office("tab.letters", "letters", p)
}

// countDead says of which kinds of work there are dead letters, and chooses the first if none is chosen.
func (q *request) countDead(p *letterPage) error {
	report, err := q.Desk.Health(q.ctx(), q.actor)
	if err != nil {
		return err
	}
	work := report.Work
	if p.Channel != "" {
		work = nil
		for i := range report.Channels {
			if report.Channels[i].ID == p.Channel {
				work = report.Channels[i].Work
			}
		}
	}
	for _, w := range work {
		if w.Dead > 0 {
			p.Work = cmp.Or(p.Work, w.Queue)
			p.Kinds = append(p.Kinds, kindCount{w.Queue, w.Dead, w.Queue == p.Work})
		}
	}
	return nil
}

func indented(raw json.RawMessage) string {
	var b bytes.Buffer
	if json.Indent(&b, raw, "", "  ") != nil {
		return string(raw)
	}
	return b.String()
}

// settleLetters replays dead letters or drops them: those that were ticked, or all of a kind.
func (q *request) settleLetters() error {
	if err := q.change(); err != nil {
		return err
	}
	keys := q.ticked()
	do := q.PathValue("do")
	if do != "replay-all" && len(keys) == 0 {
		return errNoChoice
	}
	var err error
	n := len(keys)
	switch do {
	case "replay":
		err = q.Desk.ReplayDeadLetters(q.ctx(), q.actor, keys...)
	case "drop":
		if q.FormValue("sure") == "" {
			return errUnsure
		}
		err = q.Desk.DropDeadLetters(q.ctx(), q.actor, keys...)
	case "replay-all":
		n, err = q.Desk.ReplayAllDeadLetters(q.ctx(), q.actor, deadletter.Replay{
			Work: q.FormValue("work"), Channel: q.FormValue("channel"), Reason: strings.TrimSpace(q.FormValue("reason")),
		})
	default:
		return channel.ErrNotFound
	}
	if err != nil {
		return err
	}
	return q.back("admin/letters", do, n, "channel")
}

// ticked are the dead letters that a form names, once each.
func (q *request) ticked() (keys []store.WorkKey) {
	_ = q.FormValue("key") // reads the form
	for _, text := range q.Form["key"] {
		queue, id, ok := strings.Cut(text, " ")
		if k := (store.WorkKey{Queue: queue, ID: id}); ok && id != "" && !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	return keys
}
