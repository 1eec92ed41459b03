package webhook

import (
	"time"

	"github.com/kanava-go/kanava/internal/jsonscan"
)

// templateReader returns the reader for a template field, nil if field is none.
func templateReader(field string) accountItem {
	switch field {
	case "message_template_status_update":
		return (*parser).templateStatus
	case "message_template_quality_update":
		return (*parser).templateQuality
	case "message_template_components_update":
		return (*parser).templateComponents
	case "template_category_update":
		return (*parser).templateCategory
	case "template_correct_category_detection":
		return (*parser).templateMiscategorized
	default:
		return nil
	}
}

// template reads a member that names the template, and reports whether it is one.
func (p *parser) template(m member, t *Template) bool {
	switch m.Key() {
	case "message_template_id":
		t.ID = p.text(m) // a number of up to 16 digits, taken as text
	case "message_template_name":
		t.Name = p.text(m)
	case "message_template_language":
		t.Language = p.text(m)
	default:
		return false
	}
	return true
}

// named reports whether t says which template is meant.
func (t *Template) named() bool { return t.ID != "" || t.Name != "" }

// templateStatus reads the value of message_template_status_update.
func (p *parser) templateStatus(v value) (Payload, time.Time) {
	if !v.Get("event").Exists() && v.Get("new_quality_score").Exists() {
		return p.templateQuality(v) // Meta's page on quality prints this field
	}
	s := new(TemplateStatus)
	it := v.Iter()
	for it.Next() {
		if p.template(&it, &s.Template) {
			continue
		}
		switch it.Key() {
		case "event":
			s.Event = TemplateEvent(p.text(&it))
		case "reason":
			s.Reason = p.reason(&it)
		case "message_template_category":
			s.Category = p.text(&it)
		case "disable_info":
			o := p.object(&it)
			for o.Next() {
				if o.Key() == "disable_date" {
					s.Disabled = p.time(&o)
				}
			}
		case "other_info":
			o := p.object(&it)
			for o.Next() {
				switch o.Key() {
				case "title":
					s.Info = p.text(&o)
				case "description":
					s.InfoText = p.text(&o)
				}
			}
		case "rejection_info":
			o := p.object(&it)
			for o.Next() {
				switch o.Key() {
				case "reason":
					s.RejectionReason = p.text(&o)
				case "recommendation":
					s.Recommendation = p.text(&o)
				}
			}
		}
	}
	if s.Event == "" || !s.Template.named() {
		return nil, time.Time{}
	}
	return s, time.Time{}
}

// templateQuality reads the value of message_template_quality_update.
func (p *parser) templateQuality(v value) (Payload, time.Time) {
	q := new(TemplateQuality)
	it := v.Iter()
	for it.Next() {
		if p.template(&it, &q.Template) {
			continue
		}
		switch it.Key() {
		case "previous_quality_score":
			q.Previous = p.text(&it)
		case "new_quality_score":
			q.New = p.text(&it)
		}
	}
	if q.New == "" || !q.Template.named() {
		return nil, time.Time{}
	}
	return q, time.Time{}
}

// templateComponents reads the value of message_template_components_update. It calls
// the header title and the body element.
func (p *parser) templateComponents(v value) (Payload, time.Time) {
	c := new(TemplateComponents)
	it := v.Iter()
	for it.Next() {
		if p.template(&it, &c.Template) {
			continue
		}
		switch it.Key() {
		case "message_template_title":
			c.Header = p.text(&it)
		case "message_template_element":
			c.Body = p.text(&it)
		case "message_template_footer":
			c.Footer = p.text(&it)
		case "message_template_buttons":
			c.Buttons = each(p, &it, (*parser).templateButton)
		}
	}
	if !c.Template.named() {
		return nil, time.Time{}
	}
	return c, time.Time{}
}

// templateButton reads an element of message_template_buttons.
func (p *parser) templateButton(it jsonscan.Iter) TemplateButton {
	var b TemplateButton
	for it.Next() {
		switch it.Key() {
		case "message_template_button_type":
			b.Type = p.text(&it)
		case "message_template_button_text":
			b.Text = p.text(&it)
		case "message_template_button_url":
			b.URL = p.text(&it)
		case "message_template_button_phone_number":
			b.Phone = p.text(&it)
		}
	}
	return b
}

// templateCategory reads the value of template_category_update. In the notice ahead,
// new_category is the category still valid and correct_category the coming one.
func (p *parser) templateCategory(v value) (Payload, time.Time) {
	c := new(TemplateCategory)
	it := v.Iter()
	for it.Next() {
		if p.template(&it, &c.Template) {
			continue
		}
		switch it.Key() {
		case "new_category":
			c.Current = p.text(&it)
		case "previous_category":
			c.Previous = p.text(&it)
		case "correct_category":
			c.Correct = p.text(&it)
		case "category_update_timestamp":
			c.Due = p.time(&it)
		}
	}
	if !c.Template.named() {
		return nil, time.Time{}
	}
	return c, time.Time{}
}

// templateMiscategorized reads the value of template_correct_category_detection.
func (p *parser) templateMiscategorized(v value) (Payload, time.Time) {
	c := new(TemplateMiscategorized)
	it := v.Iter()
	for it.Next() {
		if p.template(&it, &c.Template) {
			continue
		}
		switch it.Key() {
		case "category":
			c.Category = p.text(&it)
		case "correct_category":
			c.Correct = p.text(&it)
		}
	}
	if !c.Template.named() {
		return nil, time.Time{}
	}
	return c, time.Time{}
}
