package channel

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/hooks"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/webhook"
)

// Severities of notices.
const (
	severityCritical = "CRITICAL"
	severityWarning  = "WARNING"
	severityInfo     = "INFORMATIONAL"
)

// noticeOf is what an item says that somebody should know of; ok is false if it says nothing.
func noticeOf(payload webhook.Payload) (n conversation.Notice, ok bool) {
	switch p := payload.(type) {
	case *webhook.AccountReview:
		n = conversation.Notice{Kind: "review", Event: p.Decision, Severity: severityInfo}
		if p.Decision == webhook.DecisionRejected {
			n.Severity = severityCritical
		}
	case *webhook.AccountAlert:
		n = conversation.Notice{Kind: "alert", Event: p.Type, Severity: cmp.Or(p.Severity, severityWarning), Text: joined(p.Description, p.EntityType, p.Status)}
	case *webhook.AccountUpdate:
		n = accountNotice(p)
	case *webhook.TemplateCategory:
		n = conversation.Notice{Kind: "template_category", Event: cmp.Or(p.Current, p.Correct), Severity: severityWarning}
		n.Text = fmt.Sprintf("%s/%s was %s", p.Template.Name, p.Template.Language, cmp.Or(p.Previous, "unknown"))
		if p.Correct != "" {
			n.Text = fmt.Sprintf("%s/%s is %s and becomes %s", p.Template.Name, p.Template.Language, p.Current, p.Correct)
			if !p.Due.IsZero() {
				n.Text += " on " + p.Due.UTC().Format(time.DateOnly)
			}
		}
	case *webhook.PaymentConfiguration:
		n = conversation.Notice{Kind: "payment", Event: p.Status, Severity: severityInfo, Text: joined(p.Name, p.Provider)}
		if p.Status != "Active" {
			n.Severity = severityWarning
		}
	case *webhook.SecurityEvent:
		n = conversation.Notice{Kind: "security", Event: p.Event, Severity: severityWarning}
	default:
		return n, false
	}
	n.Text = n.Text[:min(len(n.Text), 1000)]
	n.Text = strings.ToValidUTF8(n.Text, "")
	return n, true
}

// accountNotice words a change of the account.
func accountNotice(p *webhook.AccountUpdate) conversation.Notice {
	n := conversation.Notice{Kind: "account", Event: p.Event, Severity: severityInfo}
	var parts []string
	if v := p.Violation; v != nil {
		n.Severity = severityCritical
		parts = append(parts, v.Type, v.Remediation)
	}
	for _, r := range p.Restrictions {
		n.Severity = severityCritical
		parts = append(parts, r.Type, r.Remediation)
		if !r.Expires.IsZero() {
			parts = append(parts, "until "+r.Expires.UTC().Format(time.RFC3339))
		}
	}
	if b := p.Ban; b != nil {
		parts = append(parts, b.State, b.Date)
		if n.Severity = severityCritical; b.State == "REINSTATE" {
			n.Severity = severityInfo
		}
	}
	if d := p.Disconnection; d != nil {
		n.Severity = severityCritical
		parts = append(parts, d.Reason, d.InitiatedBy)
	}
	if c := p.Certification; c != nil {
		parts = append(parts, append([]string{c.Status}, c.Reasons...)...)
	}
	if a := p.AuthRates; a != nil && !a.Start.IsZero() {
		n.Severity = severityWarning
		parts = append(parts, "from "+a.Start.UTC().Format(time.DateOnly))
	}
	if v := p.VolumeTier; v != nil {
		parts = append(parts, v.Category, v.Tier, v.Region, v.Month)
	}
	parts = append(parts, p.Country)
	switch p.Event {
	case "ACCOUNT_DELETED", "PARTNER_REMOVED", "DISABLED_UPDATE", "ACCOUNT_OFFBOARDED":
		if p.Ban == nil {
			n.Severity = severityCritical
		}
	}
	n.Text = joined(parts...)
	return n
}

func joined(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", ")
}

// keepNotices is how many notices of a channel are kept.
const keepNotices = 20

// notifyAccount tells the channels of the account that the event is about.
func (u *unit) notifyAccount(ev *webhook.Event, id string) error {
	if _, ok := noticeOf(ev.Payload); !ok {
		return nil
	}
	homes, err := u.homes()
	if err != nil {
		return err
	}
	var concerned []string
	for _, p := range homes {
		if p.Account != "" && p.Account == ev.Account {
			concerned = append(concerned, p.ID)
		}
	}
	return u.notify(ev, id, concerned...)
}

// notify tells the channels what WhatsApp said: in Health, to the hook and to the host, once.
func (u *unit) notify(ev *webhook.Event, id string, channels ...string) error {
	n, ok := noticeOf(ev.Payload)
	if !ok {
		return nil
	}
	n.At = u.at(ev)
	for _, ch := range channels {
		var known notices
		if _, err := u.Load(kindNotice, ch, &known); err != nil {
			return err
		}
		if slices.Contains(known.Latest, n) {
			continue // WhatsApp said it before
		}
		latest := append(slices.Clone(known.Latest), n)
		slices.SortStableFunc(latest, func(a, b conversation.Notice) int {
			return cmp.Or(b.At.Compare(a.At), strings.Compare(a.Event+a.Text, b.Event+b.Text))
		})
		if err := u.Save(kindNotice, ch, "", 0, notices{latest[:min(len(latest), keepNotices)]}); err != nil {
			return err
		}
		err := u.tellHost(ch, "notice|"+id+"|"+ch, hostItem{Kind: conversation.AccountNotice, At: n.At, Reason: n.Kind + ": " + n.Event, Cause: conversation.Cause(n.Kind), Notice: &n})
		if err != nil {
			return err
		}
		if hook := u.core.hooks.Notice; hook != nil {
			ctx := u.ctx
			u.After(func() { hook(ctx, hooks.NoticeInfo{Notice: n, Channel: ch}) })
		}
	}
	return nil
}

// storedNotices reads the latest notices of channels.
func (it *intake) storedNotices(ctx context.Context, channels []string) (map[string][]conversation.Notice, error) {
	records, err := it.store.Get(ctx, kindNotice, channels...)
	if err != nil {
		return nil, err
	}
	all := map[string][]conversation.Notice{}
	for _, r := range records {
		n, err := step.Decode[notices](r)
		if err != nil {
			return nil, err
		}
		all[r.Key] = n.Latest
	}
	return all, nil
}
