package console

import (
	"crypto/rand"
	"strings"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/message"
	wa "github.com/kanava-go/kanava/template"
)

// newView is the page for a conversation that we begin: whom to write to, with which template, and what
// of their consent is known.
type newView struct {
	Channels          []desk.ChannelRights
	Channel, To, Name string
	Known             []*conversation.Customer
	Templates         []templateView
	Template          string
	Fields            []field
	Key               string
	Refused           *refusal
}

// notifies are the channels on which the actor may write first.
func (q *request) notifies() (list []desk.ChannelRights) {
	for _, r := range q.mine() {
		if r.May(access.Notify) && !q.ReadOnly {
			list = append(list, r)
		}
	}
	return list
}

func (q *request) mayNotify() bool { return len(q.notifies()) > 0 }

// beginning fills the page as far as a request goes.
func (q *request) beginning() (*newView, *wa.Definition, error) {
	v := &newView{
		Channels: q.notifies(), Channel: q.FormValue("channel"), To: strings.TrimSpace(q.FormValue("to")), Name: strings.TrimSpace(q.FormValue("name")),
		Template: q.FormValue("template"), Key: q.FormValue("key"),
	}
	if v.Channel == "" && len(v.Channels) == 1 {
		v.Channel = v.Channels[0].ID
	}
	if v.Channel == "" || v.To == "" {
		return v, nil, nil
	}
	if err := q.must(v.Channel, access.Notify); err != nil {
		return v, nil, err
	}
	ch, err := q.Desk.Hub().Channel(q.ctx(), v.Channel)
	if err != nil {
		return v, nil, err
	}
	if v.Known, err = q.Desk.FindCustomers(q.ctx(), q.actor, v.Channel, v.To); err != nil {
		_, f := q.explain(err)
		v.Refused = &f
		return v, nil, nil
	}
	v.Templates = q.templatesOf(&ch, wa.Filter{SendableAt: q.now})
	name, language, _ := strings.Cut(v.Template, "/")
	if v.Template == "" || ch.Templates == nil {
		return v, nil, nil
	}
	def, ok := ch.Templates.Lookup(name, language)
	if !ok {
		return v, nil, nil
	}
	who := &conversation.Customer{Identity: conversation.Identity{Name: v.Name}}
	if len(v.Known) > 0 && v.Known[0].DisplayName() != "" {
		who = v.Known[0]
	}
	v.Fields = q.fieldsOf(def, who)
	if v.Key == "" {
		v.Key = rand.Text()
	}
	return v, def, nil
}

// begin shows the page.
func (q *request) begin() error {
	v, _, err := q.beginning()
	if err != nil {
		return err
	}
	return q.page(q.language.say("new"), "new", v)
}

// notify writes first. What is refused is said on the page, with everything that was filled in.
func (q *request) notify() error {
	v, def, err := q.beginning()
	switch {
	case err != nil:
		return err
	case len(v.Channels) == 0:
		return access.ErrDenied
	case def == nil || len(v.Key) < minKey:
		return q.page(q.language.say("new"), "new", v)
	}
	m, err := q.writeFirst(v, def)
	if err == nil {
		return q.done("c/" + m.Conversation)
	}
	for i := range v.Fields {
		v.Fields[i].Value = q.FormValue(v.Fields[i].Name)
	}
	_, f := q.explain(err)
	if problems := q.problems(def, err); len(problems) > 0 {
		f.Text = strings.Join(problems, " ")
	}
	v.Refused = &f
	return q.page(q.language.say("new"), "new", v)
}

// writeFirst records a consent that was typed in, and sends the template.
func (q *request) writeFirst(v *newView, def *wa.Definition) (*conversation.Message, error) {
	values, err := def.Fill(func(in wa.Input) string { return q.FormValue(in.Key()) })
	if err != nil {
		return nil, err
	}
	to := message.Recipient{Phone: v.To}
	if len(v.Known) > 0 {
		to = v.Known[0].Recipient()
	}
	if where, wording := strings.TrimSpace(q.FormValue("where")), strings.TrimSpace(q.FormValue("wording")); where != "" || wording != "" {
		if where == "" || wording == "" {
			return nil, errUnproved
		}
		err := q.Desk.RecordConsent(q.ctx(), q.actor, v.Channel, to, conversation.Consent{At: q.now, Where: where, Wording: wording})
		if err != nil {
			return nil, err
		}
	}
	return q.Desk.Notify(q.ctx(), q.actor, channel.Notification{
		Channel: v.Channel, To: to, Name: v.Name, Key: v.Key, Template: &channel.Template{Name: def.Name, Language: def.Language, Values: values},
	})
}
