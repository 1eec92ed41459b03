package template_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/kanava-go/kanava/template"
)

// The customer service window has closed: only a template will go through. The
// agent picks one that can be sent, fills it in, sees what the customer will see,
// and sends it.
func Example_afterTheWindowClosed() {
	var def template.Definition
	err := json.Unmarshal([]byte(`{
		"name": "case_update", "language": "en_GB", "category": "UTILITY", "status": "APPROVED",
		"components": [
			{"type": "BODY", "text": "Hi {{1}}, there is news about case *{{2}}*."},
			{"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Read it", "url": "https://help.example.org/cases/{{1}}"}]}
		]}`), &def)
	if err != nil {
		fmt.Println(err)
		return
	}
	catalog, err := template.NewCatalog(template.CatalogConfig{DefaultLanguage: "en_GB"})
	if err != nil {
		fmt.Println(err)
		return
	}
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	catalog.Put(now, def)

	for _, d := range catalog.Search(template.Filter{SendableAt: now, Text: "case"}) {
		fmt.Println("could send", d.Name, d.Language)
	}
	d, match := catalog.Resolve("case_update", "en_IE")
	fmt.Println("found by", match, "language:", d.Language)
	if err := d.Sendable(now).Err(); err != nil {
		fmt.Println(err)
		return
	}
	values := template.Values{
		Body:    []template.Value{template.Text("Noor"), template.Text("C-41")},
		Buttons: []template.ButtonValue{{Index: 0, Suffix: "c-41"}},
	}
	message, preview, err := d.Bind(values)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(preview.Text())
	fmt.Println(string(message.AppendJSON(nil)))
	// Output:
	// could send case_update en_GB
	// found by default language: en_GB
	// Hi Noor, there is news about case *C-41*.
	// [Read it] https://help.example.org/cases/c-41
	// {"name":"case_update","language":{"code":"en_GB"},"components":[{"type":"body","parameters":[{"type":"text","text":"Noor"},{"type":"text","text":"C-41"}]},{"type":"button","sub_type":"url","index":0,"parameters":[{"type":"text","text":"c-41"}]}]}
}

// A macro written for Zendesk is read, its placeholders are expanded with what
// the ticket knows, and it becomes a message. The order matters: parse first,
// expand then, so that nothing a customer calls himself can change the macro.
func Example_macroToTemplate() {
	macro := `&((template=[[visit_reminder]] language=[[en]] fallback=[[Your visit]] body_text=[[{{customer.name}}]] body_text=[[Tue 14:30]]))&`
	ticket := map[string]string{"customer.name": "Eve]] body_text=[[free of charge"}

	shorthand, err := template.ParseShorthand(macro, template.ShorthandOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	shorthand, err = shorthand.Expand(func(name string) (string, bool) {
		value, ok := ticket[name]
		return value, ok
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	d := &template.Definition{Name: "visit_reminder", Language: "en", Components: []template.Component{
		&template.Body{Text: "Hello {{1}}, we expect you on {{2}}."},
	}}
	values, err := shorthand.Values(d, template.ShorthandMapping{})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, preview, err := d.Bind(values)
	fmt.Println(preview.Text(), err)
	// Output:
	// Hello Eve]] body_text=[[free of charge, we expect you on Tue 14:30. <nil>
}

// Lint a file of definitions, for example before submitting them to Meta. Each
// line of this file is a case that holds a definition.
func Example_lintFile() {
	file, err := os.Open("testdata/definitions.jsonl")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer file.Close()
	checked, refused := 0, 0
	for lines := json.NewDecoder(file); lines.More(); {
		var line struct {
			Case       string
			Definition template.Definition
		}
		if err := lines.Decode(&line); err != nil {
			fmt.Println(err)
			return
		}
		checked++
		problems := line.Definition.Validate()
		if problems.Failed() {
			refused++
		}
		if line.Case == "a link between quick replies" || line.Case == "many variables for few words" {
			fmt.Println(line.Case+":", problems)
		}
	}
	fmt.Println(checked > 150, refused > 100)
	// Output:
	// many variables for few words: components[0].text: variable-ratio (limit 7, actual 6) [warning]
	// a link between quick replies: components[1].buttons[2]: button-group
	// true true
}

func ExampleDefinition_Bind() {
	d := &template.Definition{Name: "parcel", Language: "en", Components: []template.Component{
		&template.Header{Format: template.HeaderDocument},
		&template.Body{Text: "Hi {{1}}, parcel {{2}} is here."},
	}}
	_, _, err := d.Bind(template.Values{Body: []template.Value{template.Text("Noor")}})
	if refused, ok := errors.AsType[*template.BindError](err); ok {
		fmt.Println("Meta would answer", refused.Code)
		for _, p := range refused.Problems {
			fmt.Println(p)
		}
	}
	// Output:
	// Meta would answer 131008
	// header: value-missing (want document, got none)
	// body: value-count (limit 2, actual 1)
}

// An agent picks a template. Its inputs become the fields of a form; what the
// agent typed into them becomes values.
func ExampleDefinition_Fill() {
	d := &template.Definition{Name: "parcel", Language: "en", Format: template.Named, Components: []template.Component{
		&template.Header{Format: template.HeaderDocument},
		&template.Body{Text: "Hi {{first_name}}, your parcel is here.", Example: template.BodyExample{
			Named: []template.NamedExample{{Name: "first_name", Example: "Noor"}},
		}},
		&template.Buttons{Buttons: []template.Button{&template.URLButton{Text: "Track", URL: "https://parcels.example.org/{{1}}"}}},
	}}
	for _, in := range d.Inputs() {
		fmt.Printf("%s: name %q, label %q, for example %q, required: %t\n", in.Key(), in.Name, in.Label, in.Example, in.Required)
	}
	typed := map[string]string{
		"header.document":       "https://files.example.org/label.pdf",
		"body[0].text":          "Ada",
		"buttons[0].url_suffix": "p-17",
	}
	values, err := d.Fill(func(in template.Input) string { return typed[in.Key()] })
	if err != nil {
		fmt.Println(err)
		return
	}
	_, preview, err := d.Bind(values)
	fmt.Println(preview.Text(), err)
	// Output:
	// header.document: name "", label "", for example "", required: true
	// header.filename: name "", label "", for example "", required: false
	// body[0].text: name "first_name", label "", for example "Noor", required: true
	// buttons[0].url_suffix: name "", label "Track", for example "", required: true
	// [document: https://files.example.org/label.pdf]
	// Hi Ada, your parcel is here.
	// [Track] https://parcels.example.org/p-17 <nil>
}

func ExampleDefinition_Validate() {
	d := &template.Definition{
		Name: "Parcel", Language: "en_GB", Category: template.Utility,
		Components: []template.Component{
			&template.Body{Text: "{{1}}, your parcel is here."},
			&template.Buttons{Buttons: []template.Button{&template.LabelButton{Of: template.ButtonQuickReply, Text: "I would like another day"}}},
		},
	}
	for _, p := range d.Validate() {
		fmt.Println(p)
	}
	// Output:
	// name: name (limit 512, actual 6)
	// components[0].text: variable-edge
	// components[0].example.body_text: example-missing (limit 1, actual 0)
}

func ExamplePreview_HTML() {
	d := &template.Definition{Name: "n", Language: "en", Components: []template.Component{
		&template.Body{Text: "Hi *{{1}}*, see you."},
	}}
	_, p, _ := d.Bind(template.Values{Body: []template.Value{template.Text("<Noor>")}})
	fmt.Println(p.HTML())
	// Output:
	// <div class="wa-template" dir="auto" lang="en"><div class="wa-body">Hi <strong>&lt;Noor&gt;</strong>, see you.</div></div>
}

func ExampleCatalog() {
	catalog, _ := template.NewCatalog(template.CatalogConfig{OnChange: func(c template.Change) {
		if c.After != nil {
			fmt.Println(c.After.Name, c.Aspects, c.After.Status)
		}
	}})
	asked := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	listing := slices.Values([]template.Definition{{Name: "parcel", Language: "en", Status: template.StatusApproved,
		Components: []template.Component{&template.Body{Text: "It is here."}}}})
	_ = catalog.Sync(asked, func(yield func(template.Definition, error) bool) {
		for d := range listing { // in earnest: the pages of the API
			if !yield(d, nil) {
				return
			}
		}
	})
	catalog.SetStatus(template.StatusFact{Ref: template.Ref{Name: "parcel", Language: "en"},
		At: asked.Add(time.Minute), Event: "PAUSED", Pause: "FIRST_PAUSE"})
	// A webhook that comes late tells nothing new.
	catalog.SetStatus(template.StatusFact{Ref: template.Ref{Name: "parcel", Language: "en"},
		At: asked.Add(-time.Hour), Event: "APPROVED"})

	d, _ := catalog.Lookup("parcel", "en")
	fmt.Println(d.Sendable(asked.Add(time.Hour)).Err())
	// Output:
	// parcel [added] APPROVED
	// parcel [status] PAUSED
	// template: not sendable: paused until 2026-11-22T15:01:00Z
}

func ExampleExpand() {
	text, err := template.Expand("Hello {{customer.name}}, how can we help?", func(name string) (string, bool) {
		return "Noor", name == "customer.name"
	})
	fmt.Println(text, err)
	// Output:
	// Hello Noor, how can we help? <nil>
}
