package console

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
)

// answerOf is the answer that a form holds: a text, or a file with the text as its caption, now or, with
// "at" in Unix milliseconds, later.
func (q *request) answerOf() (channel.Reply, error) {
	content, err := q.content()
	r := channel.Reply{Conversation: q.PathValue("id"), Key: q.FormValue("key"), Quote: q.FormValue("quote"), Content: content}
	if text := q.FormValue("at"); text != "" && err == nil {
		at, notNumber := strconv.ParseInt(text, 10, 64)
		if notNumber != nil || at <= 0 || at > q.now.Add(10*channel.MaxAhead).UnixMilli() {
			return r, errNoTime
		}
		r.At = time.UnixMilli(at)
	}
	return r, err
}

// reply sends an answer, in parts if it is longer than the channel takes. A form that comes twice with one
// key is one answer.
func (q *request) reply() error {
	if q.ReadOnly {
		return errReadOnly
	}
	r, err := q.answerOf()
	if err != nil {
		return err
	}
	if len(r.Key) < minKey {
		return errNoKey
	}
	parts, err := q.split(r)
	if err != nil {
		return err
	}
	if _, err := q.Desk.ReplyAll(q.ctx(), q.actor, parts); err != nil {
		return err
	}
	return q.done("c/" + r.Conversation)
}

// check says what an answer would do, while it is being written.
func (q *request) check() error {
	r, err := q.answerOf()
	if err != nil {
		return err
	}
	p, err := q.previewAnswer(r)
	if err != nil {
		return err
	}
	v := struct {
		Text     string   `json:"text,omitempty"` // as it would go out, if that differs
		Refused  *refusal `json:"refused,omitempty"`
		Template bool     `json:"template,omitempty"`
		Closes   int64    `json:"closes,omitempty"`
		Open     bool     `json:"open"`
		Free     int      `json:"free"` // how many messages of the month are still free; -1 unknown
	}{Template: p.Template, Closes: unix(p.Closes), Open: p.Open, Free: p.FreeLeft}
	if p.Refused != nil {
		_, f := q.explain(p.Refused)
		v.Refused = &f
	} else if p.Message.Redacted {
		v.Text = p.Message.Text
	}
	return q.json(http.StatusOK, v)
}

// split is an answer in the parts in which it goes out. Whoever may not give it hears so where it is given.
func (q *request) split(r channel.Reply) ([]channel.Reply, error) {
	parts, err := q.Desk.Split(q.ctx(), q.actor, r)
	if errors.Is(err, access.ErrDenied) {
		return []channel.Reply{r}, nil
	}
	return parts, err
}

// previewAnswer is what an answer would do: of one in parts, what the first part would that is refused, or else all
// of them together.
func (q *request) previewAnswer(r channel.Reply) (*channel.ReplyPreview, error) {
	parts, err := q.split(r)
	if err != nil {
		return nil, err
	}
	var whole *channel.ReplyPreview
	for _, part := range parts {
		p, err := q.Desk.PreviewReply(q.ctx(), q.actor, part)
		switch {
		case err != nil || p.Refused != nil:
			return p, err
		case whole == nil:
			whole = p
		default:
			whole.Message.Text += "\n" + p.Message.Text
			whole.Message.Redacted = whole.Message.Redacted || p.Message.Redacted
		}
	}
	return whole, nil
}

func unix(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// settle is what can be done about a message that waits or whose fate nobody knows.
func (q *request) settle() error {
	if q.ReadOnly {
		return errReadOnly
	}
	id := q.PathValue("id")
	act, ok := map[string]func() error{
		"cancel":  func() error { return q.Desk.CancelMessage(q.ctx(), q.actor, id) },
		"resend":  func() error { return q.Desk.ResendMessage(q.ctx(), q.actor, id) },
		"give-up": func() error { return q.Desk.GiveUpMessage(q.ctx(), q.actor, id) },
	}[q.PathValue("settle")]
	if !ok {
		return channel.ErrNotFound
	}
	if err := act(); err != nil {
		return err
	}
	return q.done("")
}
