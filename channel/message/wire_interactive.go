package message

import (
	"encoding/json"
	"time"
)

type wireInteractive struct {
	Type   string      `json:"type"`
	Header *wireHeader `json:"header,omitempty"`
	Body   *wireText   `json:"body,omitempty"`
	Footer *wireText   `json:"footer,omitempty"`
	Action wireAction  `json:"action"`
}

type wireText struct {
	Text string `json:"text"`
}

type wireHeader struct {
	Type     string    `json:"type"`
	Text     string    `json:"text,omitempty"`
	Image    *Image    `json:"image,omitempty"`
	Video    *Video    `json:"video,omitempty"`
	Document *Document `json:"document,omitempty"`
}

type wireAction struct {
	Name       string          `json:"name,omitempty"`
	Button     string          `json:"button,omitempty"`
	Buttons    []wireButton    `json:"buttons,omitempty"`
	Sections   []wireSection   `json:"sections,omitempty"`
	Cards      []wireCard      `json:"cards,omitempty"`
	CatalogID  string          `json:"catalog_id,omitempty"`
	RetailerID string          `json:"product_retailer_id,omitempty"`
	Parameters *wireParameters `json:"parameters,omitempty"`
}

type wireButton struct {
	Type       string     `json:"type"` // reply, quick_reply, cta_url
	Reply      *wireReply `json:"reply,omitempty"`
	QuickReply *wireReply `json:"quick_reply,omitempty"`
	Link       *wireLink  `json:"cta_url,omitempty"`
}

type wireReply struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

type wireLink struct {
	URL   string `json:"url"`
	Label string `json:"display_text"`
}

type wireSection struct {
	Title    string        `json:"title,omitempty"`
	Rows     []Row         `json:"rows,omitempty"`
	Products []wireProduct `json:"product_items,omitempty"`
}

type wireProduct struct {
	RetailerID string `json:"product_retailer_id"`
}

type wireCard struct {
	Index  int         `json:"card_index"`
	Type   string      `json:"type,omitempty"` // cta_url, product; absent for quick replies
	Header *wireHeader `json:"header,omitempty"`
	Body   *wireText   `json:"body,omitempty"`
	Action wireAction  `json:"action"`
}

type wireParameters struct {
	Label       string            `json:"display_text,omitempty"`
	URL         string            `json:"url,omitempty"`
	FlowVersion string            `json:"flow_message_version,omitempty"`
	FlowID      string            `json:"flow_id,omitempty"`
	FlowName    string            `json:"flow_name,omitempty"`
	FlowLabel   string            `json:"flow_cta,omitempty"`
	FlowToken   string            `json:"flow_token,omitempty"`
	FlowMode    FlowMode          `json:"mode,omitempty"`
	FlowAction  FlowAction        `json:"flow_action,omitempty"`
	FlowPayload *wireFlowPayload  `json:"flow_action_payload,omitempty"`
	Country     string            `json:"country,omitempty"`
	Values      map[string]string `json:"values,omitempty"`
	Saved       []SavedAddress    `json:"saved_addresses,omitempty"`
	Errors      map[string]string `json:"validation_errors,omitempty"`
	Thumbnail   string            `json:"thumbnail_product_retailer_id,omitempty"`
	TTLMinutes  int64             `json:"ttl_minutes,omitempty"`
	Payload     string            `json:"payload,omitempty"`

	ReferenceID   string        `json:"reference_id,omitempty"`
	Goods         Goods         `json:"type,omitempty"`
	PaymentType   string        `json:"payment_type,omitempty"`
	Configuration string        `json:"payment_configuration,omitempty"`
	Payments      []wirePayment `json:"payment_settings,omitempty"`
	Currency      string        `json:"currency,omitempty"`
	Total         *wireMoney    `json:"total_amount,omitempty"`
	Order         *wireOrder    `json:"order,omitempty"`
	Paid          *wirePaid     `json:"payment,omitempty"`
}

type wireFlowPayload struct {
	Screen string          `json:"screen,omitempty"`
	Data   json.RawMessage `json:"data,omitempty"`
}

const (
	flowVersion    = "3"
	addressCountry = "IN"
	thumbnailName  = "catalog_message"
)

func textOrNil(s string) *wireText {
	if s == "" {
		return nil
	}
	return &wireText{Text: s}
}

func (t *wireText) value() string {
	if t == nil {
		return ""
	}
	return t.Text
}

func (h Header) wire() *wireHeader {
	switch {
	case h.Image != nil:
		return &wireHeader{Type: "image", Image: h.Image}
	case h.Video != nil:
		return &wireHeader{Type: "video", Video: h.Video}
	case h.Document != nil:
		return &wireHeader{Type: "document", Document: h.Document}
	case h.Text != "":
		return &wireHeader{Type: "text", Text: h.Text}
	default:
		return nil
	}
}

func (h *wireHeader) value() Header {
	if h == nil {
		return Header{}
	}
	return Header{Text: h.Text, Image: h.Image, Video: h.Video, Document: h.Document}
}

// interactiveOf gives the envelope of an interactive content, nil for others.
func interactiveOf(c Content) *wireInteractive {
	switch c := c.(type) {
	case *Buttons:
		w := shell("button", c.Header, c.Body, c.Footer)
		for _, b := range c.Buttons {
			w.Action.Buttons = append(w.Action.Buttons, b.wire("reply"))
		}
		return w
	case *List:
		w := shell("list", Header{Text: c.Header}, c.Body, c.Footer)
		w.Action.Button = c.Button
		for _, s := range c.Sections {
			w.Action.Sections = append(w.Action.Sections, wireSection{Title: s.Title, Rows: s.Rows})
		}
		return w
	case *CTAURL:
		w := shell("cta_url", c.Header, c.Body, c.Footer)
		return w.do("cta_url", &wireParameters{Label: c.Label, URL: c.URL})
	case *Flow:
		return c.wire()
	case *OrderDetails:
		return c.wire()
	case *OrderStatus:
		return c.wire()
	case *LocationRequest:
		return shell("location_request_message", Header{}, c.Body, "").do("send_location", nil)
	case *ContactRequest:
		return shell("request_contact_info", Header{}, c.Body, "").do("request_contact_info", nil)
	case *CallPermission:
		return shell("call_permission_request", Header{}, c.Body, "").do("call_permission_request", nil)
	case *AddressRequest:
		w := shell("address_message", c.Header, c.Body, c.Footer)
		p := &wireParameters{Country: c.Country, Values: c.Values, Saved: c.Saved, Errors: c.Errors}
		if p.Country == "" {
			p.Country = addressCountry
		}
		return w.do("address_message", p)
	case *VoiceCall:
		w := shell("voice_call", Header{}, c.Body, "").do("voice_call", nil)
		if c.Label != "" || c.TTL != 0 || c.Payload != "" {
			w.Action.Parameters = &wireParameters{Label: c.Label, TTLMinutes: int64(c.TTL / time.Minute), Payload: c.Payload}
		}
		return w
	case *Product:
		w := shell("product", Header{}, c.Body, c.Footer)
		w.Action.CatalogID, w.Action.RetailerID = c.CatalogID, c.RetailerID
		return w
	case *ProductList:
		w := shell("product_list", Header{Text: c.Header}, c.Body, c.Footer)
		w.Action.CatalogID = c.CatalogID
		for _, s := range c.Sections {
			ws := wireSection{Title: s.Title}
			for _, id := range s.RetailerIDs {
				ws.Products = append(ws.Products, wireProduct{RetailerID: id})
			}
			w.Action.Sections = append(w.Action.Sections, ws)
		}
		return w
	case *Catalog:
		w := shell("catalog_message", Header{}, c.Body, c.Footer).do(thumbnailName, nil)
		if c.ThumbnailRetailerID != "" {
			w.Action.Parameters = &wireParameters{Thumbnail: c.ThumbnailRetailerID}
		}
		return w
	case *Carousel:
		w := shell("carousel", Header{}, c.Body, "")
		for i, card := range c.Cards {
			w.Action.Cards = append(w.Action.Cards, card.wire(i))
		}
		return w
	case *ProductCarousel:
		w := shell("carousel", Header{}, c.Body, "")
		for i, id := range c.RetailerIDs {
			w.Action.Cards = append(w.Action.Cards, wireCard{
				Index: i, Type: "product", Action: wireAction{CatalogID: c.CatalogID, RetailerID: id},
			})
		}
		return w
	default:
		return nil
	}
}

func shell(typ string, h Header, body, footer string) *wireInteractive {
	return &wireInteractive{Type: typ, Header: h.wire(), Body: textOrNil(body), Footer: textOrNil(footer)}
}

func (w *wireInteractive) do(name string, p *wireParameters) *wireInteractive {
	w.Action.Name, w.Action.Parameters = name, p
	return w
}

func (b Button) wire(kind string) wireButton {
	r := &wireReply{ID: b.ID, Title: b.Title}
	switch {
	case b.URL != "":
		return wireButton{Type: "cta_url", Link: &wireLink{URL: b.URL, Label: b.Title}}
	case kind == "quick_reply":
		return wireButton{Type: kind, QuickReply: r}
	default:
		return wireButton{Type: kind, Reply: r}
	}
}

func (b wireButton) value() Button {
	switch {
	case b.Link != nil:
		return Button{Title: b.Link.Label, URL: b.Link.URL}
	case b.QuickReply != nil:
		return Button{ID: b.QuickReply.ID, Title: b.QuickReply.Title}
	case b.Reply != nil:
		return Button{ID: b.Reply.ID, Title: b.Reply.Title}
	default:
		return Button{}
	}
}

func (f *Flow) wire() *wireInteractive {
	p := &wireParameters{
		FlowVersion: f.Version, FlowID: f.FlowID, FlowName: f.FlowName, FlowLabel: f.Label, FlowToken: f.Token,
		FlowMode: f.Mode, FlowAction: f.Action,
	}
	if p.FlowVersion == "" {
		p.FlowVersion = flowVersion
	}
	if f.Screen != "" || len(f.Data) != 0 {
		p.FlowPayload = &wireFlowPayload{Screen: f.Screen, Data: f.Data}
	}
	return shell("flow", f.Header, f.Body, f.Footer).do("flow", p)
}

// Every card says that it is of type cta_url, also one with quick replies.
func (c Card) wire(index int) wireCard {
	w := wireCard{Index: index, Type: "cta_url", Header: Header{Image: c.Image, Video: c.Video}.wire(), Body: textOrNil(c.Body)}
	if c.URL != "" || c.Label != "" {
		w.Action.Name, w.Action.Parameters = "cta_url", &wireParameters{Label: c.Label, URL: c.URL}
	}
	for _, b := range c.Replies {
		b.URL = ""
		w.Action.Buttons = append(w.Action.Buttons, b.wire("quick_reply"))
	}
	return w
}

// content is the inverse of interactiveOf; nil if the interactive type is not
// one of ours.
func (w *wireInteractive) content() Content {
	p := w.Action.Parameters
	if p == nil {
		p = &wireParameters{}
	}
	header, body, footer := w.Header.value(), w.Body.value(), w.Footer.value()
	switch w.Type {
	case "button":
		c := &Buttons{Header: header, Body: body, Footer: footer}
		for _, b := range w.Action.Buttons {
			c.Buttons = append(c.Buttons, b.value())
		}
		return c
	case "list":
		c := &List{Header: header.Text, Body: body, Footer: footer, Button: w.Action.Button}
		for _, s := range w.Action.Sections {
			c.Sections = append(c.Sections, Section{Title: s.Title, Rows: s.Rows})
		}
		return c
	case "cta_url":
		return &CTAURL{Header: header, Body: body, Footer: footer, Label: p.Label, URL: p.URL}
	case "flow":
		return p.flow(header, body, footer)
	case "order_details":
		return p.orderDetails(header, body, footer)
	case "order_status":
		return p.orderStatus(body, footer)
	case "location_request_message":
		return &LocationRequest{Body: body}
	case "request_contact_info":
		return &ContactRequest{Body: body}
	case "call_permission_request":
		return &CallPermission{Body: body}
	case "address_message":
		c := &AddressRequest{
			Header: header, Body: body, Footer: footer,
			Country: p.Country, Values: p.Values, Saved: p.Saved, Errors: p.Errors,
		}
		if c.Country == addressCountry {
			c.Country = ""
		}
		return c
	case "voice_call":
		return &VoiceCall{
			Body: body, Label: p.Label, Payload: p.Payload,
			TTL: time.Duration(p.TTLMinutes) * time.Minute,
		}
	case "product":
		return &Product{Body: body, Footer: footer, CatalogID: w.Action.CatalogID, RetailerID: w.Action.RetailerID}
	case "product_list":
		c := &ProductList{Header: header.Text, Body: body, Footer: footer, CatalogID: w.Action.CatalogID}
		for _, s := range w.Action.Sections {
			ps := ProductSection{Title: s.Title}
			for _, item := range s.Products {
				ps.RetailerIDs = append(ps.RetailerIDs, item.RetailerID)
			}
			c.Sections = append(c.Sections, ps)
		}
		return c
	case "catalog_message":
		return &Catalog{Body: body, Footer: footer, ThumbnailRetailerID: p.Thumbnail}
	case "carousel":
		return w.carousel(body)
	default:
		return nil
	}
}

func (p *wireParameters) flow(header Header, body, footer string) Content {
	f := &Flow{
		Header: header, Body: body, Footer: footer, FlowID: p.FlowID, FlowName: p.FlowName, Label: p.FlowLabel,
		Token: p.FlowToken, Mode: p.FlowMode, Action: p.FlowAction,
	}
	if p.FlowVersion != flowVersion {
		f.Version = p.FlowVersion
	}
	if p.FlowPayload != nil {
		f.Screen, f.Data = p.FlowPayload.Screen, p.FlowPayload.Data
	}
	return f
}

func (w *wireInteractive) carousel(body string) Content {
	if cards := w.Action.Cards; len(cards) > 0 && cards[0].Type == "product" {
		c := &ProductCarousel{Body: body, CatalogID: cards[0].Action.CatalogID}
		for _, card := range cards {
			c.RetailerIDs = append(c.RetailerIDs, card.Action.RetailerID)
		}
		return c
	}
	c := &Carousel{Body: body}
	for _, wc := range w.Action.Cards {
		h := wc.Header.value()
		card := Card{Image: h.Image, Video: h.Video, Body: wc.Body.value()}
		if p := wc.Action.Parameters; p != nil {
			card.Label, card.URL = p.Label, p.URL
		}
		for _, b := range wc.Action.Buttons {
			card.Replies = append(card.Replies, b.value())
		}
		c.Cards = append(c.Cards, card)
	}
	return c
}
