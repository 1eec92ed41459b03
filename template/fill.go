package template

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"
)

// Fill lays out what a form of [Definition.Inputs] was filled in with. answer
// returns the text entered for an input, "" for nothing; it is asked once for
// each. Texts go into the values as they are. What is more than a text is
// written as the kind of input says: moments in RFC 3339, and places, products
// and orders as the JSON of their types here.
//
// The error is a [*BindError] that names the answers which could not be read.
// Whether the values fit is for Bind to say: what was left empty is missing there.
func (d *Definition) Fill(answer func(Input) string) (Values, error) {
	places := d.inputs()
	// A card and what stands outside of all cards take the same things.
	var main CardValues
	var cards []CardValues
	if c := d.Carousel(); c != nil {
		cards = make([]CardValues, len(c.Cards))
	}
	var v Values
	var ps Problems
	for i := range places {
		in := &places[i]
		c := &main
		if in.card >= 0 {
			c = &cards[in.card]
		}
		if want := in.fill(&v, c, answer(in.Input)); want != "" {
			p := refusal(in.Path, RuleValueEncoding, CodeInvalidParameter)
			p.Want = want
			ps = append(ps, p)
		}
	}
	v.Header, v.Body, v.Buttons, v.Cards = main.Header, main.Body, main.Buttons, cards
	return v, bindError(d, ps)
}

// FillAnswers is [Definition.Fill] with answers by [Input.Key], as a form posts them. An answer
// to something that the template does not ask for is a problem too (RuleAnswer): it is a
// misspelt key, or the template was changed meanwhile.
func (d *Definition) FillAnswers(answers map[string]string) (Values, error) {
	asked := make(map[string]bool, len(answers))
	v, err := d.Fill(func(in Input) string {
		asked[in.Key()] = true
		return answers[in.Key()]
	})
	var ps Problems
	if refused, ok := errors.AsType[*BindError](err); ok {
		ps = refused.Problems
	}
	for _, key := range slices.Sorted(maps.Keys(answers)) {
		if !asked[key] {
			ps = append(ps, refusal(keyPath(key), RuleAnswer, CodeInvalidParameter))
		}
	}
	return v, bindError(d, ps)
}

// keyPath is a key as a path if it looks like one: anything may come out of a browser, and a
// problem quotes no text.
func keyPath(key string) string {
	strange := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '_' && r != '.' && r != '[' && r != ']'
	}
	kind := key[strings.LastIndexByte(key, '.')+1:]
	if len(key) > 64 || strings.ContainsFunc(key, strange) || !inputKinds[InputKind(kind)] {
		return ""
	}
	return key
}

// fill puts an answer into its place: in c, or in v if it concerns the whole
// message. It returns what was wanted, in words, if the answer cannot be read.
func (in *inputPlace) fill(v *Values, c *CardValues, answer string) (want string) {
	switch {
	case in.Kind == InputText && in.header:
		if answer != "" {
			c.Header.Text = NamedText(in.Name, answer)
		}
		return ""
	case in.Kind == InputText, in.Kind == InputCode:
		c.Body = append(c.Body, NamedText(in.Name, answer)) // a blank keeps its place
		return ""
	case answer == "":
		return ""
	}
	switch in.Kind {
	case InputImage, InputVideo, InputGIF, InputDocument:
		m := c.Header.media()
		m.Kind = MediaKind(in.Kind)
		if strings.Contains(answer, "://") {
			m.Link = answer
		} else {
			m.ID = answer
		}
	case InputFilename:
		c.Header.media().Filename = answer
	case InputLocation:
		c.Header.Location = new(Location)
		return readAnswer(answer, c.Header.Location, "latitude", "longitude")
	case InputProduct:
		c.Header.Product = new(Product)
		return readAnswer(answer, c.Header.Product)
	case InputOfferEnd:
		at, err := time.Parse(time.RFC3339, answer)
		if err != nil {
			return "RFC 3339"
		}
		v.OfferEnds = at
	case InputOrderStatus:
		v.OrderStatus = new(OrderStatus)
		return readAnswer(answer, v.OrderStatus)
	default:
		return in.fillButton(c.button(in.button), answer)
	}
	return ""
}

// fillButton puts an answer into the value of a button.
func (in *inputPlace) fillButton(b *ButtonValue, answer string) (want string) {
	switch in.Kind {
	case InputSuffix:
		b.Suffix = answer
	case InputPayload:
		b.Payload = answer
	case InputCoupon:
		b.Coupon = answer
	case InputFlowToken:
		b.FlowToken = answer
	case InputThumbnail:
		b.Thumbnail = answer
	case InputOrderDetails:
		b.OrderDetails = json.RawMessage(answer)
	case InputSections:
		return readAnswer(answer, &b.Sections)
	}
	return ""
}

// media returns the file, which is made if there is none yet.
func (v *HeaderValue) media() *Media {
	if v.Media == nil {
		v.Media = new(Media)
	}
	return v.Media
}

// button returns the value of button i, which is made if there is none yet.
func (c *CardValues) button(i int) *ButtonValue {
	at := slices.IndexFunc(c.Buttons, func(b ButtonValue) bool { return b.Index == i })
	if at < 0 {
		at = len(c.Buttons)
		c.Buttons = append(c.Buttons, ButtonValue{Index: i})
	}
	return &c.Buttons[at]
}

// readAnswer reads JSON into dst and returns "JSON" if it is none, or not of that
// shape: a misspelt member must not get lost, and a member that is needed not
// count as zero.
func readAnswer(answer string, dst any, needed ...string) (want string) {
	const kind = "JSON"
	raw := []byte(answer)
	dec := json.NewDecoder(strings.NewReader(answer))
	dec.DisallowUnknownFields()
	if !json.Valid(raw) || dec.Decode(dst) != nil {
		return kind
	}
	o, _ := parseObject(raw)
	for _, key := range needed {
		if _, ok := o[key]; !ok {
			return kind
		}
	}
	return ""
}
