package message

import (
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

// Validate checks every documented limit and reports all broken ones at once as
// an [*InvalidError], or nil. It cannot see what only Meta knows: whether the
// window is open, the file exists, the template is approved.
func (o *Outbound) Validate() error {
	var broken []Problem
	for _, p := range o.Problems() {
		if p.Severity == SeverityError {
			broken = append(broken, p)
		}
	}
	if len(broken) == 0 {
		return nil
	}
	return &InvalidError{Problems: broken}
}

// Problems is like [Outbound.Validate] but lists warnings too: forms that Meta
// takes today and that may be refused or disappoint.
func (o *Outbound) Problems() []Problem {
	c := &checker{out: o}
	c.recipient()
	c.envelope()
	if missing(o.Content) {
		c.broken("type", RuleRequired)
		return c.problems
	}
	c.check(o.Content)
	return c.problems
}

// checker collects problems. Its methods add none for what is right.
type checker struct {
	out      *Outbound
	problems []Problem
}

func (c *checker) add(p Problem) { c.problems = append(c.problems, p) }

func (c *checker) broken(path string, rule Rule) {
	c.add(Problem{Path: path, Rule: rule, Severity: SeverityError})
}

func (c *checker) doubt(path string, rule Rule) {
	c.add(Problem{Path: path, Rule: rule, Severity: SeverityWarning})
}

// atMost checks the length of a text. Meta does not say what it counts: code
// points decide, and UTF-16 units, in which an emoji counts twice, only warn.
func (c *checker) atMost(path, s string, limit int) {
	if len(s) <= limit {
		return // no count can exceed the bytes
	}
	if n := utf8.RuneCountInString(s); n > limit {
		c.add(Problem{Path: path, Rule: RuleTooLong, Severity: SeverityError, Limit: limit, Actual: n})
		return
	}
	units := 0
	for _, r := range s {
		units += utf16.RuneLen(r)
	}
	if units > limit {
		c.add(Problem{Path: path, Rule: RuleTooLong, Severity: SeverityWarning, Limit: limit, Actual: units})
	}
}

// text checks a required text.
func (c *checker) text(path, s string, limit int) {
	if strings.TrimSpace(s) == "" {
		c.broken(path, RuleRequired)
		return
	}
	c.atMost(path, s, limit)
}

// need checks that something without a limit of its own is there.
func (c *checker) need(path, s string) bool {
	if s == "" {
		c.broken(path, RuleRequired)
		return false
	}
	return true
}

// count checks a number of elements.
func (c *checker) count(path string, n, least, most int) {
	switch {
	case n < least && n == 0:
		c.broken(path, RuleRequired)
	case n < least:
		c.add(Problem{Path: path, Rule: RuleTooFew, Severity: SeverityError, Limit: least, Actual: n})
	case n > most:
		c.add(Problem{Path: path, Rule: RuleTooMany, Severity: SeverityError, Limit: most, Actual: n})
	}
}

// unique checks that no string of a list occurs twice, and reports the later.
func (c *checker) unique(path func(int) string, n int, at func(int) string) {
	seen := make(map[string]struct{}, n)
	for i := range n {
		s := at(i)
		if s == "" {
			continue
		}
		if _, ok := seen[s]; ok {
			c.broken(path(i), RuleDuplicate)
		}
		seen[s] = struct{}{}
	}
}

// link checks an absolute http(s) address.
func (c *checker) link(path, s string) {
	if !c.need(path, s) {
		return
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		c.broken(path, RuleFormat)
	}
}

// object checks raw JSON that has to be a non-empty object.
func (c *checker) object(path string, raw json.RawMessage) {
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) != nil || len(members) == 0 {
		c.broken(path, RuleFormat)
	}
}

// Validate says whether the recipient can be one: an [*InvalidError], which names neither
// number nor ID, or nil.
func (r Recipient) Validate() error {
	c := &checker{out: &Outbound{To: r}}
	if c.recipient(); len(c.problems) > 0 {
		return &InvalidError{Problems: c.problems}
	}
	return nil
}

func (c *checker) recipient() {
	to := c.out.To
	switch {
	case to.IsZero():
		c.broken("to", RuleRequired)
	case to.Group != "" && (to.Phone != "" || to.BSUID != ""):
		c.broken("to", RuleExclusive)
	}
	if to.Phone != "" && !e164(to.Phone) {
		c.broken("to", RuleFormat)
	}
	if to.BSUID != "" && !bsuid(to.BSUID) {
		c.broken("recipient", RuleFormat)
	}
}

// e164 reports whether s is an international number: an optional plus, then 6 to
// 15 digits that do not start with 0.
func e164(s string) bool {
	s = strings.TrimPrefix(s, "+")
	return len(s) >= 6 && len(s) <= 15 && s[0] != '0' && allDigits(s)
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// bsuid reports whether s has the form of a business-scoped user id: two letters
// of a country, a dot, and up to 128 letters and digits; a parent id has "ENT."
// between.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids
// (checked May 2026)
func bsuid(s string) bool {
	country, id, ok := strings.Cut(s, ".")
	if !ok || len(country) != 2 || !alphanumeric(country) {
		return false
	}
	id = strings.TrimPrefix(id, "ENT.")
	return id != "" && len(id) <= 128 && alphanumeric(id)
}

func alphanumeric(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}

func (c *checker) envelope() {
	o := c.out
	c.atMost("biz_opaque_callback_data", o.OpaqueID, MaxOpaqueID)
	if o.MessagingAccount != "" && !allDigits(o.MessagingAccount) {
		c.broken("messaging_account_id", RuleFormat)
	}
	kind := KindUnknown
	if !missing(o.Content) {
		kind = o.Content.Kind()
	}
	if o.ReplyTo != "" && kind == KindReaction {
		c.broken("context.message_id", RuleForbidden)
	}
	if o.To.Group != "" && kind.Interactive() {
		c.broken("type", RuleForbidden)
	}
	if o.To.Group == "" && kind == KindPin {
		c.broken("recipient_type", RuleForbidden)
	}
	if o.Marketing != nil && kind != KindTemplate {
		c.broken("product_policy", RuleForbidden)
	}
	c.directSend(kind)
}

// directSend checks what only messages with a category may carry.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/direct-send/supported-message-types
// (checked 2026-11-22)
func (c *checker) directSend(kind Kind) {
	o := c.out
	longest := MaxTTLUtility
	switch o.Category {
	case "":
		if o.TTL != 0 {
			c.broken("ttl_seconds", RuleForbidden)
		}
		if o.TemplateName != "" {
			c.broken("direct_send_config.template_name", RuleForbidden)
		}
		return
	case Utility:
		if kind != KindText && kind != KindButtons && kind != KindCTAURL && kind != KindVoiceCall && kind != KindUnknown {
			c.broken("category", RuleForbidden)
		}
		if o.TemplateName != "" && !templateName(o.TemplateName) {
			c.broken("direct_send_config.template_name", RuleFormat)
		}
	case Authentication:
		longest = MaxTTLAuthentication
		if kind != KindText && kind != KindUnknown {
			c.broken("category", RuleForbidden)
		}
		if o.TemplateName != "" {
			c.broken("direct_send_config.template_name", RuleForbidden)
		}
		if o.To.Phone == "" {
			c.broken("to", RuleRequired)
		}
	default:
		c.broken("category", RuleFormat)
	}
	if o.To.Group != "" {
		c.broken("recipient_type", RuleForbidden)
	}
	if o.TTL != 0 && (o.TTL < MinTTL || o.TTL > longest || o.TTL%time.Second != 0) {
		c.broken("ttl_seconds", RuleRange)
	}
	if t, ok := o.Content.(*Text); ok && t != nil {
		c.atMost("text.body", t.Body, MaxBody)
		if t.PreviewURL {
			c.doubt("text.preview_url", RuleUseless)
		}
	}
}

// templateName reports whether s can name a template.
func templateName(s string) bool {
	if len(s) > 512 {
		return false
	}
	for i := range len(s) {
		if b := s[i]; (b < 'a' || b > 'z') && (b < '0' || b > '9') && b != '_' {
			return false
		}
	}
	return s != ""
}

// index writes path[i].
func index(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }
