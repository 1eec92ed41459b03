package console

import (
	"strings"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/desk"
)

// present says who else is in a conversation: in a sentence, or "" if nobody is.
func (q *request) present(id string) string {
	all, err := q.Desk.Present(q.ctx(), q.actor, id)
	if err != nil {
		q.Logger.Warn("console: who is present cannot be read", "error", err)
		return ""
	}
	var said []string
	for _, p := range all[id] {
		if p.Author.ID == q.actor.ID && p.Author.Kind == string(q.actor.Kind) {
			continue
		}
		key := "present.viewing"
		if p.Activity == desk.Writing {
			key = "present.writing"
		}
		said = append(said, q.language.say(key, q.nameOf(p.Author.ID)))
	}
	return strings.Join(said, " ")
}

// bePresent notes that the actor looks at a conversation, writes in it, or has left it.
func bePresent(q *request, id string) error {
	if err := q.Desk.SetPresence(q.ctx(), q.actor, id, desk.Activity(q.FormValue("activity"))); err != nil {
		return err
	}
	return q.nudge(id, "")
}

// nudge has pages look at a conversation again for what is not in the feed: those of one actor, or all.
func (q *request) nudge(id, only string) error {
	c, _, err := q.Desk.Conversation(q.ctx(), q.actor, id)
	if err == nil {
		q.streams.tell(&conversation.News{
			Kind: conversation.NewsConversation, ID: id, Channel: c.Channel, Conversation: &conversation.Conversation{ID: id, Channel: c.Channel},
		}, only)
	}
	return err
}
