package channel

import (
	"cmp"
	"strings"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/template"
)

// describeTemplate turns a bound template into what agents see: the text that the
// customer reads, and the buttons apart from it.
func describeTemplate(m *messageRecord, p *template.Preview) {
	m.Template = p.Template + "/" + p.Language
	for _, b := range p.Buttons {
		if b.Label != "" {
			m.Options = append(m.Options, b.Label)
		}
	}
	plain := *p
	plain.Buttons = nil
	m.Text = plain.Text()
}

// describe turns outgoing content into what agents see.
func describe(m *messageRecord, c message.Content) {
	m.attach(c)
	switch c := c.(type) {
	case *message.Text:
		m.Text = c.Body
	case *message.Image:
		m.Text = c.Caption
	case *message.Video:
		m.Text = c.Caption
	case *message.Document:
		m.Text = c.Caption
	case *message.Audio, *message.Sticker: // nothing to read
	case *message.Location:
		m.Location = &conversation.Location{Latitude: c.Latitude, Longitude: c.Longitude, Name: c.Name, Address: c.Address}
	case *message.Contacts:
		for _, card := range c.Contacts {
			one := conversation.Contact{Name: card.Name.Formatted}
			for _, p := range card.Phones {
				one.Phones = append(one.Phones, cmp.Or(p.Phone, p.WAID))
			}
			for _, e := range card.Emails {
				one.Emails = append(one.Emails, e.Email)
			}
			m.Contacts = append(m.Contacts, one)
		}
	case *message.Reaction:
		m.Text = c.Emoji
	case *message.Buttons:
		m.Text = c.Body
		for _, b := range c.Buttons {
			m.Options = append(m.Options, b.Title)
		}
	case *message.List:
		m.Text = c.Body
		for _, s := range c.Sections {
			for _, r := range s.Rows {
				m.Options = append(m.Options, r.Title)
			}
		}
	case *message.CTAURL:
		m.Text, m.Options = c.Body, []string{c.Label}
	case *message.Flow:
		m.Text, m.Options = c.Body, []string{c.Label}
	case *message.OrderDetails:
		m.Text = c.Body
		if c.Order != nil {
			for _, item := range c.Order.Items {
				m.Options = append(m.Options, item.Name)
			}
		}
	case *message.OrderStatus:
		m.Text = strings.TrimSpace(c.Body + "\n" + c.Description)
	case *message.LocationRequest:
		m.Text = c.Body
	case *message.ContactRequest:
		m.Text = cmp.Or(c.Body, "[Asks for the phone number]")
	case *message.AddressRequest:
		m.Text = cmp.Or(c.Body, "[Asks for the address]")
	case *message.CallPermission:
		m.Text = cmp.Or(c.Body, "[Asks for permission to call]")
	case *message.VoiceCall:
		m.Text, m.Options = cmp.Or(c.Body, "[Offers a call]"), nonEmptyList(c.Label)
	case *message.Catalog:
		m.Text = c.Body
	case *message.Product:
		m.Text, m.Options = cmp.Or(c.Body, "[Product]"), nonEmptyList(c.RetailerID)
	case *message.ProductList:
		m.Text = c.Body
		for _, s := range c.Sections {
			m.Options = append(m.Options, s.RetailerIDs...)
		}
	case *message.ProductCarousel:
		m.Text, m.Options = c.Body, c.RetailerIDs
	case *message.Carousel:
		m.Text = c.Body
		for _, card := range c.Cards {
			m.Text = strings.TrimSpace(m.Text + "\n" + card.Body)
			m.Options = append(m.Options, nonEmptyList(card.Label)...)
			for _, b := range card.Replies {
				m.Options = append(m.Options, b.Title)
			}
		}
	default:
		m.Text = "[" + string(c.Kind()) + "]"
	}
}

// maskSent masks in what was about to be sent what was masked in the message meanwhile. Of templates the text
// is not known any more.
func (i *outboundItem) maskSent(m *messageRecord) (changed bool, err error) {
	if i.Outbound.Content.Kind() == message.KindTemplate {
		return false, nil
	}
	var as messageRecord
	describe(&as, i.Outbound.Content)
	if n := len(m.Attachments); len(as.Attachments) > n { // earlier releases did not keep the files of headers
		as.Attachments = as.Attachments[:n]
	}
	before, after := as.words(), m.words()
	if len(before) != len(after) {
		return false, nil // erased
	}
	return maskLike(&i.Outbound, before, after)
}
