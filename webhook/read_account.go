package webhook

import (
	"strings"
	"time"

	"github.com/kanava-go/kanava/internal/jsonscan"
)

// An accountItem reads a value that is one item itself. It returns nil if the
// value lacks what makes it one, and the item's own time if it has any.
type accountItem func(p *parser, v value) (Payload, time.Time)

// accountReader returns the reader for an account field, nil if field is none.
func accountReader(field string) accountItem {
	switch field {
	case "account_alerts":
		return (*parser).accountAlert
	case "account_review_update":
		return (*parser).accountReview
	case "account_update", "business_status_update":
		return (*parser).accountUpdate
	case "business_capability_update":
		return (*parser).capabilityUpdate
	case "partner_solutions":
		return (*parser).partnerSolution
	case "account_settings_update":
		return (*parser).numberSettings
	case "phone_number_name_update":
		return (*parser).numberName
	case "phone_number_quality_update":
		return (*parser).numberQuality
	case "business_username_updates", "business_username_update":
		return (*parser).usernameUpdate
	case "security":
		return (*parser).securityEvent
	case "payment_configuration_update":
		return (*parser).paymentConfiguration
	case "messaging_handovers":
		return (*parser).handover
	case "flows":
		return (*parser).flowEvent
	default:
		return templateReader(field)
	}
}

// accountAlert reads the value of account_alerts. Documentation nests the parts in
// alert_info; values seen in practice also have them flat.
func (p *parser) accountAlert(v value) (Payload, time.Time) {
	a := new(AccountAlert)
	it := v.Iter()
	for it.Next() {
		switch it.Key() {
		case "entity_type":
			a.EntityType = p.text(&it)
		case "entity_id":
			a.EntityID = p.text(&it)
		case "alert_info":
			info := p.object(&it)
			for info.Next() {
				p.alertInfo(a, &info)
			}
		default:
			p.alertInfo(a, &it) // a variant prints the parts flat
		}
	}
	if a.Type == "" {
		return nil, time.Time{}
	}
	return a, time.Time{}
}

// alertInfo reads one part of an alert, wherever it stands.
func (p *parser) alertInfo(a *AccountAlert, m member) {
	switch m.Key() {
	case "alert_severity":
		a.Severity = p.text(m)
	case "alert_status":
		a.Status = p.text(m)
	case "alert_type":
		a.Type = p.text(m)
	case "alert_description":
		a.Description = p.text(m)
	}
}

// accountReview reads the value of account_review_update.
func (p *parser) accountReview(v value) (Payload, time.Time) {
	r := new(AccountReview)
	it := v.Iter()
	for it.Next() {
		if it.Key() == "decision" {
			r.Decision = p.text(&it)
		}
	}
	if r.Decision == "" {
		return nil, time.Time{}
	}
	return r, time.Time{}
}

// accountUpdate reads the value of account_update. The event says which of the
// parts to expect, but a part is read wherever it comes: Meta adds events more often
// than parts.
func (p *parser) accountUpdate(v value) (Payload, time.Time) {
	u := new(AccountUpdate)
	it := v.Iter()
	for it.Next() {
		switch it.Key() {
		case "event":
			u.Event = p.text(&it)
		case "phone_number":
			p.number.Display = p.phone(&it)
		case "country":
			u.Country = p.text(&it)
		case "violation_info":
			u.Violation = optional(p, &it, (*parser).violation)
		case "restriction_info":
			u.Restrictions = each(p, &it, (*parser).restriction)
		case "ban_info":
			u.Ban = optional(p, &it, (*parser).ban)
		case "waba_info":
			u.WABA = optional(p, &it, (*parser).wabaInfo)
		case "disconnection_info":
			u.Disconnection = optional(p, &it, (*parser).disconnection)
		case "partner_client_certification_info", "partner_client_certification_needed_info":
			u.Certification = optional(p, &it, (*parser).certification)
		case "auth_international_rate_eligibility":
			u.AuthRates = optional(p, &it, (*parser).authRates)
		case "volume_tier_info":
			u.VolumeTier = optional(p, &it, (*parser).volumeTier)
		}
	}
	if u.Event == "" {
		return nil, time.Time{}
	}
	return u, time.Time{}
}

// violation reads violation_info. The remediation is optional.
func (p *parser) violation(it jsonscan.Iter) Violation {
	var v Violation
	for it.Next() {
		switch it.Key() {
		case "violation_type":
			v.Type = p.text(&it)
		case "remediation":
			v.Remediation = p.text(&it)
		}
	}
	return v
}

// restriction reads an element of restriction_info. All but the type is optional.
func (p *parser) restriction(it jsonscan.Iter) Restriction {
	var r Restriction
	for it.Next() {
		switch it.Key() {
		case "restriction_type":
			r.Type = p.text(&it)
		case "expiration":
			r.Expires = p.time(&it)
		case "remediation":
			r.Remediation = p.text(&it)
		}
	}
	return r
}

// ban reads ban_info. The date is prose, in English, and stays as it is.
func (p *parser) ban(it jsonscan.Iter) Ban {
	var b Ban
	for it.Next() {
		switch it.Key() {
		case "waba_ban_state":
			b.State = p.words(&it)
		case "waba_ban_date":
			b.Date = p.text(&it)
		}
	}
	return b
}

// words reads a text, or an array of texts, which Meta sends in its place now and then.
func (p *parser) words(m member) string {
	if m.Kind() != jsonscan.Array {
		return p.text(m)
	}
	var list []string
	l := m.Iter()
	for l.Next() {
		list = append(list, p.text(&l))
	}
	return strings.Join(list, ",")
}

// wabaInfo reads waba_info. Meta names the ad account in two ways.
func (p *parser) wabaInfo(it jsonscan.Iter) WABAInfo {
	var w WABAInfo
	for it.Next() {
		switch it.Key() {
		case "waba_id":
			w.ID = p.text(&it)
		case "owner_business_id":
			w.OwnerBusinessID = p.text(&it)
		case "ad_account_linked", "ad_account_id":
			w.AdAccountID = p.text(&it)
		case "partner_app_id":
			w.PartnerAppID = p.text(&it)
		case "solution_id":
			w.SolutionID = p.text(&it)
		case "solution_partner_business_ids":
			w.PartnerBusinesses = p.texts(&it)
		}
	}
	return w
}

// disconnection reads disconnection_info: why a number of the WhatsApp Business app
// left.
func (p *parser) disconnection(it jsonscan.Iter) Disconnection {
	var d Disconnection
	for it.Next() {
		switch it.Key() {
		case "reason":
			d.Reason = p.text(&it)
		case "initiated_by":
			d.InitiatedBy = p.text(&it)
		}
	}
	return d
}

// certification reads partner_client_certification_info, and the shorter
// …_needed_info. Reasons are spelled with spaces or underscores.
func (p *parser) certification(it jsonscan.Iter) Certification {
	var c Certification
	for it.Next() {
		switch it.Key() {
		case "client_business_id":
			c.ClientBusinessID = p.text(&it)
		case "status":
			c.Status = p.text(&it)
		case "rejection_reasons":
			c.Reasons = p.texts(&it)
		}
	}
	return c
}

// authRates reads auth_international_rate_eligibility.
func (p *parser) authRates(it jsonscan.Iter) AuthRates {
	var a AuthRates
	for it.Next() {
		switch it.Key() {
		case "start_time":
			a.Start = p.time(&it)
		case "exception_countries":
			l := it.Value().Elements()
			for p.nextObject(&l, it.Key()) {
				var country string
				var start time.Time
				o := l.Iter()
				for o.Next() {
					switch o.Key() {
					case "country_code":
						country = p.text(&o)
					case "start_time":
						start = p.time(&o)
					}
				}
				if a.Exceptions == nil {
					a.Exceptions = make(map[string]time.Time)
				}
				a.Exceptions[country] = start
			}
		}
	}
	return a
}

// volumeTier reads volume_tier_info.
func (p *parser) volumeTier(it jsonscan.Iter) VolumeTier {
	var t VolumeTier
	for it.Next() {
		switch it.Key() {
		case "tier_update_time":
			t.Time = p.time(&it)
		case "pricing_category":
			t.Category = p.text(&it)
		case "tier":
			t.Tier = p.text(&it)
		case "effective_month":
			t.Month = p.text(&it)
		case "region":
			t.Region = p.text(&it)
		}
	}
	return t
}

// capabilityUpdate reads the value of business_capability_update. The limit is a
// number on one page of Meta's and a tier on another, so it stays text. There is
// nothing every such value has, hence no check.
func (p *parser) capabilityUpdate(v value) (Payload, time.Time) {
	c := new(CapabilityUpdate)
	it := v.Iter()
	for it.Next() {
		switch it.Key() {
		case "max_daily_conversations_per_business":
			c.DailyLimit = p.text(&it)
		case "max_daily_conversation_per_phone":
			c.PerNumberLimit = p.text(&it)
		case "max_phone_numbers_per_business":
			c.MaxNumbersPerBusiness = p.int(&it)
		case "max_phone_numbers_per_waba":
			c.MaxNumbersPerWABA = p.int(&it)
		}
	}
	return c, time.Time{}
}

// partnerSolution reads the value of partner_solutions.
func (p *parser) partnerSolution(v value) (Payload, time.Time) {
	s := new(PartnerSolution)
	it := v.Iter()
	for it.Next() {
		switch it.Key() {
		case "event":
			s.Event = p.text(&it)
		case "solution_id":
			s.SolutionID = p.text(&it)
		case "solution_status":
			s.Status = p.text(&it)
		}
	}
	if s.Event == "" {
		return nil, time.Time{}
	}
	return s, time.Time{}
}
