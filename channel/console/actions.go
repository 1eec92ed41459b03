package console

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/rules"
)

// actions are what an agent does to a conversation besides answering, by the last part of the address.
// What follows from them reaches the page by its stream.
var actions = map[string]func(q *request, id string) error{
	"assign": func(q *request, id string) error {
		return q.Desk.Assign(q.ctx(), q.actor, id, q.FormValue("agent"))
	},
	"take": func(q *request, id string) error { return q.Desk.Assign(q.ctx(), q.actor, id, q.actor.ID) },
	"team": func(q *request, id string) error {
		return q.Desk.AssignTeam(q.ctx(), q.actor, id, q.FormValue("team"))
	},
	"resolve": func(q *request, id string) error {
		if topic := strings.TrimSpace(q.FormValue("topic")); topic != "" {
			if err := q.Desk.SetTopic(q.ctx(), q.actor, id, topic); err != nil {
				return err
			}
		}
		return q.Desk.Resolve(q.ctx(), q.actor, id, q.FormValue("reason"))
	},
	"hand-over": func(q *request, id string) error {
		return q.Desk.HandOver(q.ctx(), q.actor, id, conversation.Handover{Cause: conversation.CauseByHand})
	},
	"hand-back": func(q *request, id string) error { return q.Desk.HandBack(q.ctx(), q.actor, id, "") },
	"block":     func(q *request, id string) error { return q.Desk.Block(q.ctx(), q.actor, id, true) },
	"unblock":   func(q *request, id string) error { return q.Desk.Block(q.ctx(), q.actor, id, false) },
	"present":   bePresent,
	"reopen":    func(q *request, id string) error { return q.Desk.Reopen(q.ctx(), q.actor, id) },
	"new": func(q *request, id string) error {
		return q.Desk.Move(q.ctx(), q.actor, id, rules.QueueNew, time.Time{})
	},
	"pending": func(q *request, id string) error {
		back := time.Time{}
		if text := q.FormValue("for"); text != "" {
			d, err := time.ParseDuration(text)
			if err != nil || d <= 0 || d > rules.MaxReturn {
				return fmt.Errorf("%w: for how long is no time", rules.ErrReturnTime)
			}
			back = q.now.Add(d)
		}
		return q.Desk.Move(q.ctx(), q.actor, id, rules.QueuePending, back)
	},
	"topic": func(q *request, id string) error { return q.Desk.SetTopic(q.ctx(), q.actor, id, q.FormValue("topic")) },
	"tags": func(q *request, id string) error {
		return q.Desk.SetTags(q.ctx(), q.actor, id, strings.FieldsFunc(q.FormValue("tags"), func(r rune) bool { return r == ',' || r == '\n' || r == '،' }))
	},
	"note": func(q *request, id string) error {
		_, err := q.Desk.AddNote(q.ctx(), q.actor, id, q.FormValue("text"))
		return err
	},
	"seen": func(q *request, id string) error {
		n, err := strconv.Atoi(q.FormValue("n"))
		if err != nil || n < 0 {
			return errNoKey
		}
		if err := q.Desk.MarkSeen(q.ctx(), q.actor, id, n); err != nil {
			return err
		}
		return q.nudge(id, nameOf(&q.actor))
	},
	"typing": func(q *request, id string) error { return q.Desk.MarkRead(q.ctx(), q.actor, id, true) },
}

// act does one of the actions.
func (q *request) act() error {
	if q.ReadOnly {
		return errReadOnly
	}
	do, ok := actions[q.PathValue("action")]
	if !ok {
		return channel.ErrNotFound
	}
	id := q.PathValue("id")
	if err := do(q, id); err != nil {
		return err
	}
	return q.done("c/" + id)
}

// topicsOf are the topics that conversations of a channel have, to choose from.
func (q *request) topicsOf(on string) []string {
	counts, err := q.Desk.CountInbox(q.ctx(), q.actor, filter{View: "all", Channel: on}.query(q.actor.ID))
	if err != nil {
		return nil
	}
	var topics []string
	for t := range counts.ByTopic {
		if t != "" {
			topics = append(topics, t)
		}
	}
	slices.Sort(topics)
	return topics
}
