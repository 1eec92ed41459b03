package template

import "encoding/json"

// InputKind is a kind of thing that a template wants to be given.
type InputKind string

// The kinds of input. The comment says where it goes in Values and, unless it is
// taken as it stands, how [Definition.Fill] wants it written.
const (
	InputText         InputKind = "text"          // Header.Text, Body
	InputImage        InputKind = "image"         // Header.Media, and so the next three: a link, or the id of an uploaded file
	InputVideo        InputKind = "video"         //
	InputGIF          InputKind = "gif"           //
	InputDocument     InputKind = "document"      //
	InputFilename     InputKind = "filename"      // Header.Media.Filename
	InputLocation     InputKind = "location"      // Header.Location: JSON
	InputProduct      InputKind = "product"       // Header.Product: JSON
	InputCode         InputKind = "one_time_code" // Body
	InputSuffix       InputKind = "url_suffix"    // Buttons.Suffix
	InputPayload      InputKind = "payload"       // Buttons.Payload
	InputCoupon       InputKind = "coupon"        // Buttons.Coupon
	InputFlowToken    InputKind = "flow_token"    // Buttons.FlowToken
	InputThumbnail    InputKind = "thumbnail"     // Buttons.Thumbnail
	InputSections     InputKind = "sections"      // Buttons.Sections: JSON
	InputOrderDetails InputKind = "order_details" // Buttons.OrderDetails: JSON
	InputOfferEnd     InputKind = "offer_end"     // OfferEnds: RFC 3339
	InputOrderStatus  InputKind = "order_status"  // OrderStatus: JSON
)

// inputKinds are all of them.
var inputKinds = map[InputKind]bool{
	InputText:         true,
	InputImage:        true,
	InputVideo:        true,
	InputGIF:          true,
	InputDocument:     true,
	InputFilename:     true,
	InputLocation:     true,
	InputProduct:      true,
	InputCode:         true,
	InputSuffix:       true,
	InputPayload:      true,
	InputCoupon:       true,
	InputFlowToken:    true,
	InputThumbnail:    true,
	InputSections:     true,
	InputOrderDetails: true,
	InputOfferEnd:     true,
	InputOrderStatus:  true,
}

// Input is one thing that a message of a template is filled with: a field of the
// form that an agent sees after picking the template.
type Input struct {
	// Path is the place as the problems of Bind name it: "header" for a file,
	// place or product, "header[0]" for the value of its text, "body[0]",
	// "buttons[1]", "cards[0].body[1]", "offer_ends", "order_status". A place
	// that takes several things has an input for each: see Key.
	Path     string    `json:"path"`
	Kind     InputKind `json:"kind"`
	Name     string    `json:"name,omitempty"`    // of a named variable
	Label    string    `json:"label,omitempty"`   // of the button
	Example  string    `json:"example,omitempty"` // the sample value in the definition; empty if there is none
	Required bool      `json:"required"`
	Max      int       `json:"max,omitempty"` // characters this value may have; 0 where only the whole text has a limit
}

// Key names the input within its template, for a field of a form: the path and
// the kind.
func (in Input) Key() string { return in.Path + "." + string(in.Kind) }

// MarshalJSON adds the key, so that a form in a browser has it.
func (in Input) MarshalJSON() ([]byte, error) {
	type plain Input // without this method
	return json.Marshal(struct {
		Key string `json:"key"`
		plain
	}{in.Key(), plain(in)})
}

// Inputs lists what Values for d hold, in the order of the template; [Definition.Fill]
// is the way back. A template that needs nothing gives nil. Of product cards,
// whose number is free from 2 to MaxCards, those of the definition are listed.
// Left out is what an agent does not decide: the first screen's data of a Flow,
// how long a call button works, and tap targets.
func (d *Definition) Inputs() []Input {
	places := d.inputs()
	if len(places) == 0 {
		return nil
	}
	list := make([]Input, len(places))
	for i := range places {
		list[i] = places[i].Input
	}
	return list
}

// inputPlace is an input and where in Values it belongs.
type inputPlace struct {
	Input
	card   int  // -1 outside of a carousel
	button int  // index of the button, if it is one
	header bool // tells a header's text from a body's
}

// inputs goes through the template.
func (d *Definition) inputs() []inputPlace {
	l := inputLister{names: d.UsesNames(), card: -1}
	l.header("header", d.Header())
	if o := d.Offer(); o != nil && o.HasExpiration != nil && *o.HasExpiration {
		l.add(Input{Path: "offer_ends", Kind: InputOfferEnd, Required: true})
	}
	if d.Category == Authentication {
		l.add(Input{Path: "body[0]", Kind: InputCode, Required: true, Max: MaxCode})
	} else {
		l.body("body", d.Body())
	}
	l.buttons("buttons", d.Buttons())
	if c := d.Carousel(); c != nil {
		for i := range c.Cards {
			path, card := indexed("cards", i), &c.Cards[i]
			l.card = i
			l.header(path+".header", card.Header())
			l.body(path+".body", card.Body())
			l.buttons(path+".buttons", card.Buttons())
		}
	}
	if d.orderStatusTemplate() {
		l.card = -1
		l.add(Input{Path: "order_status", Kind: InputOrderStatus, Required: true})
	}
	return l.list
}

// inputLister collects the list while the components are gone through.
type inputLister struct {
	names bool
	card  int // being gone through, -1 outside of a carousel
	list  []inputPlace
}

// add returns what it added, for what only some inputs have.
func (l *inputLister) add(in Input) *inputPlace {
	l.list = append(l.list, inputPlace{Input: in, card: l.card})
	return &l.list[len(l.list)-1]
}

// header lists the one thing a header wants; nothing for a fixed text.
func (l *inputLister) header(path string, h *Header) {
	from := len(l.list)
	switch {
	case h == nil:
	case h.Format == HeaderText:
		l.text(path, h.Text, h.Example.Text, h.Example.Named)
	case h.Format == HeaderLocation:
		l.add(Input{Path: path, Kind: InputLocation, Required: true})
	case h.Format == HeaderProduct:
		l.add(Input{Path: path, Kind: InputProduct, Required: true})
	case h.Format.media() != "":
		l.add(Input{Path: path, Kind: InputKind(h.Format.media()), Required: true})
		if h.Format == HeaderDocument {
			l.add(Input{Path: path, Kind: InputFilename})
		}
	}
	for i := range l.list[from:] {
		l.list[from+i].header = true
	}
}

func (l *inputLister) body(path string, b *Body) {
	if b != nil {
		l.text(path, b.Text, b.Example.Positional, b.Example.Named)
	}
}

// text lists the variables of a text: numbered ones by number, named ones by
// first appearance.
func (l *inputLister) text(path, text string, numbered []string, named []NamedExample) {
	n := 0
	var seen []variable
	for _, v := range appendVariables(nil, text) {
		if !l.names {
			n = min(max(n, position(v.name)+1), maxVariables)
			continue
		}
		if len(seen) == maxVariables || hasVariable(seen, v.name) {
			continue
		}
		in := Input{Path: indexed(path, len(seen)), Kind: InputText, Name: v.name, Required: true}
		for _, e := range named {
			if e.Name == v.name {
				in.Example = e.Example
			}
		}
		seen = append(seen, v)
		l.add(in)
	}
	for i := range n {
		in := Input{Path: indexed(path, i), Kind: InputText, Required: true}
		if i < len(numbered) {
			in.Example = numbered[i]
		}
		l.add(in)
	}
}

// buttons lists what buttons want. A one-time code is asked for once, with the
// body.
func (l *inputLister) buttons(path string, list []Button) {
	for i, b := range list {
		if b == nil {
			continue
		}
		in := Input{Path: indexed(path, i), Label: b.Label(), Required: true}
		switch b := b.(type) {
		case *URLButton:
			v, ok := nextVariable(b.URL, 0)
			if !ok {
				continue
			}
			in.Kind, in.Max = InputSuffix, MaxURL-(len(b.URL)-(v.end-v.start))
			if len(b.Example) > 0 {
				in.Example = b.Example[0]
			}
		case *CodeButton:
			in.Kind, in.Max, in.Example = InputCoupon, MaxCoupon, b.Example
		case *FlowButton:
			in.Kind = InputFlowToken
		case *LabelButton:
			if !in.label(b.Of) {
				continue
			}
		default: // phone numbers, one-time codes and the unknown take nothing
			continue
		}
		l.add(in).button = i
		if b.Kind() == ButtonMultiProduct {
			in.Kind = InputSections
			l.add(in).button = i
		}
	}
}

// label completes the input of a button that is only a label, false if it takes
// nothing.
func (in *Input) label(k ButtonKind) bool {
	switch k {
	case ButtonQuickReply:
		in.Kind, in.Required, in.Max = InputPayload, false, maxPayload
	case ButtonVoiceCall:
		in.Kind, in.Required, in.Max = InputPayload, false, maxCallPayload
	case ButtonCatalog:
		in.Kind, in.Required = InputThumbnail, false
	case ButtonMultiProduct:
		in.Kind = InputThumbnail
	case ButtonOrderDetails:
		in.Kind = InputOrderDetails
	default:
		return false
	}
	return true
}
