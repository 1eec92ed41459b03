package channel

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/webhook"
)

// contentOf turns what a webhook carries into what agents see.
func contentOf(c webhook.Content) *messageRecord {
	m := new(messageRecord)
	switch c := c.(type) {
	case *webhook.Text:
		m.Kind, m.Text = "text", c.Body
	case *webhook.Media:
		m.Kind, m.Text = string(c.Kind), c.Caption
		m.Attachments = []conversation.Attachment{{
			MediaID: c.ID, MIME: c.MIMEType, Name: c.Filename, SHA256: c.SHA256, Voice: c.Voice, Animated: c.Animated,
		}}
	case *webhook.Location:
		m.Kind = "location"
		m.Location = &conversation.Location{Latitude: c.Latitude, Longitude: c.Longitude, Name: c.Name, Address: c.Address}
		m.Text = strings.TrimSpace(c.Name + "\n" + c.Address)
	case *webhook.Contacts:
		m.Kind, m.Contacts = "contacts", contactsOf(c)
	case *webhook.Order:
		m.Kind, m.Text, m.Order = "order", c.Text, orderOf(c)
	case *webhook.QuickReply:
		m.Kind, m.Text, m.Choice = "button", c.Text, c.Payload
	case *webhook.ButtonReply:
		m.Kind, m.Text, m.Choice = "interactive", c.Title, c.ID
	case *webhook.ListReply:
		m.Kind, m.Text, m.Choice = "interactive", strings.TrimSpace(c.Title+"\n"+c.Description), c.ID
	case *webhook.FlowReply:
		m.Kind, m.Choice = "interactive", c.Response
		var lines []string
		lines, m.FlowToken = flowAnswers(c.Response)
		m.Text = strings.Join(append([]string{cmp.Or(c.Body, "[Form filled in]")}, lines...), "\n")
	case *webhook.CallPermission:
		m.Kind, m.Choice, m.Text = "interactive", c.Response, "[May not be called]"
		if c.Accepted {
			m.Text = "[May be called]"
		}
	case *webhook.PaymentMethod:
		m.Kind, m.Text = "interactive", "[Payment method chosen]"
	case *webhook.ProductReply:
		m.Kind, m.Text, m.Choice = "interactive", "[Product chosen]", c.Product.RetailerID
	case *webhook.Welcome:
		m.Kind, m.Text = "request_welcome", "[Opened the chat]"
	case *webhook.Unsupported:
		m.Kind, m.Text = "unsupported", "[Sent something that WhatsApp does not pass on to businesses"+inParens(c.Type)+"]"
	case *webhook.MediaPlaceholder:
		m.Kind, m.Text = "media_placeholder", "[File not available]"
	case *webhook.PastContent:
		m.Kind, m.Options, m.Raw = string(c.Kind), c.Options, c.Raw
		if m.Text = c.Text; m.Text == "" {
			m.Text = cmp.Or(c.URL, "["+string(c.Kind)+"]")
		}
		if c.Media != nil {
			m.Attachments = []conversation.Attachment{{MediaID: c.Media.ID, MIME: c.Media.MIMEType, Name: c.Media.Filename, SHA256: c.Media.SHA256}}
		}
	case *webhook.Unknown:
		m.Kind, m.Text, m.Raw = cmp.Or(c.Type, "unknown"), "[Sent something this version cannot show]", c.Raw
	default:
		m.Kind, m.Text = "unknown", "[Sent something this version cannot show]"
	}
	return m
}

func nonEmptyList(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

func inParens(s string) string {
	if s == "" {
		return ""
	}
	return " (" + strings.ReplaceAll(s, "_", " ") + ")"
}

func contactsOf(c *webhook.Contacts) []conversation.Contact {
	var list []conversation.Contact
	for _, card := range c.Cards {
		one := conversation.Contact{Name: card.Name.Formatted, Origin: card.Origin}
		for _, p := range card.Phones {
			one.Phones = append(one.Phones, cmp.Or(p.Phone, p.WAID))
			if p.WAID != "" {
				one.WAIDs = append(one.WAIDs, p.WAID)
			}
		}
		for _, e := range card.Emails {
			one.Emails = append(one.Emails, e.Value)
		}
		list = append(list, one)
	}
	return list
}

func orderOf(c *webhook.Order) *conversation.Order {
	o := &conversation.Order{Catalog: c.CatalogID}
	for _, it := range c.Items {
		o.Items = append(o.Items, conversation.OrderItem{
			Product: it.RetailerID, Currency: it.Currency,
			Quantity: strconv.FormatFloat(it.Quantity, 'f', -1, 64), Price: strconv.FormatFloat(it.Price, 'f', -1, 64),
		})
	}
	return o
}

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
	switch c := c.(type) {
	case *message.Text:
		m.Text = c.Body
	case *message.Image:
		m.Text, m.Attachments = c.Caption, []conversation.Attachment{{MediaID: c.ID}}
	case *message.Video:
		m.Text, m.Attachments = c.Caption, []conversation.Attachment{{MediaID: c.ID}}
	case *message.Audio:
		m.Attachments = []conversation.Attachment{{MediaID: c.ID, Voice: c.Voice}}
	case *message.Document:
		m.Text, m.Attachments = c.Caption, []conversation.Attachment{{MediaID: c.ID, Name: c.Filename}}
	case *message.Sticker:
		m.Attachments = []conversation.Attachment{{MediaID: c.ID}}
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
