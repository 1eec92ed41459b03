package console

import (
	"html/template"
	"net/http"
	"slices"
	"strings"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
)

// macrosOf are the prepared answers that the actor may give in a conversation.
func (q *request) macrosOf(id string) ([]Macro, error) {
	c, _, err := q.Desk.Conversation(q.ctx(), q.actor, id)
	if err != nil {
		return nil, err
	}
	if err := q.must(c.Channel, access.Reply); err != nil || q.Macros == nil {
		return nil, err
	}
	return q.Macros(q.ctx(), q.actor, c.Channel), nil
}

// macros lists those in which a text occurs.
func (q *request) macros() error {
	all, err := q.macrosOf(q.PathValue("id"))
	if err != nil {
		return err
	}
	all = fitting(all, q.FormValue("q"))
	return q.fragment("macros", all[:min(len(all), 20)])
}

// fitting are those of all in which a text occurs, with or without the "/" that begins one in an answer.
func fitting(all []Macro, text string) []Macro {
	text = strings.ToLower(strings.TrimPrefix(strings.TrimSpace(text), "/"))
	return slices.DeleteFunc(slices.Clone(all), func(m Macro) bool {
		return !strings.Contains(strings.ToLower(m.Title), text) && !strings.Contains(strings.ToLower(m.Text), text)
	})
}

// macroOf is a macro as the desk is asked for it.
func (q *request) macroOf() (channel.Macro, error) {
	id := q.PathValue("id")
	all, err := q.macrosOf(id)
	if err != nil {
		return channel.Macro{}, err
	}
	for _, m := range all {
		if m.ID == q.FormValue("macro") {
			return channel.Macro{Conversation: id, Text: m.Text, Shorthand: m.Shorthand, Key: q.FormValue("key")}, nil
		}
	}
	return channel.Macro{}, channel.ErrNotFound
}

// previewMacro says what a macro would send: a text goes into the composer, a template is shown first.
func (q *request) previewMacro() error {
	m, err := q.macroOf()
	if err != nil {
		return err
	}
	p, err := q.Desk.PreviewMacro(q.ctx(), q.actor, m)
	if err != nil {
		return err
	}
	v := struct {
		Text string        `json:"text,omitempty"`
		HTML template.HTML `json:"html,omitempty"`
	}{Text: p.Text}
	if p.Template {
		v.Text, v.HTML = "", template.HTML(p.Preview.HTML()) //nolint:gosec // it escapes
	}
	return q.json(http.StatusOK, v)
}

// runMacro sends what a macro is.
func (q *request) runMacro() error {
	m, err := q.macroOf()
	if err != nil {
		return err
	}
	if len(m.Key) < minKey {
		return errNoKey
	}
	if _, err := q.Desk.RunMacro(q.ctx(), q.actor, m); err != nil {
		return err
	}
	return q.done("c/" + m.Conversation)
}
