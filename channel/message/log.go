package message

import (
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"mime"
)

// LogValue shows what kind of message goes to what kind of recipient, and how
// large it is: no text, name, number, link or wamid. The opaque id is the
// sender's own and is shown as it is.
func (o Outbound) LogValue() slog.Value {
	attrs := []slog.Attr{slog.Any("to", o.To), slog.String("opaque_id", o.OpaqueID)}
	if missing(o.Content) {
		attrs = append(attrs, slog.String("kind", ""))
	} else {
		attrs = append(attrs, slog.Any("content", logContent(o.Content)))
	}
	if o.ReplyTo != "" {
		attrs = append(attrs, slog.String("reply_to", shortHash(o.ReplyTo)))
	}
	if o.Category != "" {
		attrs = append(attrs, slog.String("category", string(o.Category)))
	}
	return slog.GroupValue(attrs...)
}

// LogValue shows how the recipient is addressed and a short hash of the address.
func (r Recipient) LogValue() slog.Value {
	var attrs []slog.Attr
	if r.Phone != "" {
		attrs = append(attrs, slog.String("phone", shortHash(r.Phone)))
	}
	if r.BSUID != "" {
		attrs = append(attrs, slog.String("bsuid", shortHash(r.BSUID)))
	}
	if r.Group != "" {
		attrs = append(attrs, slog.String("group", shortHash(r.Group)))
	}
	return slog.GroupValue(attrs...)
}

// LogValue shows the status and a short hash of the wamid.
func (r Receipt) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", shortHash(r.ID)), slog.String("status", string(r.Status)))
}

// LogValue shows type and size, not the name.
func (u Upload) LogValue() slog.Value {
	return slog.GroupValue(slog.String("mime", mediaType(u.MIME)), slog.Int64("size", u.Size))
}

// LogValue shows type and size.
func (d Download) LogValue() slog.Value {
	return slog.GroupValue(slog.String("mime", mediaType(d.MIME)), slog.Int64("size", d.Size))
}

// mediaType shows what looks like a media type, without parameters, which can be anything.
func mediaType(s string) string {
	base, _, err := mime.ParseMediaType(s)
	if err != nil {
		return ""
	}
	return base
}

// LogValue shows how much is on the card.
func (c Contact) LogValue() slog.Value {
	return slog.GroupValue(
		slog.Int("phones", len(c.Phones)), slog.Int("emails", len(c.Emails)), slog.Int("addresses", len(c.Addresses)))
}

// shortHash lets two log lines about the same thing be matched without naming it.
// It is not proof against somebody who tries all phone numbers.
func shortHash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "#" + hex.EncodeToString(sum[:4])
}

// logContent shows the kind, the length of the main text in bytes and the number
// of elements.
func logContent(c Content) slog.Value {
	if missing(c) {
		return slog.StringValue("none")
	}
	text, n := measure(c)
	attrs := []slog.Attr{slog.String("kind", string(c.Kind())), slog.Int("text_bytes", text)}
	if n > 0 {
		attrs = append(attrs, slog.Int("elements", n))
	}
	return slog.GroupValue(attrs...)
}

func measure(c Content) (text, elements int) {
	switch c := c.(type) {
	case *Text:
		return len(c.Body), 0
	case *Image:
		return len(c.Caption), 0
	case *Video:
		return len(c.Caption), 0
	case *Document:
		return len(c.Caption), 0
	case *Contacts:
		return 0, len(c.Contacts)
	case *Buttons:
		return len(c.Body), len(c.Buttons)
	case *List:
		return len(c.Body), len(c.Sections)
	case *CTAURL:
		return len(c.Body), 0
	case *Flow:
		return len(c.Body), 0
	case *LocationRequest:
		return len(c.Body), 0
	case *ContactRequest:
		return len(c.Body), 0
	case *AddressRequest:
		return len(c.Body), len(c.Saved)
	case *CallPermission:
		return len(c.Body), 0
	case *VoiceCall:
		return len(c.Body), 0
	case *Product:
		return len(c.Body), 0
	case *ProductList:
		return len(c.Body), len(c.Sections)
	case *Catalog:
		return len(c.Body), 0
	case *Carousel:
		return len(c.Body), len(c.Cards)
	case *ProductCarousel:
		return len(c.Body), len(c.RetailerIDs)
	case *OrderDetails:
		if c.Order != nil {
			return len(c.Body), len(c.Order.Items)
		}
		return len(c.Body), 0
	case *OrderStatus:
		return len(c.Body), 0
	case *Unknown:
		return len(c.Raw), 0
	default:
		return 0, 0
	}
}

// LogValue shows kind and size, never the content.
func (c Text) LogValue() slog.Value { return logContent(&c) }

// LogValue shows kind and size, never the content.
func (c Image) LogValue() slog.Value { return logContent(&c) }

// LogValue shows kind and size, never the content.
func (c Audio) LogValue() slog.Value { return logContent(&c) }

// LogValue shows kind and size, never the content.
func (c Video) LogValue() slog.Value { return logContent(&c) }

// LogValue shows kind and size, never the content.
func (c Document) LogValue() slog.Value { return logContent(&c) }

// LogValue shows kind and size, never the content.
func (c Sticker) LogValue() slog.Value { return logContent(&c) }

// LogValue shows kind and size, never the content.
func (c Location) LogValue() slog.Value { return logContent(&c) }

// LogValue shows kind and size, never the content.
func (c Contacts) LogValue() slog.Value { return logContent(&c) }

// LogValue shows kind and size, never the content.
func (c Reaction) LogValue() slog.Value { return logContent(&c) }

// LogValue shows kind and size, never the content.
func (c Pin) LogValue() slog.Value { return logContent(&c) }

// LogValue shows kind and size, never the content.
func (c Buttons) LogValue() slog.Value { return logContent(&c) }

// LogValue shows kind and size, never the content.
func (c List) LogValue() slog.Value { return logContent(&c) }

// LogValue shows kind and size, never the content.
func (c CTAURL) LogValue() slog.Value { return logContent(&c) }

// LogValue shows kind and size, never the content.
func (f Flow) LogValue() slog.Value { return logContent(&f) }

// LogValue shows kind and size, never the content.
func (c LocationRequest) LogValue() slog.Value { return logContent(&c) }

// LogValue shows kind and size, never the content.
func (c ContactRequest) LogValue() slog.Value { return logContent(&c) }

// LogValue shows kind and size, never the content.
func (c AddressRequest) LogValue() slog.Value { return logContent(&c) }

// LogValue shows kind and size, never the content.
func (c Product) LogValue() slog.Value { return logContent(&c) }

// LogValue shows kind and size, never the content.
func (c ProductList) LogValue() slog.Value { return logContent(&c) }

// LogValue shows kind and size, never the content.
func (c Catalog) LogValue() slog.Value { return logContent(&c) }

// LogValue shows kind and size, never the content.
func (c CallPermission) LogValue() slog.Value { return logContent(&c) }

// LogValue shows kind and size, never the content.
func (c VoiceCall) LogValue() slog.Value { return logContent(&c) }

// LogValue shows kind and size, never the content.
func (c Carousel) LogValue() slog.Value { return logContent(&c) }

// LogValue shows kind and size, never the content.
func (c ProductCarousel) LogValue() slog.Value { return logContent(&c) }

// LogValue shows kind and size, never the content.
func (d OrderDetails) LogValue() slog.Value { return logContent(&d) }

// LogValue shows kind and size, never the content.
func (s OrderStatus) LogValue() slog.Value { return logContent(&s) }

// LogValue shows kind and size, never the content.
func (c Template) LogValue() slog.Value { return logContent(&c) }

// LogValue shows kind and size, never the content.
func (c Unknown) LogValue() slog.Value { return logContent(&c) }
