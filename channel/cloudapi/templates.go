package cloudapi

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"net/url"
	"strconv"

	"github.com/kanava-go/kanava/template"
)

// TemplateQuery narrows [Account.Templates]; empty fields ask for everything.
type TemplateQuery struct {
	Name     string
	Language string
	Category template.Category
	Status   template.Status
	// Source "AUTO_GENERATED" asks for those made by Direct Send.
	Source string
	// Content searches name and text.
	Content string
	// Health asks for the health status as well, which is slow.
	Health bool
	// PageSize is the number of templates per request; 0 means 100.
	PageSize int
}

const templateFields = "id,name,language,status,category,sub_category,previous_category,correct_category,components,parameter_format," +
	"quality_score,rejected_reason,message_send_ttl_seconds,cta_url_link_tracking_opted_out,library_template_name,product_set_id," +
	"last_updated_time,source"

func (q TemplateQuery) values() url.Values {
	v := url.Values{"fields": {templateFields}}
	if q.Health {
		v.Set("fields", templateFields+",health_status")
	}
	for key, value := range map[string]string{
		"name": q.Name, "language": q.Language, "category": string(q.Category), "status": string(q.Status),
		"source": q.Source, "name_or_content": q.Content,
	} {
		if value != "" {
			v.Set(key, value)
		}
	}
	if q.PageSize > 0 {
		v.Set("limit", strconv.Itoa(q.PageSize))
	}
	return v
}

// Templates walks through the templates of the account, ready for
// template.Catalog.Sync. See [Account.Numbers] about errors and breaking off. If
// a cursor dies on the way, the walk starts over and leaves out what it has shown.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/template-management
// (checked September 2026)
func (a *Account) Templates(ctx context.Context, q TemplateQuery) iter.Seq2[template.Definition, error] {
	return all(ctx, a.client, listing[template.Definition]{
		op: "list templates", id: a.id, edge: "message_templates", query: q.values(),
		key: func(d template.Definition) string { return d.ID },
	})
}

// Template reads one template by its id.
func (a *Account) Template(ctx context.Context, id string) (template.Definition, error) {
	cl, err := a.call("get template", http.MethodGet, id, url.Values{"fields": {templateFields + ",health_status"}}, nil)
	if err != nil {
		return template.Definition{}, err
	}
	var d template.Definition
	cl.decode = decodeInto(&d)
	err = a.client.do(ctx, cl)
	return d, err
}

// CreatedTemplate is Meta's answer to a new template.
type CreatedTemplate struct {
	ID     string
	Status template.Status // mostly PENDING; APPROVED at once for library templates
	// Category is the one that Meta assigned; it may differ from the one asked for.
	Category template.Category
}

// CreateTemplate submits a definition for review. It is checked first: the error
// then matches template.ErrInvalid and nothing was sent. A template from the library has
// only name, language, category and Library.
func (a *Account) CreateTemplate(ctx context.Context, d template.Definition) (CreatedTemplate, error) {
	if d.Library.TemplateName == "" {
		if err := d.Validate().Err(); err != nil {
			return CreatedTemplate{}, &invalidError{op: "create template", cause: err}
		}
	}
	var out struct {
		ID       lenientString     `json:"id"`
		Status   template.Status   `json:"status"`
		Category template.Category `json:"category"`
	}
	err := a.client.json(ctx, "create template", http.MethodPost, a.id, nil, submission(d), &out, "message_templates")
	return CreatedTemplate{string(out.ID), out.Status, out.Category}, err
}

// submission is the part of a definition that can be submitted.
func submission(d template.Definition) template.Definition {
	return template.Definition{
		Name: d.Name, Language: d.Language, Category: d.Category, SubCategory: d.SubCategory, Format: d.Format,
		Components: d.Components, TTL: d.TTL, DisplayFormat: d.DisplayFormat, ProductSetID: d.ProductSetID,
		ClickTrackingOptedOut: d.ClickTrackingOptedOut, Optimization: d.Optimization,
		DegreesOfFreedom: d.DegreesOfFreedom, Library: d.Library,
	}
}

// EditTemplate replaces the components of the template with d.ID, its time to live
// if d.TTL is set, and its category unless d.Status says that it is approved, for
// then it may not change. Name and language never change. Meta allows one edit a
// day and ten a month for approved templates; each goes through review again.
func (a *Account) EditTemplate(ctx context.Context, d template.Definition) error {
	edit := template.Definition{
		Category: d.Category, Format: d.Format, Components: d.Components, TTL: d.TTL,
		ClickTrackingOptedOut: d.ClickTrackingOptedOut,
	}
	if d.Status == template.StatusApproved {
		edit.Category = ""
	}
	cl, err := a.call("edit template", http.MethodPost, d.ID, nil, edit)
	if err != nil {
		return err
	}
	cl.repeat, cl.decode = true, decodeSuccess
	return a.client.do(ctx, cl)
}

// DeleteTemplate deletes the template with this name in all languages, or, with
// an id, in the one language of the id. The name of an approved template cannot
// be used again for 30 days.
func (a *Account) DeleteTemplate(ctx context.Context, name, id string) error {
	if name == "" {
		return invalid("delete template", "the name is needed") // Meta would take it for a wish to delete others
	}
	q := url.Values{"name": {name}}
	if id != "" {
		q.Set("hsm_id", id)
	}
	return a.client.json(ctx, "delete template", http.MethodDelete, a.id, q, nil, nil, "message_templates")
}

// How many templates one request can delete or migrate.
const maxDelete, maxMigrate = 100, 500

// DeleteTemplates deletes up to 100 templates by id, all or none.
func (a *Account) DeleteTemplates(ctx context.Context, ids ...string) error {
	if len(ids) == 0 || len(ids) > maxDelete {
		return invalid("delete templates", "%d ids, allowed are 1 to %d", len(ids), maxDelete)
	}
	list, _ := json.Marshal(ids)
	return a.client.json(ctx, "delete templates", http.MethodDelete, a.id, url.Values{"hsm_ids": {string(list)}}, nil, nil, "message_templates")
}

// UnpauseTemplate lifts the pause that Meta put on a template for low quality. ok
// is false, with Meta's reason, if it may not be lifted yet.
func (a *Account) UnpauseTemplate(ctx context.Context, id string) (ok bool, reason string, err error) {
	cl, err := a.call("unpause template", http.MethodPost, id, nil, nil, "unpause")
	if err != nil {
		return false, "", err
	}
	var out struct {
		Success bool   `json:"success"`
		Reason  string `json:"reason"`
	}
	cl.repeat, cl.decode = true, decodeInto(&out)
	err = a.client.do(ctx, cl)
	return out.Success && err == nil, out.Reason, err
}

// TemplateNamespace reads the account's namespace. Only shorthands and payloads
// of old systems need it.
func (a *Account) TemplateNamespace(ctx context.Context) (string, error) {
	var out struct {
		Namespace string `json:"message_template_namespace"`
	}
	err := a.client.get(ctx, "get template namespace", a.id, url.Values{"fields": {"message_template_namespace"}}, &out)
	return out.Namespace, err
}

// TemplateCount is how full an account is.
type TemplateCount struct{ Used, Limit int }

// TemplateCount reads how many templates the account has and may have; every
// language counts.
func (a *Account) TemplateCount(ctx context.Context) (TemplateCount, error) {
	var out struct {
		Summary struct {
			Count lenientInt `json:"message_template_count"`
			Limit lenientInt `json:"message_template_limit"`
		} `json:"summary"`
	}
	q := url.Values{"summary": {"message_template_count,message_template_limit"}, "fields": {"id"}, "limit": {"1"}}
	err := a.client.get(ctx, "count templates", a.id, q, &out, "message_templates")
	return TemplateCount{int(out.Summary.Count), int(out.Summary.Limit)}, err
}

// Migration copies templates from another account of the same business.
type Migration struct {
	// From is the id of the account that has them.
	From string
	// TemplateIDs restricts the copy, at most 500; nil copies page by page.
	TemplateIDs []string
	// Page is the zero-based number of a page of Count templates, at most 500; 0
	// means 500.
	Page, Count int
}

// Migrated tells what became of the templates of a [Migration].
type Migrated struct {
	Done   []string          // ids of the originals
	Failed map[string]string // id → Meta's reason
}

// MigrateTemplates copies templates into this account: only approved ones of
// good or unknown quality, and only within one business.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/template-migration
// (checked September 2026)
func (a *Account) MigrateTemplates(ctx context.Context, m Migration) (Migrated, error) {
	if len(m.TemplateIDs) > maxMigrate || m.Count > maxMigrate {
		return Migrated{}, invalid("migrate templates", "allowed are %d at a time", maxMigrate)
	}
	in := map[string]any{"source_waba_id": m.From}
	if len(m.TemplateIDs) > 0 {
		in["template_ids"] = m.TemplateIDs
	} else {
		in["page_number"], in["count"] = m.Page, orDefault(m.Count, maxMigrate)
	}
	var out struct {
		Done   []lenientString          `json:"migrated_templates"`
		Failed map[string]lenientString `json:"failed_templates"`
	}
	err := a.client.json(ctx, "migrate templates", http.MethodPost, a.id, nil, in, &out, "migrate_message_templates")
	var r Migrated
	for _, id := range out.Done {
		r.Done = append(r.Done, string(id))
	}
	if len(out.Failed) > 0 {
		r.Failed = make(map[string]string, len(out.Failed))
		for id, reason := range out.Failed {
			r.Failed[id] = string(reason)
		}
	}
	return r, err
}
