package helpdesk

import (
	"cmp"
	"fmt"
	"strings"

	wa "github.com/kanava-go/kanava/template"
)

// field is one thing that the agent types in after picking a template.
type field struct {
	Name, Label, Type string
	Value             string // known already
	Example           string // shown while nothing has been typed
	Max               int    // characters
	Required          bool
}

// askable are the kinds of input that a person can type. Templates that need others,
// such as an order to pay, are for programs to send.
var askable = map[wa.InputKind]struct{ label, kind, standIn string }{
	wa.InputText:     {"Value", "text", "…"},
	wa.InputImage:    {"Image", "url", "…"},
	wa.InputVideo:    {"Video", "url", "…"},
	wa.InputGIF:      {"GIF", "url", "…"},
	wa.InputDocument: {"Document", "url", "…"},
	wa.InputFilename: {"File name", "text", ""},
	wa.InputSuffix:   {"Link", "text", "..."},
	wa.InputCoupon:   {"Coupon code", "text", "CODE"},
}

// typeable reports whether a person can fill in everything that a template requires.
func typeable(def *wa.Definition) bool {
	for _, in := range def.Inputs() {
		if _, ok := askable[in.Kind]; !ok && in.Required {
			return false
		}
	}
	return true
}

// fieldsOf lists what a template wants, with the customer's name filled in where a
// variable asks for one.
func fieldsOf(def *wa.Definition, customer string) []field {
	var fields []field
	for _, in := range def.Inputs() {
		ask, ok := askable[in.Kind]
		if !ok {
			continue
		}
		f := field{
			Name: in.Key(), Label: labelOf(in), Type: ask.kind, Example: in.Example,
			Max: cmp.Or(in.Max, wa.MaxBody), Required: in.Required,
		}
		switch {
		case ask.kind == "url":
			f.Max, f.Example = wa.MaxURL, "https://…"
		case in.Kind == wa.InputText && strings.HasSuffix(in.Name, "name"):
			f.Value = customer
		}
		fields = append(fields, f)
	}
	return fields
}

// labelOf names an input for a person.
func labelOf(in wa.Input) string {
	label, card, place := askable[in.Kind].label, 0, 0
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
		label = "Heading"
	default:
		if n, _ := fmt.Sscanf(path, "body[%d]", &place); n == 1 {
			label += fmt.Sprintf(" %d", place+1)
		}
	}
	if path != in.Path {
		return fmt.Sprintf("Card %d: %s", card+1, label)
	}
	return strings.ToUpper(label[:1]) + label[1:] // names are ASCII
}

// valuesOf reads the fields of a form.
func valuesOf(def *wa.Definition, form func(string) string) (wa.Values, error) {
	return def.Fill(func(in wa.Input) string { return form(in.Key()) })
}

// samplesOf is valuesOf for a form that is still being filled in: what is missing is
// shown as the template's own sample.
func samplesOf(def *wa.Definition, form func(string) string) (wa.Values, error) {
	return def.Fill(func(in wa.Input) string {
		if typed := form(in.Key()); typed != "" || !in.Required {
			return typed
		}
		if in.Kind == wa.InputSuffix && strings.Contains(in.Example, "://") { // the whole link
			in.Example = ""
		}
		return cmp.Or(in.Example, askable[in.Kind].standIn)
	})
}

// complaints say in words what is wrong with what was typed.
var complaints = map[wa.Rule]string{
	wa.RuleValueBlank: "is missing", wa.RuleValueMissing: "is missing", wa.RuleValueCount: "is missing", wa.RuleMediaSource: "is missing",
	wa.RuleValueLength: "is too long", wa.RuleRenderedLength: "is too long",
	wa.RuleValueBreak: "must be on one line", wa.RuleValueSpaces: "has too many spaces in a row",
	wa.RuleMediaLink:   "must be a link that begins with https://",
	wa.RuleURLSuffix:   "must not hold spaces or special characters, nor begin with /",
	wa.RuleCoupon:      "may hold up to 20 letters and digits",
	wa.RuleButtonIndex: "is not part of the template any more",
}

// inWords tells the agent why Bind refused the values.
func inWords(def *wa.Definition, problems wa.Problems) string {
	inputs := def.Inputs()
	var said []string
	for _, p := range problems {
		label := "The text"
		for _, in := range inputs {
			if in.Path == p.Path || in.Path == p.Path+"[0]" && strings.HasSuffix(p.Path, "header") {
				label = labelOf(in)
				break
			}
		}
		said = append(said, label+" "+cmp.Or(complaints[p.Rule], "does not fit ("+string(p.Rule)+")")+".")
	}
	return strings.Join(said, " ")
}
