package cloudapitest

import (
	"fmt"
	"strconv"
	"time"
)

// announce emits an account-type webhook.
func (w *World) announce(a *Account, field string, fill func(e *enc), told func(*World, *App)) {
	w.emit(&item{
		account: a, field: field, time: w.now() / 1e9, told: told,
		elem: members(func(e *enc) { e.obj(func() { fill(e) }) }),
	})
}

// Announce sends the account's subscribers a webhook of any field whose value is
// given as JSON, for the kinds the world does not bring about by itself. A number
// makes it a messaging-type webhook; nil makes it an account-type one.
func (w *World) Announce(a *Account, n *Number, field, value string) error {
	v, err := parseJSON(value)
	if err != nil {
		return fmt.Errorf("cloudapitest: announce: %w", err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	it := &item{account: a, number: n, field: field, elem: members(func(e *enc) { e.node(&v) })}
	if n == nil {
		it.time = w.now() / 1e9
	}
	w.emit(it)
	return nil
}

// head writes what all template webhooks share.
func (t *Template) head(e *enc) {
	id, _ := strconv.ParseInt(t.ID, 10, 64) // ids the world makes are numbers
	e.key("message_template_id").num(id)
	e.key("message_template_name").str(t.Name)
	e.key("message_template_language").str(t.Language)
}

// setTemplateStatus moves a template to a status and announces the event.
func (w *World) setTemplateStatus(t *Template, status, event string, extra func(e *enc)) {
	t.status, t.changed, t.statusTold = status, w.now(), false
	w.announce(t.account, "message_template_status_update", func(e *enc) {
		e.key("event").str(event)
		t.head(e)
		e.key("reason").str(t.reason)
		e.key("message_template_category").str(t.category)
		if extra != nil {
			extra(e)
		}
	}, func(*World, *App) { t.statusTold = t.status == status })
}

// Approve ends the review of the template with success.
func (t *Template) Approve() {
	t.w.mu.Lock()
	defer t.w.mu.Unlock()
	t.reason = "NONE"
	t.w.setTemplateStatus(t, StatusApproved, "APPROVED", nil)
}

// Reject ends the review with a reason of Meta's, "INVALID_FORMAT" for instance.
func (t *Template) Reject(reason string) {
	t.w.mu.Lock()
	defer t.w.mu.Unlock()
	t.reason = reason
	t.w.setTemplateStatus(t, StatusRejected, "REJECTED", func(e *enc) {
		if reason == "INVALID_FORMAT" {
			e.key("rejection_info").obj(func() {
				e.key("reason").str("The format of the template is not valid.")
				e.key("recommendation").str("Correct the format and submit the template again.")
			})
		}
	})
}

// Pause stops the template for low quality: 3 hours the first time, 6 hours the
// second, for good the third, as documented. It resumes by itself.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/template-pausing
// (checked 2026-11-22)
func (t *Template) Pause() {
	w := t.w
	w.mu.Lock()
	defer w.mu.Unlock()
	t.pauses++
	if t.pauses > 2 {
		w.disable(t)
		return
	}
	title, rest := "FIRST_PAUSE", 3*time.Hour
	if t.pauses == 2 {
		title, rest = "SECOND_PAUSE", 6*time.Hour
	}
	w.setTemplateStatus(t, StatusPaused, "PAUSED", func(e *enc) {
		e.key("other_info").obj(func() {
			e.key("title").str(title)
			e.key("description").str("Paused for low quality; resumes automatically.")
		})
	})
	pause := t.pauses
	w.schedule(w.now()+int64(rest), false, fireFunc(func(w *World) {
		if t.status == StatusPaused && t.pauses == pause {
			w.setTemplateStatus(t, StatusApproved, "APPROVED", nil)
		}
	}))
}

// Disable stops the template for good.
func (t *Template) Disable() {
	t.w.mu.Lock()
	defer t.w.mu.Unlock()
	t.w.disable(t)
}

// disable is Disable with mu held.
func (w *World) disable(t *Template) {
	w.setTemplateStatus(t, StatusDisabled, "DISABLED", func(e *enc) {
		e.key("disable_info").obj(func() { e.key("disable_date").secs(w.now()) })
	})
}

// Status returns the template's status.
func (t *Template) Status() string {
	t.w.mu.Lock()
	defer t.w.mu.Unlock()
	return t.status
}

// SetQuality changes the quality score: GREEN, YELLOW, RED or UNKNOWN.
func (t *Template) SetQuality(score string) {
	w := t.w
	w.mu.Lock()
	defer w.mu.Unlock()
	before := t.quality
	t.quality = score
	w.announce(t.account, "message_template_quality_update", func(e *enc) {
		e.key("previous_quality_score").str(before)
		e.key("new_quality_score").str(score)
		t.head(e)
	}, nil)
}

// MoveCategory moves the template to another category: announced at once, in
// effect a day later, with a webhook each time.
func (t *Template) MoveCategory(to string) {
	w := t.w
	w.mu.Lock()
	defer w.mu.Unlock()
	at := w.now() + int64(24*time.Hour)
	t.wanted = to
	w.announce(t.account, "template_category_update", func(e *enc) {
		t.head(e)
		e.key("new_category").str(t.category) // the current one, as documented
		e.key("correct_category").str(to)
		e.key("category_update_timestamp").num(at / 1e9)
	}, nil)
	w.schedule(at, false, fireFunc(func(w *World) {
		t.former, t.category, t.wanted = t.category, to, ""
		w.announce(t.account, "template_category_update", func(e *enc) {
			t.head(e)
			e.key("previous_category").str(t.former)
			e.key("new_category").str(to)
		}, nil)
	}))
}

// Hold makes sends of the template wait for quality assessment: they are accepted
// with message_status held_for_quality_assessment and go no further. Release lets
// the messages held go, or drops them with error 132015, and ends the holding.
func (t *Template) Hold() {
	t.w.mu.Lock()
	defer t.w.mu.Unlock()
	t.held = true
}

// Release ends Hold; deliver tells what becomes of the messages held.
func (t *Template) Release(deliver bool) {
	w := t.w
	w.mu.Lock()
	defer w.mu.Unlock()
	t.held = false
	for _, m := range t.waiting {
		if !deliver {
			m.doom = fail(132015, "The template was paused during quality assessment.")
			m.forget()
		}
		w.schedule(w.now()+w.latency(m, 1), true, m)
	}
	t.waiting = nil
}

// checkUnsendable notes a template whose state the sender has been told of.
func (c *call) checkUnsendable(t *Template) {
	if t.statusTold {
		c.note(RuleIgnoredTemplate, "a template was sent after the webhook that told of status "+t.status+" was acknowledged", "template "+t.Name+" ("+t.Language+")")
	}
}

// ReviewName ends the review of a display name asked for through the API.
func (n *Number) ReviewName(approve bool) {
	w := n.w
	w.mu.Lock()
	defer w.mu.Unlock()
	wanted := n.newName
	if wanted == "" {
		wanted = n.name
	}
	n.newName = ""
	n.nameStatus = "DECLINED"
	if approve {
		n.name, n.nameStatus = wanted, "APPROVED"
	}
	w.announce(n.account, "phone_number_name_update", func(e *enc) {
		e.key("display_phone_number").str(n.Phone)
		if approve {
			e.key("decision").str("APPROVED")
		} else {
			e.key("decision").str("REJECTED")
		}
		e.key("requested_verified_name").str(wanted)
		e.key("rejection_reason")
		if approve {
			e.null()
		} else {
			e.str("NAME_FORMAT_UNACCEPTABLE")
		}
	}, nil)
}

// SetQuality changes the number's quality rating as read through the API; the
// platform sends no webhook for it.
func (n *Number) SetQuality(rating string) {
	n.w.mu.Lock()
	defer n.w.mu.Unlock()
	n.quality = rating
}

// emitThroughput announces more throughput. The webhook has no phone number id, which
// is a trap of the platform's.
func (w *World) emitThroughput(n *Number) {
	w.announce(n.account, "phone_number_quality_update", func(e *enc) {
		e.key("display_phone_number").str(n.Phone)
		e.key("event").str("THROUGHPUT_UPGRADE")
		e.key("max_daily_conversations_per_business").str(n.account.Portfolio.tier())
	}, nil)
}

// emitSecurity announces a change of the two-step PIN.
func (w *World) emitSecurity(n *Number, event string) {
	w.announce(n.account, "security", func(e *enc) {
		e.key("display_phone_number").str(n.Phone)
		e.key("event").str(event)
	}, nil)
}

// emitUsername announces the state of a business username, left out once it is deleted.
func (w *World) emitUsername(n *Number, status string) {
	w.announce(n.account, "business_username_updates", func(e *enc) {
		e.key("display_phone_number").str(n.Phone)
		e.opt("username", n.extra.username)
		e.key("status").str(status)
	}, nil)
}

// SetLimit changes the portfolio's messaging limit (negative = unlimited) and
// announces it to the subscribers of all its accounts.
func (p *Portfolio) SetLimit(limit int) {
	w := p.w
	w.mu.Lock()
	defer w.mu.Unlock()
	p.limit = limit
	for _, a := range w.accountsInOrder() {
		if a.Portfolio == p {
			w.announce(a, "business_capability_update", func(e *enc) {
				e.key("max_daily_conversations_per_business").str(p.tier())
				e.key("max_phone_numbers_per_business").num(int64(p.numberLimit()))
			}, nil)
		}
	}
}

// Review announces the policy review of the account: APPROVED, REJECTED, PENDING
// or DEFERRED.
func (a *Account) Review(decision string) {
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	a.reviewed = decision
	a.w.announce(a, "account_review_update", func(e *enc) { e.key("decision").str(decision) }, nil)
}
