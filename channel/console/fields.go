package console

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/kanava-go/kanava/channel/conversation"
	wa "github.com/kanava-go/kanava/template"
)

// field is one thing that an agent types in after choosing a template.
type field struct {
	Name, Label, Type string
	Value             string // known already
	Example           string // shown while nothing has been typed
	Max               int    // characters
	Required          bool
}

// askable are the kinds of input that a person can type. Templates that need others, such as an order to
// pay, are for programs to send.
var askable = map[wa.InputKind]struct{ label, kind, standIn string }{
	wa.InputText:     {"field.text", "text", "…"},
	wa.InputImage:    {"field.image", "url", "https://example.com/"},
	wa.InputVideo:    {"field.video", "url", "https://example.com/"},
	wa.InputGIF:      {"field.gif", "url", "https://example.com/"},
	wa.InputDocument: {"field.document", "url", "https://example.com/"},
	wa.InputFilename: {"field.filename", "text", ""},
	wa.InputSuffix:   {"field.link", "text", "..."},
	wa.InputCoupon:   {"field.coupon", "text", "CODE"},
}

// typeable reports whether a person can fill in everything that a template requires.
func typeable(def *wa.Definition) bool {
	for _, in := range def.Inputs() {
		if a := askable[in.Kind]; a.kind == "" && in.Required {
			return false
		}
	}
	return true
}

// fieldsOf lists what a template wants, with the customer's name filled in where a variable asks for one.
func (q *request) fieldsOf(def *wa.Definition, customer *conversation.Customer) []field {
	var fields []field
	for _, in := range def.Inputs() {
		ask := askable[in.Kind]
		if ask.kind == "" {
			continue
		}
		f := field{
			Name: in.Key(), Label: q.labelOf(in), Type: ask.kind, Example: in.Example, Max: cmp.Or(in.Max, wa.MaxBody), Required: in.Required,
		}
		switch {
		case ask.kind == "url":
			f.Max, f.Example = wa.MaxURL, "https://…"
		case in.Kind == wa.InputText && strings.HasSuffix(in.Name, "name"):
			f.Value = customer.DisplayName()
			if strings.Contains(in.Name, "first") {
				f.Value = customer.FirstName()
			}
		}
		fields = append(fields, f)
	}
	return fields
}

// labelOf names an input for a person.
func (q *request) labelOf(in wa.Input) string {
	label, card, place := q.language.say(askable[in.Kind].label), 0, 0
	path := in.Path
	if n, _ := fmt.Sscanf(path, "cards[%d].", &card); n == 1 {
		_, path, _ = strings.Cut(path, ".")
	}
	switch {
	case in.Name != "":
		label = strings.ReplaceAll(in.Name, "_", " ")
	case in.Label != "":
		label += " “" + in.Label + "”"
	case in.Kind == wa.InputText && strings.HasPrefix(path, "header"):
		label = q.language.say("field.heading")
	default:
		if n, _ := fmt.Sscanf(path, "body[%d]", &place); n == 1 {
			label += fmt.Sprintf(" %d", place+1)
		}
	}
	if path != in.Path {
		label = q.language.say("field.card", card+1, label)
	}
	return label
}

// samplesOf fills in a form that is not complete: what is missing is shown as the template's own sample.
func samplesOf(def *wa.Definition, typed func(key string) string) (wa.Values, error) {
	return def.Fill(func(in wa.Input) string {
		if text := typed(in.Key()); text != "" || !in.Required {
			return text
		}
		if in.Kind == wa.InputSuffix && strings.Contains(in.Example, "://") { // the whole link
			in.Example = ""
		}
		return cmp.Or(in.Example, askable[in.Kind].standIn)
	})
}

// complaints are the sentences for what can be wrong with a value.
var complaints = map[wa.Rule]string{
	wa.RuleValueBlank: "missing", wa.RuleValueMissing: "missing", wa.RuleValueCount: "missing", wa.RuleMediaSource: "missing",
	wa.RuleValueLength: "long", wa.RuleRenderedLength: "long", wa.RuleValueBreak: "line", wa.RuleValueSpaces: "spaces",
	wa.RuleMediaLink: "https", wa.RuleURLSuffix: "suffix", wa.RuleCoupon: "code", wa.RuleButtonIndex: "changed",
}

// problems tells an agent why values do not fit; none if that is not what the error is.
func (q *request) problems(def *wa.Definition, err error) []string {
	misfit, ok := errors.AsType[*wa.BindError](err)
	if !ok {
		return nil
	}
	inputs := def.Inputs()
	var said []string
	for _, p := range misfit.Problems {
		label := q.language.say("field.whole")
		for _, in := range inputs {
			if in.Path == p.Path || in.Path == p.Path+"[0]" && strings.HasSuffix(p.Path, "header") {
				label = q.labelOf(in)
				break
			}
		}
		what, ok := complaints[p.Rule]
		if !ok {
			said = append(said, label+": "+p.Sentence())
			continue
		}
		said = append(said, label+": "+q.language.say("field."+what))
	}
	return said
}
