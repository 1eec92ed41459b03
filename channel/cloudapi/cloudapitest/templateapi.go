package cloudapitest

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// templateLog counts creations of templates in the last hour.
type templateLog struct{ times []int64 }

const (
	createsPerHour = 100
	editsPerMonth  = 10
	maxTemplates   = 250
)

// createTemplate answers POST /{waba-id}/message_templates: the template waits for
// review, unless the account reviews at once.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/template-management
// (checked 2026-11-22)
func createTemplate(c *call) *graphError {
	a := c.target.account
	a.created.times = slices.DeleteFunc(a.created.times, func(at int64) bool { return c.at-at >= int64(time.Hour) })
	switch {
	case len(a.created.times) >= createsPerHour:
		return fail(80008, "An account may create 100 templates per hour.")
	case a.liveTemplates() >= maxTemplates:
		return fail(2388019, "The account has reached its number of templates.")
	}
	if name := c.body.at("library_template_name").text; name != "" {
		return c.createFromLibrary(name)
	}
	t, ge := c.defineTemplate(a, &c.body)
	if ge != nil {
		return ge
	}
	a.created.times = append(a.created.times, c.at)
	c.review(t)
	c.writeCreated(t)
	return nil
}

func (a *Account) liveTemplates() (n int) {
	for _, t := range a.templates {
		if !t.gone {
			n++
		}
	}
	return n
}

func (c *call) writeCreated(t *Template) {
	c.out.obj(func() {
		c.out.key("id").str(t.ID)
		c.out.key("status").str(t.status)
		c.out.key("category").str(t.category)
	})
}

// review puts a template through the account's review.
func (w *World) review(t *Template) {
	t.status, t.changed = StatusPending, w.now()
	if after := t.account.reviewAfter; after >= 0 {
		w.schedule(w.now()+int64(after), false, fireFunc(func(w *World) {
			if t.status == StatusPending {
				w.setTemplateStatus(t, StatusApproved, "APPROVED", nil)
			}
		}))
	}
}

// SetReview decides how templates made or edited through the API are reviewed:
// approved after a time (0 = at the next moment), or left PENDING until Approve or
// Reject is called, for a negative time. An account starts with one minute.
func (a *Account) SetReview(after time.Duration) {
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	a.reviewAfter = after
}

// library is the part of Meta's template library the simulator has.
var library = map[string]string{
	"delivery_update_1": `[{"type":"BODY","text":"Hello {{1}}, your order {{2}} is on its way."}]`,
	"account_creation":  `[{"type":"BODY","text":"Hi {{1}}, your new account {{2}} is ready."},{"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"Get help"}]}]`,
}

func (c *call) createFromLibrary(name string) *graphError {
	text, ok := library[name]
	if !ok {
		return badParam("Param library_template_name is not in the library.")
	}
	components, err := parseJSON([]byte(text))
	if err != nil {
		return badParam("The library template cannot be read.")
	}
	body := c.body
	body.items = append(slices.Clone(body.items), member{"components", components})
	t, ge := c.defineTemplate(c.target.account, &body)
	if ge != nil {
		return ge
	}
	t.status = StatusApproved // library templates are not reviewed
	c.writeCreated(t)
	return nil
}

func listLibrary(c *call) *graphError {
	var names []string
	for name := range library {
		if strings.Contains(name, c.query.Get("search")) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return c.list(len(names), func(e *enc, i int) {
		e.obj(func() {
			e.key("name").str(names[i])
			e.key("language").str("en_US")
			e.key("category").str("UTILITY")
			e.key("id").str(strconv.Itoa(7_000_000 + i))
		})
	})
}

// editTemplate answers POST /{template-id}.
func editTemplate(c *call) *graphError {
	t := c.target.template
	switch t.status {
	case StatusApproved:
		t.edited = slices.DeleteFunc(t.edited, func(at int64) bool { return c.at-at >= int64(30*24*time.Hour) })
		if n := len(t.edited); n >= editsPerMonth || n > 0 && c.at-t.edited[n-1] < int64(24*time.Hour) {
			return fail(2388039, "An approved template may be edited once a day and ten times in 30 days.")
		}
		if c.body.at("category").kind != jsonAbsent {
			return fail(2388039, "The category of an approved template cannot be changed.")
		}
	case StatusRejected, StatusPaused:
	default:
		return fail(2388039, "A template with status "+t.status+" cannot be edited.")
	}
	trial := *t
	if ge := trial.read(&c.body, false); ge != nil {
		return ge
	}
	if t.status == StatusApproved {
		trial.edited = append(trial.edited, c.at)
	}
	*t = trial
	c.review(t)
	return c.success()
}

// deleteTemplates answers DELETE /{waba-id}/message_templates, by name or by name
// and id.
func deleteTemplates(c *call) *graphError {
	name, id := c.query.Get("name"), c.query.Get("hsm_id")
	if name == "" {
		return badParam("The parameter name is required.")
	}
	found := 0
	for _, t := range c.target.account.templates {
		if t.Name == name && (id == "" || t.ID == id) && !t.gone {
			t.gone, t.status = true, "DELETED"
			delete(c.templates, t.ID)
			found++
		}
	}
	if found == 0 {
		ge := badParam("Message template not found.")
		ge.subcode = 2593002
		return ge
	}
	return c.success()
}

func unpauseTemplate(c *call) *graphError {
	t := c.target.template
	if t.status != StatusPaused {
		return fail(2388039, "The template is not paused.")
	}
	c.setTemplateStatus(t, StatusApproved, "APPROVED", nil)
	return c.success()
}

// archiveTemplates answers /archive and /unarchive, on the host api.facebook.com.
func archiveTemplates(c *call) *graphError {
	from, to, event := StatusApproved, "ARCHIVED", "ARCHIVED"
	if c.rest == "unarchive" {
		from, to, event = "ARCHIVED", StatusApproved, "UNARCHIVED"
	}
	for id := range strings.SplitSeq(c.body.at("hsm_ids").text, ",") {
		t := c.templates[strings.TrimSpace(id)]
		if t == nil || t.account != c.target.account || t.status != from {
			return badParam("A template of hsm_ids does not exist or is not " + from + ".")
		}
		c.setTemplateStatus(t, to, event, nil)
	}
	return c.success()
}

// upsertTemplates answers POST /{waba-id}/upsert_message_templates: one
// authentication template in several languages at once.
func upsertTemplates(c *call) *graphError {
	k := &checker{}
	f := k.object(&c.body, "")
	languages := f.list("languages", 1, 100)
	if !strings.EqualFold(f.text("category", 1, 0), "AUTHENTICATION") {
		f.reject(badParam("Param category must be AUTHENTICATION."))
	}
	if k.err != nil {
		return k.err
	}
	var made []*Template
	for i := range languages {
		def := node{kind: jsonObject, items: []member{{"language", languages[i].val}}}
		for _, m := range c.body.items {
			if m.key != "languages" {
				def.items = append(def.items, m)
			}
		}
		t, ge := c.defineTemplate(c.target.account, &def)
		if ge != nil {
			return ge
		}
		c.review(t)
		made = append(made, t)
	}
	c.out.obj(func() {
		c.out.key("data").arr(func() {
			for _, t := range made {
				c.out.obj(func() {
					c.out.key("id").str(t.ID)
					c.out.key("status").str(t.status)
					c.out.key("language").str(t.Language)
				})
			}
		})
	})
	return nil
}

// migrateTemplates answers POST /{waba-id}/migrate_message_templates: approved
// templates of another account of the business are copied.
func migrateTemplates(c *call) *graphError {
	source := c.accounts[c.body.at("source_waba_id").scalar()]
	if source == nil || !c.token.reaches(source) || source.Portfolio != c.target.account.Portfolio {
		return badParam("Param source_waba_id is not an account of the same business.")
	}
	var copied []string
	for _, t := range source.templates {
		if t.gone || t.status != StatusApproved || t.quality != "GREEN" && t.quality != "UNKNOWN" {
			continue
		}
		dup := *t
		dup.ID, dup.account, dup.edited = c.newID(), c.target.account, nil
		c.target.account.templates = append(c.target.account.templates, &dup)
		c.templates[dup.ID] = &dup
		copied = append(copied, dup.ID)
	}
	c.out.obj(func() {
		c.out.key("migrated_templates").arr(func() {
			for _, id := range copied {
				c.out.str(id)
			}
		})
		c.out.key("failed_templates").obj(func() {})
	})
	return nil
}

// previewTemplates answers GET /{waba-id}/message_template_previews.
func previewTemplates(c *call) *graphError {
	if !strings.EqualFold(c.query.Get("category"), "AUTHENTICATION") {
		return badParam("Param category must be AUTHENTICATION.")
	}
	languages := strings.Split(c.query.Get("language"), ",")
	if c.query.Get("language") == "" {
		languages = []string{"en_US"}
	}
	c.out.obj(func() {
		c.out.key("data").arr(func() {
			for _, l := range languages {
				c.out.obj(func() {
					c.out.key("body").str("*{{1}}* is your verification code.")
					c.out.key("language").str(strings.TrimSpace(l))
					c.out.key("buttons").arr(func() {
						c.out.obj(func() { c.out.key("text").str("Copy code") })
					})
				})
			}
		})
	})
	return nil
}

// templateFields are the fields of a template a client may ask for.
var templateFields = map[string]func(t *Template, e *enc){
	"id":       func(t *Template, e *enc) { e.str(t.ID) },
	"name":     func(t *Template, e *enc) { e.str(t.Name) },
	"language": func(t *Template, e *enc) { e.str(t.Language) },
	"status":   func(t *Template, e *enc) { e.str(t.status) },
	"category": func(t *Template, e *enc) { e.str(t.category) },
	"parameter_format": func(t *Template, e *enc) {
		if t.named {
			e.str("NAMED")
		} else {
			e.str("POSITIONAL")
		}
	},
	"components":        func(t *Template, e *enc) { e.node(&t.source) },
	"previous_category": func(t *Template, e *enc) { e.str(t.former) },
	"correct_category":  func(t *Template, e *enc) { e.str(t.wanted) },
	"rejected_reason":   func(t *Template, e *enc) { e.str(t.reason) },
	"quality_score": func(t *Template, e *enc) {
		e.obj(func() {
			e.key("score").str(t.quality)
			e.key("date").num(t.changed / 1e9)
		})
	},
	"message_send_ttl_seconds":        func(t *Template, e *enc) { e.num(t.ttl) },
	"cta_url_link_tracking_opted_out": func(_ *Template, e *enc) { e.bool(false) },
	"sub_category":                    func(_ *Template, e *enc) { e.str("CUSTOM") },
	"library_template_name":           func(_ *Template, e *enc) { e.str("") },
	"product_set_id":                  func(_ *Template, e *enc) { e.str("") },
	"source":                          func(_ *Template, e *enc) { e.str("") },
	"last_updated_time": func(t *Template, e *enc) {
		e.str(time.Unix(0, t.changed).UTC().Format("2006-01-02T15:04:05-0700"))
	},
	"health_status": func(t *Template, e *enc) {
		e.obj(func() {
			state := "AVAILABLE"
			if t.status != StatusApproved {
				state = "BLOCKED"
			}
			e.key("can_send_message").str(state)
			e.key("entities").arr(func() {
				e.obj(func() {
					e.key("entity_type").str("MESSAGE_TEMPLATE")
					e.key("id").str(t.ID)
					e.key("can_send_message").str(state)
				})
			})
		})
	},
}

const templateDefaults = "name,parameter_format,components,language,status,category"

// listTemplates answers GET /{waba-id}/message_templates.
func listTemplates(c *call) *graphError {
	var found []*Template
	for _, t := range c.target.account.templates {
		if !t.gone && c.wanted("name", t.Name) && c.wanted("status", t.status) && c.wanted("language", t.Language) &&
			c.wanted("category", t.category) && c.wanted("quality_score", t.quality) {
			found = append(found, t)
		}
	}
	c.summary = func(e *enc) {
		e.key("message_template_count").num(int64(c.target.account.liveTemplates()))
		e.key("message_template_limit").num(maxTemplates)
	}
	return listFields(c, found, templateFields, templateDefaults)
}

func getTemplate(c *call) *graphError {
	return getFields(c, c.target.template, templateFields, templateDefaults)
}

// wanted applies a filter parameter.
func (c *call) wanted(key, value string) bool {
	v := c.query.Get(key)
	return v == "" || strings.EqualFold(v, value)
}
