package template

import (
	"net/url"
	"strings"
)

// buttonLimits says how many buttons of a kind a template may have. Where Meta
// does not say, more draw a warning.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/components
// (checked 2026-11-22).
var buttonLimits = map[ButtonKind]struct {
	max    int
	unsure bool
}{
	ButtonQuickReply:         {max: 10},
	ButtonURL:                {max: 2},
	ButtonPhoneNumber:        {max: 1},
	ButtonCopyCode:           {max: 1},
	ButtonFlow:               {max: 1, unsure: true},
	ButtonCatalog:            {max: 1},
	ButtonMultiProduct:       {max: 1},
	ButtonSingleProduct:      {max: 1},
	ButtonOrderDetails:       {max: 1},
	ButtonVoiceCall:          {max: 1},
	ButtonApp:                {max: 1, unsure: true},
	ButtonRequestContactInfo: {max: 1, unsure: true},
}

// buttons checks every list of buttons, those of cards included.
func (c *checker) buttons() {
	for _, p := range c.places {
		b, ok := p.Component.(*Buttons)
		if !ok {
			continue
		}
		path := p.path + ".buttons"
		if len(b.Buttons) == 0 {
			c.error(path, RuleButtonCount).measure(MaxButtons, 0)
		}
		if p.card < 0 { // cards have their own limits
			c.counts(path, b.Buttons)
		}
		c.group(path, b.Buttons)
		seen := make(map[string]bool)
		for i, button := range b.Buttons {
			at := indexed(path, i)
			if button == nil {
				c.error(at, RuleButtonUnknown)
				continue
			}
			if label := button.Label(); label != "" {
				if seen[label] {
					c.warn(at+".text", RuleLabelTwice)
				}
				seen[label] = true
			}
			c.button(at, button)
		}
	}
}

// counts checks how many buttons there are, and of which kinds.
func (c *checker) counts(path string, list []Button) {
	if len(list) > MaxButtons {
		c.error(path, RuleButtonCount).measure(MaxButtons, len(list))
	}
	// The first button beyond the limit of its kind is reported, once.
	count := make(map[ButtonKind]int)
	for i, b := range list {
		if b == nil {
			continue
		}
		k := b.Kind()
		limit, known := buttonLimits[k]
		if count[k]++; !known || count[k] != limit.max+1 {
			continue
		}
		// Where one is the usual number, but Meta does not say that more are
		// refused, the template may well pass.
		if limit.unsure {
			c.warn(indexed(path, i), RuleButtonCount).measure(limit.max, count[k]).kinds(string(k), "")
		} else if k != ButtonQuickReply { // more than 10 of them have been reported
			c.error(indexed(path, i), RuleButtonCount).measure(limit.max, count[k]).kinds(string(k), "")
		}
	}
	// These two stand no other button beside them.
	for i, b := range list {
		if b != nil && (b.Kind() == ButtonCatalog || b.Kind() == ButtonMultiProduct) && len(list) > 1 {
			c.error(indexed(path, i), RuleButtonAlone).kinds(string(b.Kind())+" alone", "")
			break
		}
	}
}

// group checks that quick replies stand together, at the beginning or the end.
func (c *checker) group(path string, list []Button) {
	// Going along the list, quick replies may begin or end once.
	changes, last := 0, false
	for i, b := range list {
		quick := b != nil && b.Kind() == ButtonQuickReply
		if i > 0 && quick != last {
			if changes++; changes == 2 {
				c.error(indexed(path, i), RuleButtonGroup)
			}
		}
		last = quick
	}
}

// button checks one button of any category but AUTHENTICATION.
func (c *checker) button(path string, button Button) {
	switch b := button.(type) {
	case *LabelButton:
		c.labelButton(path, b)
	case *URLButton:
		c.label(path+".text", b.Text)
		c.url(path, b)
		if len(b.AppDeepLink) > 0 && c.d.Category == Utility { // Marketing Messages API only
			c.error(path+".app_deep_link", RuleComponentCategory).kinds(string(Marketing), string(Utility))
		}
	case *AppButton:
		c.label(path+".text", b.Text)
		if len(b.AppDeepLink) == 0 {
			c.warn(path+".app_deep_link", RuleURL)
		}
	case *PhoneButton:
		c.label(path+".text", b.Text)
		if !phone(b.Number) {
			c.error(path+".phone_number", RulePhone).measure(MaxPhone, len(b.Number))
		}
	case *CodeButton:
		// Meta checks the sample only; the code of each message is checked by
		// Bind.
		if b.Example == "" {
			c.error(path+".example", RuleExampleMissing)
		} else if n := runes(b.Example); n > MaxCoupon {
			c.error(path+".example", RuleTextLength).measure(MaxCoupon, n).sub(subLength)
		}
	case *OTPButton:
		c.error(path, RuleButtonCategory).kinds(string(Authentication), string(c.d.Category))
	case *FlowButton:
		c.label(path+".text", b.Text)
		c.flow(path, b)
	default: // *UnknownButton
		c.warn(path, RuleButtonUnknown)
	}
}

// labelButton checks a button that is only a label. UTILITY has a list of the
// kinds it allows; those that sell are not on it.
func (c *checker) labelButton(path string, b *LabelButton) {
	switch b.Of {
	case ButtonCatalog, ButtonMultiProduct, ButtonSingleProduct:
		if c.d.Category == Utility {
			c.error(path, RuleButtonCategory).kinds(string(Marketing), string(Utility))
		}
	case ButtonRequestContactInfo:
		if b.Text != "" && b.Text != contactInfoLabel {
			c.error(path+".text", RuleLabelFixed)
		}
		return
	}
	c.label(path+".text", b.Text)
}

// contactInfoLabel is what the button says in every language.
const contactInfoLabel = "Share Contact Info"

// label checks the text on a button, at its path.
func (c *checker) label(path, s string) {
	c.length(path, s, MaxLabel, RuleTextMissing)
	c.plain(path, s, 0)
	c.noVariables(path, s)
	if emoji(s) > 0 {
		c.warn(path, RuleTextEmoji)
	}
}

// url checks the address of a URL button and its variable, which must not reach
// into scheme or host.
func (c *checker) url(path string, b *URLButton) {
	at := path + ".url"
	list := appendVariables(nil, b.URL)
	// What stands before the variable must be a URL by itself.
	base := b.URL
	switch {
	case len(list) > 1:
		c.error(at, RuleVariableCount).measure(1, len(list))
	case len(list) == 1 && list[0].end != len(b.URL):
		c.error(at, RuleVariableEdge).kinds("at the end", "")
	case len(list) == 1 && !digits(list[0].name):
		c.warn(at, RuleVariableMixed).kinds("{{1}}", "") // named ones are not documented here
	}
	if len(list) > 0 {
		base = b.URL[:list[0].start]
	}
	if u, err := url.Parse(base); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || len(list) > 0 && openHost(base) {
		c.error(at, RuleURL).kinds("http or https", "")
	}
	if n := runes(b.URL); n > MaxURL {
		c.error(at, RuleTextLength).measure(MaxURL, n).sub(subLength)
	}
	// The sample may be the suffix or the whole URL: either is taken.
	switch {
	case len(list) > 0 && len(b.Example) == 0:
		c.error(path+".example", RuleExampleMissing).measure(1, 0)
	case len(list) > 0 && len(b.Example) > 1:
		c.error(path+".example", RuleExampleCount).measure(1, len(b.Example))
	case len(list) == 0 && len(b.Example) > 0:
		c.warn(path+".example", RuleExampleIdle)
	}
}

// phone reports whether s is a number as Meta takes it.
func phone(s string) bool {
	number := strings.TrimPrefix(s, "+")
	return len(s) <= MaxPhone && digits(number)
}

// flow checks which Flow is opened. Whether it has been published only Meta knows.
func (c *checker) flow(path string, b *FlowButton) {
	// Named twice, Meta could not tell which one is meant.
	sources := 0
	for _, s := range []string{b.FlowID, b.FlowName, b.FlowJSON} {
		if s != "" {
			sources++
		}
	}
	if sources != 1 {
		c.error(path, RuleFlowSource).measure(1, sources)
	}
	switch strings.ToUpper(b.Action) {
	case "", "NAVIGATE", "DATA_EXCHANGE":
	default:
		c.error(path+".flow_action", RuleFlowField)
	}
	switch b.Icon {
	case "", "DOCUMENT", "PROMOTION", "REVIEW":
	default:
		c.error(path+".icon", RuleFlowField)
	}
}
