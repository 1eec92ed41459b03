package template

import (
	"encoding/json"
	"net/url"
	"strings"
)

// decodeComponent reads one component. What has no known type, and what is no
// object, becomes an UnknownComponent. inCard says that it is part of a card:
// there are no cards within cards, and reading them would take time with the
// square of their depth.
func decodeComponent(raw json.RawMessage, inCard bool) Component {
	o, err := parseObject(raw)
	if err != nil {
		return &UnknownComponent{Raw: compact(raw)}
	}
	var kind ComponentType
	takeEnum(o, "type", &kind)
	switch kind {
	case TypeHeader:
		return decodeHeader(o)
	case TypeBody:
		return decodeBody(o)
	case TypeFooter:
		var f Footer
		take(o, "text", &f.Text)
		takeInt(o, "code_expiration_minutes", &f.ExpirationMinutes)
		f.Extra = o.rest()
		return &f
	case TypeButtons:
		// Button by button, so that one that cannot be read keeps its place:
		// messages refer to buttons by index.
		var raws []json.RawMessage
		var b Buttons
		take(o, "buttons", &raws)
		for _, raw := range raws {
			b.Buttons = append(b.Buttons, decodeButton(raw))
		}
		b.Extra = o.rest()
		return &b
	case TypeCarousel:
		if inCard {
			break
		}
		var c Carousel
		takeList(o, "cards", func(o object) {
			card := Card{Components: takeComponents(o, "components", true)}
			card.Extra = o.rest()
			c.Cards = append(c.Cards, card)
		})
		c.Extra = o.rest()
		return &c
	case TypeLimitedTimeOffer:
		// An object within an object of the same name, either of which may
		// hold more than is known.
		var l LimitedTimeOffer
		takeObject(o, "limited_time_offer", func(o object) {
			take(o, "text", &l.Text)
			take(o, "has_expiration", &l.HasExpiration)
			l.InnerExtra = o.rest()
		})
		l.Extra = o.rest()
		return &l
	case TypeCallPermissionRequest:
		return &CallPermissionRequest{Extra: o.rest()}
	}
	return &UnknownComponent{Name: kind, Raw: compact(raw)}
}

// decodeHeader reads the header of a template or a card.
func decodeHeader(o object) *Header {
	var h Header
	takeEnum(o, "format", &h.Format)
	take(o, "text", &h.Text)
	takeObject(o, "example", func(o object) {
		takeStrings(o, "header_text", &h.Example.Text)
		h.Example.Named = takeNamed(o, "header_text_named_params")
		takeStrings(o, "header_handle", &h.Example.Handle)
		h.Example.Extra = o.rest()
	})
	h.Extra = o.rest()
	return &h
}

// decodeBody reads the body of a template or a card.
func decodeBody(o object) *Body {
	var b Body
	take(o, "text", &b.Text)
	take(o, "add_security_recommendation", &b.AddSecurityRecommendation)
	takeObject(o, "example", func(o object) {
		b.Example.Positional = takeBodyText(o)
		b.Example.Named = takeNamed(o, "body_text_named_params")
		b.Example.Extra = o.rest()
	})
	b.Extra = o.rest()
	return &b
}

// takeBodyText reads [["a","b"]] and the bare "a" that Meta tolerates for one
// variable. A flat ["a","b"], a frequent mistake, stays in the Extra.
func takeBodyText(o object) []string {
	raw := o["body_text"]
	var nested [][]string
	switch take(o, "body_text", &nested); {
	case len(nested) == 1 && len(nested[0]) > 0:
		return nested[0]
	case len(nested) > 1: // one row too many: for Validate to say
		o["body_text"] = raw
		return nil
	}
	var bare string
	if take(o, "body_text", &bare); bare != "" {
		return []string{bare}
	}
	return nil
}

// takeNamed reads the samples of named variables.
func takeNamed(o object, key string) (list []NamedExample) {
	takeList(o, key, func(o object) {
		var e NamedExample
		take(o, "param_name", &e.Name)
		take(o, "example", &e.Example)
		e.Extra = o.rest()
		list = append(list, e)
	})
	return list
}

// recogniseOTP turns the URL button as which Meta returns the button of an
// authentication template back into an OTP button. The URL button is kept inside
// it, so that writing the definition gives what was read.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/authentication-templates/authentication-templates
// (checked 2026-11-22).
func recogniseOTP(list []Component) {
	b := first[*Buttons](list)
	if b == nil {
		return
	}
	for i, button := range b.Buttons {
		u, ok := button.(*URLButton)
		if !ok {
			continue
		}
		otp := &OTPButton{ReadBack: u}
		// The link is not meant for parsing, so a missing type is no error.
		if _, query, ok := strings.Cut(u.URL, "?"); ok {
			if q, err := url.ParseQuery(query); err == nil {
				otp.Delivery = OTPType(strings.ToUpper(q.Get("otp_type")))
			}
		}
		b.Buttons[i] = otp
	}
}
