package cloudapitest

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// maxArchive is how many templates one request can archive.
const maxArchive = 100

// archiveTemplates answers /archive and /unarchive, on the host api.facebook.com. A
// template that comes back has the status it had.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/template-management
// (checked 2026-11-29)
func archiveTemplates(c *call) *graphError {
	back := c.rest == "unarchive"
	ids := c.texts("hsm_ids")
	if len(ids) == 0 || len(ids) > maxArchive {
		return badParam("Param hsm_ids must have between 1 and 100 elements.")
	}
	var found, failed []*Template
	for _, id := range ids {
		t := c.templates[id]
		switch {
		case t == nil || t.account != c.target.account:
			return badParam("A template of hsm_ids does not exist in the account.")
		case slices.Contains(found, t) || slices.Contains(failed, t):
		case back != (t.status == "ARCHIVED"), !back && t.status != StatusApproved && t.status != StatusRejected && t.status != StatusPaused:
			failed = append(failed, t)
		default:
			found = append(found, t)
		}
	}
	key := "archived_templates"
	for _, t := range found {
		if back {
			key = "unarchived_templates"
			c.setTemplateStatus(t, cmp.Or(t.shelved, StatusApproved), "UNARCHIVED", nil)
			continue
		}
		t.shelved = t.status
		c.setTemplateStatus(t, "ARCHIVED", "ARCHIVED", nil)
	}
	e := &c.out
	e.obj(func() {
		e.key("success").bool(len(failed) == 0)
		e.key(key).arr(func() {
			for _, t := range found {
				e.str(t.ID)
			}
		})
		e.key("failed_templates").obj(func() {
			for _, t := range failed {
				e.key(t.ID).obj(func() { e.key("error").str("A template with status " + t.status + " cannot be moved.") })
			}
		})
	})
	return nil
}

// upsertTemplates answers POST /{waba-id}/upsert_message_templates: one authentication
// template in several languages at once, made or, where it exists, changed. All languages
// are done or none.
func upsertTemplates(c *call) *graphError {
	k := &checker{}
	f := k.object(&c.body, "")
	languages := f.list("languages", 1, 100)
	if !strings.EqualFold(f.text("category", 1, 0), "AUTHENTICATION") {
		f.reject(badParam("Param category must be AUTHENTICATION."))
	}
	name := f.text("name", 1, 512)
	if k.err == nil && presetLabel(c.body.at("components")) {
		k.reject(badParam("The parameters text and autofill_text are not allowed with languages."))
	}
	if k.err != nil {
		return k.err
	}
	var done []*Template
	undo := func(ge *graphError) *graphError {
		for _, t := range done {
			delete(c.templates, t.ID)
			t.account.templates = slices.DeleteFunc(t.account.templates, func(x *Template) bool { return x == t })
		}
		return ge
	}
	var changed, trials []*Template
	for i := range languages {
		def := node{kind: jsonObject, items: []member{{key: "language", val: languages[i].val}}}
		for _, m := range c.body.items {
			if m.key != "languages" {
				def.items = append(def.items, m)
			}
		}
		if t := c.target.account.template(name, languages[i].val.scalar()); t != nil {
			trial := *t
			if ge := trial.read(&def, true); ge != nil {
				return undo(ge)
			}
			changed, trials = append(changed, t), append(trials, &trial)
			continue
		}
		t, ge := c.defineTemplate(c.target.account, &def)
		if ge != nil {
			return undo(ge)
		}
		done = append(done, t)
	}
	for i, t := range changed {
		*t = *trials[i]
	}
	done = append(done, changed...)
	c.out.obj(func() {
		c.out.key("data").arr(func() {
			for _, t := range done {
				c.review(t)
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

// presetLabel reports whether a button has a label of its own.
func presetLabel(components *node) bool {
	for i := range components.items {
		buttons := components.items[i].val.at("buttons")
		for j := range buttons.items {
			b := &buttons.items[j].val
			if b.at("text").text != "" || b.at("autofill_text").text != "" {
				return true
			}
		}
	}
	return false
}

// comparedSends is how often each template must have been sent.
const comparedSends = 1000

// compareTemplates answers GET /{template-id}/compare.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/template-comparison
// (checked 2026-06-24)
func compareTemplates(c *call) *graphError {
	one := c.target.template
	ids := c.texts("template_ids")
	start, end := asInt(c.param("start")), asInt(c.param("end"))
	if len(ids) != 1 || c.templates[ids[0]] == nil || c.templates[ids[0]].account != one.account || ids[0] == one.ID {
		return badParam("Param template_ids must be the id of one other template of the account.")
	}
	if days := (end - start) / 86400; (end-start)%86400 != 0 || days != 7 && days != 30 && days != 60 && days != 90 {
		return badParam("The time between start and end must be 7, 30, 60 or 90 days.")
	}
	both := []*Template{one, c.templates[ids[0]]}
	sent := make(map[*Template]int)
	for _, t := range both {
		sent[t] = t.sentBetween(c.World, start*1e9, end*1e9)
		if sent[t] < comparedSends {
			return badParam("Each template must have been sent at least 1,000 times in the timeframe.")
		}
	}
	order := slices.Clone(both)
	rank := map[string]int{"GREEN": 0, "UNKNOWN": 1, "YELLOW": 2, "RED": 3}
	slices.SortStableFunc(order, func(a, b *Template) int { return rank[a.quality] - rank[b.quality] })
	e := &c.out
	metric := func(name, kind, key string, fill func()) {
		e.obj(func() {
			e.key("metric").str(name)
			e.key("type").str(kind)
			e.key(key).arr(fill)
		})
	}
	e.obj(func() {
		e.key("data").arr(func() {
			metric("BLOCK_RATE", "RELATIVE", "order_by_relative_metric", func() {
				for _, t := range order {
					e.str(t.ID)
				}
			})
			metric("MESSAGE_SENDS", "NUMBER_VALUES", "number_values", func() {
				for _, t := range both {
					e.obj(func() {
						e.key("key").str(t.ID)
						e.key("value").num(int64(sent[t]))
					})
				}
			})
			metric("TOP_BLOCK_REASON", "STRING_VALUES", "string_values", func() {
				for _, t := range both {
					e.obj(func() {
						e.key("key").str(t.ID)
						e.key("value").str("UNKNOWN_BLOCK_REASON")
					})
				}
			})
		})
	})
	return nil
}

// earlierSends are sends that nobody made in this world.
type earlierSends struct {
	at    int64
	count int
}

// CountSends makes the template look as if it had been sent n times an hour ago, so that it
// can be compared without sending that much.
func (t *Template) CountSends(n int) {
	t.w.mu.Lock()
	defer t.w.mu.Unlock()
	t.earlier = append(t.earlier, earlierSends{at: t.w.now() - int64(time.Hour), count: n})
}

// sentBetween counts the sends of a time, as far as the world remembers them.
func (t *Template) sentBetween(w *World, from, to int64) (n int) {
	for _, m := range w.messages {
		if m.tmpl == t && m.at >= from && m.at < to {
			n++
		}
	}
	for _, s := range t.earlier {
		if s.at >= from && s.at < to {
			n += s.count
		}
	}
	return n
}
