package console

import (
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	wa "github.com/kanava-go/kanava/template"
)

// pickerView are the templates that can be sent in a conversation now.
type pickerView struct {
	ID                    string
	Templates             []templateView
	Macros                []Macro // prepared answers that may go out while the window is closed
	Languages, Categories []string
	Text, Language        string
	Category              string
}

// templateView is a template in the list.
type templateView struct{ Key, Name, Language, Category, Body string }

// catalogOf returns the templates of the channel of a conversation, where the actor may send one.
func (q *request) catalogOf(id string) (channel.Channel, error) {
	c, _, err := q.Desk.Conversation(q.ctx(), q.actor, id)
	if err != nil {
		return channel.Channel{}, err
	}
	if err := q.must(c.Channel, access.SendTemplate); err != nil {
		return channel.Channel{}, err
	}
	return q.Desk.Hub().Channel(q.ctx(), c.Channel)
}

// picker lists templates.
func (q *request) picker() error {
	ch, err := q.catalogOf(q.PathValue("id"))
	if err != nil {
		return err
	}
	v := pickerView{ID: q.PathValue("id"), Text: q.FormValue("q"), Language: q.FormValue("language"), Category: q.FormValue("category")}
	if v.Language == "" && v.Category == "" && q.may(ch.ID, access.Reply) && q.Macros != nil {
		v.Macros = slices.DeleteFunc(fitting(q.Macros(q.ctx(), q.actor, ch.ID), v.Text), func(m Macro) bool { return m.Shorthand == "" })
	}
	if ch.Templates == nil {
		return q.fragment("picker", v)
	}
	for _, def := range ch.Templates.Search(wa.Filter{SendableAt: q.now}) {
		if !typeable(def) {
			continue
		}
		v.Languages, v.Categories = with(v.Languages, def.Language), with(v.Categories, strings.ToLower(string(def.Category)))
	}
	f := wa.Filter{SendableAt: q.now, Text: v.Text}
	if v.Language != "" {
		f.Languages = []string{v.Language}
	}
	if v.Category != "" {
		f.Categories = []wa.Category{wa.Category(strings.ToUpper(v.Category))}
	}
	v.Templates = q.templatesOf(&ch, f)
	return q.fragment("picker", v)
}

// templatesOf lists the templates of a channel that a person can fill in, those in its language first.
func (q *request) templatesOf(ch *channel.Channel, f wa.Filter) (list []templateView) {
	if ch.Templates == nil {
		return nil
	}
	for _, def := range ch.Templates.Search(f) {
		if !typeable(def) {
			continue
		}
		t := templateView{Key: def.Name + "/" + def.Language, Name: strings.ReplaceAll(def.Name, "_", " "), Language: def.Language, Category: strings.ToLower(string(def.Category))}
		if b := def.Body(); b != nil {
			t.Body = b.Text
		}
		list = append(list, t)
	}
	slices.SortStableFunc(list, func(a, b templateView) int { return order(a.Language == ch.Language, b.Language == ch.Language) })
	return list
}

// order puts what is true first.
func order(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

func with(list []string, one string) []string {
	if !slices.Contains(list, one) {
		list = append(list, one)
		slices.Sort(list)
	}
	return list
}

// chosen returns the template that a form names.
func (q *request) chosen() (*wa.Definition, error) {
	ch, err := q.catalogOf(q.PathValue("id"))
	if err != nil {
		return nil, err
	}
	name, language, _ := strings.Cut(q.FormValue("template"), "/")
	if ch.Templates != nil {
		if def, ok := ch.Templates.Lookup(name, language); ok {
			return def, nil
		}
	}
	return nil, fmt.Errorf("console: %w", wa.ErrNotSendable)
}

// formView is the form of a template.
type formView struct {
	ID, Key, Name string
	Fields        []field
	Preview       previewView
}

// form is the form of one template, with what is known filled in.
func (q *request) form() error {
	def, err := q.chosen()
	if err != nil {
		return err
	}
	_, customer, err := q.Desk.Conversation(q.ctx(), q.actor, q.PathValue("id"))
	if err != nil {
		return err
	}
	v := formView{ID: q.PathValue("id"), Key: def.Name + "/" + def.Language, Name: strings.ReplaceAll(def.Name, "_", " ") + " · " + def.Language}
	v.Fields = q.fieldsOf(def, customer)
	known := map[string]string{}
	for _, f := range v.Fields {
		known[f.Name] = f.Value
	}
	if v.Preview, err = q.previewOf(def, func(key string) string { return known[key] }); err != nil {
		return err
	}
	return q.fragment("form", v)
}

// previewView is what a customer would see.
type previewView struct {
	HTML     template.HTML
	Problems []string
	Charged  string // the category in which it is charged, "" if it is not
	Cost     string // with the channel's currency, "" if it is not known
	Refused  string // why it could not be sent as it is
}

// previewOf shows a template that is being filled in: what is missing shows the template's own sample.
func (q *request) previewOf(def *wa.Definition, typed func(key string) string) (v previewView, err error) {
	values, err := samplesOf(def, typed)
	if err != nil {
		return v, err
	}
	_, preview, err := def.Bind(values)
	if err != nil {
		v.Problems = q.problems(def, err)
		return v, nil
	}
	v.HTML = template.HTML(preview.HTML()) //nolint:gosec // it escapes
	p, err := q.Desk.PreviewReply(q.ctx(), q.actor, channel.Reply{
		Conversation: q.PathValue("id"), Template: &channel.Template{Name: def.Name, Language: def.Language, Values: values},
	})
	if err != nil {
		return v, err
	}
	if p.Refused != nil {
		_, why := q.explain(p.Refused)
		v.Refused = strings.TrimSpace(why.Text + " " + why.Do)
	} else if h := p.Message.Cost.Hold; h.Units > 0 {
		v.Charged = string(h.Category)
		if h.Rate > 0 {
			v.Cost = strings.TrimSpace(h.Rate.String() + " " + q.currency(p.Message.Channel))
		}
	}
	return v, nil
}

// preview shows what is being filled in.
func (q *request) preview() error {
	def, err := q.chosen()
	if err != nil {
		return err
	}
	v, err := q.previewOf(def, q.FormValue)
	if err != nil {
		return err
	}
	return q.fragment("preview", v)
}

// sendTemplate sends a template that was filled in.
func (q *request) sendTemplate() error {
	def, err := q.chosen()
	if err != nil {
		return err
	}
	values, err := def.Fill(func(in wa.Input) string { return q.FormValue(in.Key()) })
	if err != nil {
		return err
	}
	key := q.FormValue("key")
	if len(key) < minKey {
		return errNoKey
	}
	id := q.PathValue("id")
	_, err = q.Desk.Reply(q.ctx(), q.actor, channel.Reply{
		Conversation: id, Key: key, Template: &channel.Template{Name: def.Name, Language: def.Language, Values: values},
	})
	if problems := q.problems(def, err); len(problems) > 0 {
		return q.json(http.StatusUnprocessableEntity, refusal{Text: strings.Join(problems, " ")})
	}
	if err != nil {
		return err
	}
	return q.done("c/" + id)
}
