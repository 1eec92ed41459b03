package cloudapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/kanava-go/kanava/template"
)

// UpsertedTemplate is one language of a template that [Account.UpsertTemplates] made or
// changed.
type UpsertedTemplate struct {
	ID       string
	Language string
	Status   template.Status
}

var errPresetLabels = errors.New("the labels of the button are Meta's when there are several languages")

// UpsertTemplates makes one authentication template in several languages, or changes it
// where it exists. d.Language is not used, and the labels of its button must be empty, for
// all texts are Meta's. The definition is checked first, once per language.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/authentication-templates/authentication-templates
// (checked 2026-11-22)
func (a *Account) UpsertTemplates(ctx context.Context, d template.Definition, languages ...string) ([]UpsertedTemplate, error) {
	const op = "upsert templates"
	var problems []error
	if d.Category != template.Authentication {
		problems = append(problems, errors.New("only authentication templates can be made in several languages at once"))
	}
	if len(languages) == 0 {
		problems = append(problems, errors.New("at least one language is needed"))
	}
	for _, c := range d.Components {
		if !presetLabels(c) {
			problems = append(problems, errPresetLabels)
		}
	}
	for i, language := range languages {
		d.Language = language
		if err := d.Validate().Err(); err != nil {
			problems = append(problems, fmt.Errorf("languages[%d]: %w", i, err))
		}
	}
	if err := refuse(op, problems...); err != nil {
		return nil, err
	}
	in, err := severalLanguages(submission(d), languages)
	if err != nil {
		return nil, &invalidError{op: op, cause: err}
	}
	var out struct {
		Data []struct {
			ID       lenientString   `json:"id"`
			Language string          `json:"language"`
			Status   template.Status `json:"status"`
		} `json:"data"`
	}
	cl, err := a.call(op, http.MethodPost, a.id, nil, in, "upsert_message_templates")
	if err != nil {
		return nil, err
	}
	cl.repeat, cl.decode = true, decodeInto(&out) // a second time changes nothing
	err = a.client.do(ctx, cl)
	var made []UpsertedTemplate
	for _, t := range out.Data {
		made = append(made, UpsertedTemplate{ID: string(t.ID), Language: t.Language, Status: t.Status})
	}
	return made, err
}

// presetLabels reports whether a component leaves the labels of buttons to Meta.
func presetLabels(c template.Component) bool {
	buttons, ok := c.(*template.Buttons)
	if !ok {
		return true
	}
	for _, b := range buttons.Buttons {
		if otp, ok := b.(*template.OTPButton); ok && (otp.Text != "" || otp.AutofillText != "") {
			return false
		}
	}
	return true
}

// severalLanguages writes a definition with a list in the place of its language.
func severalLanguages(d template.Definition, languages []string) (map[string]json.RawMessage, error) {
	raw, err := json.Marshal(d)
	if err != nil {
		return nil, err
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil {
		return nil, err
	}
	delete(members, "language")
	members["languages"], err = json.Marshal(languages)
	return members, err
}
