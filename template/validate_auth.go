package template

import "strings"

// authentication checks a template for one-time codes, which has rules of its
// own: Meta writes the texts.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/authentication-templates/authentication-templates
// (checked 2026-11-22).
func (c *checker) authentication() {
	if c.readBack() {
		return // the texts are Meta's too
	}
	// The body may be empty, but it has to be there, which structure checks.
	hasButtons := false
	for _, p := range c.places {
		switch t := p.Component.(type) {
		case *Body:
			if t.Text != "" {
				c.error(p.path+".text", RuleComponentField).sub(subBodyFormat)
			}
		case *Footer:
			if t.Text != "" {
				c.error(p.path+".text", RuleComponentField).sub(subFooterFormat)
			}
			if t.ExpirationMinutes < 1 || t.ExpirationMinutes > maxExpiration {
				c.error(p.path+".code_expiration_minutes", RuleExpiration).measure(maxExpiration, int(t.ExpirationMinutes))
			}
		case *Buttons:
			hasButtons = true
			c.authButtons(p.path+".buttons", t.Buttons)
		case nil, *UnknownComponent: // reported already
		default:
			c.error(p.path, RuleComponentCategory).kinds("BODY, FOOTER or BUTTONS", string(p.Type()))
		}
	}
	if !hasButtons {
		c.error("components", RuleComponentMissing).kinds(string(TypeButtons), "")
	}
}

// maxExpiration is the longest validity of a code that Meta prints, in minutes.
const maxExpiration = 90

// readBack reports a button in the form in which Meta returns it.
func (c *checker) readBack() bool {
	for _, p := range c.places {
		b, ok := p.Component.(*Buttons)
		if !ok {
			continue
		}
		for i, button := range b.Buttons {
			if otp, ok := button.(*OTPButton); ok && otp.ReadBack != nil {
				c.error(indexed(p.path+".buttons", i), RuleReadBack).kinds(string(ButtonOTP), string(ButtonURL))
				return true
			}
		}
	}
	return false
}

// authButtons checks that there is one OTP button and nothing else.
func (c *checker) authButtons(path string, list []Button) {
	if len(list) != 1 {
		c.error(path, RuleButtonCount).measure(1, len(list))
	}
	for i, button := range list {
		at := indexed(path, i)
		otp, ok := button.(*OTPButton)
		if !ok {
			got := ""
			if button != nil {
				got = string(button.Kind())
			}
			c.error(at, RuleButtonCategory).kinds(string(ButtonOTP), got)
			continue
		}
		c.otp(at, otp)
	}
}

// maxApps is how many apps may receive a code.
const maxApps = 5

// otp checks how the code reaches the app that asked for it. Only an app that is
// named by package and signature may be handed the code.
func (c *checker) otp(path string, b *OTPButton) {
	if b.Text != "" {
		c.label(path+".text", b.Text)
	}
	if b.AutofillText != "" {
		c.label(path+".autofill_text", b.AutofillText)
	}
	// The more the phone does by itself, the more has to be stated.
	switch b.Delivery {
	case OTPCopyCode:
		if b.AutofillText != "" {
			c.error(path+".autofill_text", RuleComponentField)
		}
		return
	case OTPOneTap:
	case OTPZeroTap:
		if b.ZeroTapTermsAgree == nil || !*b.ZeroTapTermsAgree {
			c.error(path+".zero_tap_terms_accepted", RuleOTPTerms)
		}
	default:
		c.error(path+".otp_type", RuleOTPType)
		return
	}
	if n := len(b.SupportedApps); n < 1 || n > maxApps {
		c.error(path+".supported_apps", RuleOTPApps).measure(maxApps, n)
	}
	for i, a := range b.SupportedApps {
		at := indexed(path+".supported_apps", i)
		if !packageName(a.PackageName) {
			c.error(at+".package_name", RuleOTPApp).measure(maxPackage, len(a.PackageName))
		}
		if !signatureHash(a.SignatureHash) {
			c.error(at+".signature_hash", RuleOTPApp).measure(hashLength, len(a.SignatureHash))
		}
	}
}

// Limits of an Android app's identity.
const (
	maxPackage = 224
	hashLength = 11
)

// packageName reports whether s is an Android application id: two or more
// dotted segments of letters, digits and underscores, each beginning with a
// letter.
func packageName(s string) bool {
	// These are the rules of Android, which Meta applies.
	segments := strings.Split(s, ".")
	for _, seg := range segments {
		if seg == "" || !letter(seg[0]) {
			return false
		}
		for i := range len(seg) {
			if !nameByte(seg[i]) {
				return false
			}
		}
	}
	return len(segments) >= 2 && len(s) <= maxPackage
}

// signatureHash reports whether s has the form of an app's signature hash.
func signatureHash(s string) bool {
	for i := range len(s) {
		if b := s[i]; (!nameByte(b) || b == '_') && b != '+' && b != '/' && b != '=' {
			return false
		}
	}
	return len(s) == hashLength
}
