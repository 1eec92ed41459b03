package cloudapi

import (
	"context"
	"encoding/json"
	"iter"
	"net/url"
	"strconv"
	"strings"

	"github.com/kanava-go/kanava/template"
)

// LibraryQuery searches Meta's template library; empty fields ask for everything.
type LibraryQuery struct {
	Search   string // a part of name or content
	Name     string
	Topic    string // such as ORDER_MANAGEMENT
	UseCase  string // such as SHIPMENT_CONFIRMATION
	Industry string // such as E_COMMERCE
	Language string
}

// LibraryTemplate is a template of Meta's library.
type LibraryTemplate struct {
	ID         string
	Name       string
	Language   string
	Category   template.Category
	Topic      string
	UseCase    string
	Industries []string
	Header     string
	Body       string
	// BodyParams are example values, BodyTypes their types: TEXT, AMOUNT, DATE, …
	BodyParams []string
	BodyTypes  []string
	Buttons    json.RawMessage
}

// UnmarshalJSON reads the platform's form of a library template.
func (t *LibraryTemplate) UnmarshalJSON(data []byte) error {
	var w struct {
		ID         lenientString     `json:"id"`
		Name       string            `json:"name"`
		Language   string            `json:"language"`
		Category   template.Category `json:"category"`
		Topic      string            `json:"topic"`
		UseCase    string            `json:"usecase"`
		Industries []string          `json:"industry"`
		Header     lenientString     `json:"header"`
		Body       string            `json:"body"`
		Params     []lenientString   `json:"body_params"`
		Types      []string          `json:"body_param_types"`
		Buttons    json.RawMessage   `json:"buttons"`
	}
	if json.Unmarshal(data, &w) != nil {
		return errUnexpected
	}
	*t = LibraryTemplate{
		ID: string(w.ID), Name: w.Name, Language: w.Language, Category: w.Category, Topic: w.Topic, UseCase: w.UseCase,
		Industries: w.Industries, Header: string(w.Header), Body: w.Body, BodyTypes: w.Types, Buttons: w.Buttons,
	}
	for _, p := range w.Params {
		t.BodyParams = append(t.BodyParams, string(p))
	}
	return nil
}

// TemplateLibrary searches Meta's library of ready-made templates. See
// [Account.Numbers] about errors and breaking off. Use one with
// [Account.CreateTemplate] and Definition.Library.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/template-library
// (checked September 2026)
func (c *Client) TemplateLibrary(ctx context.Context, q LibraryQuery) iter.Seq2[LibraryTemplate, error] {
	v := url.Values{}
	for key, value := range map[string]string{
		"search": q.Search, "name": q.Name, "topic": q.Topic, "usecase": q.UseCase, "industry": q.Industry, "language": q.Language,
	} {
		if value != "" {
			v.Set(key, value)
		}
	}
	return all(ctx, c, listing[LibraryTemplate]{
		op: "search template library", id: "message_template_library", query: v,
		key: func(t LibraryTemplate) string { return t.Name + "/" + t.Language },
	})
}

// AuthPreviewQuery asks for the fixed texts of authentication templates.
type AuthPreviewQuery struct {
	Languages []string
	// Recommendation adds the sentence not to share the code.
	Recommendation bool
	// ExpirationMinutes adds the footer, 1 to 90; 0 leaves it out.
	ExpirationMinutes int
}

// AuthPreview is the text of an authentication template in one language.
type AuthPreview struct {
	Language string `json:"language"`
	Body     string `json:"body"`
	Footer   string `json:"footer"`
	Buttons  []struct {
		Text     string `json:"text"`
		Autofill string `json:"autofill_text"`
	} `json:"buttons"`
}

// AuthPreviews reads what authentication templates will say: their texts are
// Meta's and differ by language.
func (a *Account) AuthPreviews(ctx context.Context, q AuthPreviewQuery) ([]AuthPreview, error) {
	if len(q.Languages) == 0 {
		return nil, invalid("preview templates", "no language is given")
	}
	v := url.Values{
		"category": {"AUTHENTICATION"}, "language": {strings.Join(q.Languages, ",")}, "button_types": {"OTP"},
		"add_security_recommendation": {strconv.FormatBool(q.Recommendation)},
	}
	if q.ExpirationMinutes > 0 {
		v.Set("code_expiration_minutes", strconv.Itoa(q.ExpirationMinutes))
	}
	var out struct {
		Data []AuthPreview `json:"data"`
	}
	err := a.client.get(ctx, "preview templates", a.id, v, &out, "message_template_previews")
	return out.Data, err
}
