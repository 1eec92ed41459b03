package channel

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/kanava-go/kanava/channel/conversation"
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
		m.Kind, m.Choice, m.Form = "interactive", c.Response, true
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
