package message

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kanava-go/kanava/template"
)

// The wire structs mirror Meta's JSON. Plain contents carry their own tags; the
// interactive ones share one envelope and are translated in wire_interactive.go.

type wireOutbound struct {
	MessagingProduct string `json:"messaging_product"`
	RecipientType    string `json:"recipient_type,omitempty"`
	To               string `json:"to,omitempty"`
	Recipient        string `json:"recipient,omitempty"`
	wireContent
	Context      *wireContext    `json:"context,omitempty"`
	OpaqueID     string          `json:"biz_opaque_callback_data,omitempty"`
	Account      string          `json:"messaging_account_id,omitempty"`
	IdentityHash string          `json:"recipient_identity_key_hash,omitempty"`
	Category     Category        `json:"category,omitempty"`
	TTLSeconds   int64           `json:"ttl_seconds,omitempty"`
	DirectSend   *wireDirectSend `json:"direct_send_config,omitempty"`
	Policy       string          `json:"product_policy,omitempty"`
	Sharing      *bool           `json:"message_activity_sharing,omitempty"`

	Lane Lane `json:"lane,omitempty"` // ours, for storage; never sent
}

type wireContent struct {
	Type        string            `json:"type"`
	Text        *Text             `json:"text,omitempty"`
	Image       *Image            `json:"image,omitempty"`
	Audio       *Audio            `json:"audio,omitempty"`
	Video       *Video            `json:"video,omitempty"`
	Document    *Document         `json:"document,omitempty"`
	Sticker     *Sticker          `json:"sticker,omitempty"`
	Location    *Location         `json:"location,omitempty"`
	Contacts    []Contact         `json:"contacts,omitempty"`
	Reaction    *Reaction         `json:"reaction,omitempty"`
	Pin         *wirePin          `json:"pin,omitempty"`
	Interactive *wireInteractive  `json:"interactive,omitempty"`
	Template    *template.Message `json:"template,omitempty"`

	unknown json.RawMessage // value of the key named by Type; spliced in by hand
}

type wireContext struct {
	MessageID string `json:"message_id"`
}

type wireDirectSend struct {
	TemplateName string `json:"template_name"`
}

type wirePin struct {
	Type      string `json:"type"` // pin, unpin
	MessageID string `json:"message_id"`
	Days      int    `json:"expiration_days,omitempty"`
}

const (
	policyStrict   = "STRICT"
	policyFallback = "CLOUD_API_FALLBACK"
)

// MarshalJSON gives the form for storage: the body of
// POST /{phone-number-id}/messages, with one member of ours, "lane", if Lane is
// not LaneReply. It does not validate; it fails only without content, or if raw
// JSON inside (of [Flow] or [Unknown]) is not JSON.
func (o Outbound) MarshalJSON() ([]byte, error) {
	var buf bytes.Buffer
	if err := o.encode(&buf, o.Lane); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

// AppendJSON appends the body of POST /{phone-number-id}/messages to dst, without
// anything of ours. It fails like [Outbound.MarshalJSON].
func (o *Outbound) AppendJSON(dst []byte) ([]byte, error) {
	buf := bytes.NewBuffer(dst)
	if err := o.encode(buf, LaneReply); err != nil {
		return dst, err
	}
	return buf.Bytes(), nil
}

func (o *Outbound) encode(buf *bytes.Buffer, lane Lane) error {
	w := wireOutbound{
		Lane:             lane,
		MessagingProduct: "whatsapp",
		RecipientType:    "individual",
		Recipient:        o.To.BSUID,
		OpaqueID:         o.OpaqueID,
		Account:          o.MessagingAccount,
		IdentityHash:     o.IdentityHash,
		Category:         o.Category,
		TTLSeconds:       int64(o.TTL / time.Second),
	}
	if o.To.Group != "" {
		w.RecipientType, w.To, w.Recipient = "group", o.To.Group, ""
	} else if o.To.Phone != "" {
		w.To = plus(o.To.Phone)
	}
	if o.ReplyTo != "" {
		w.Context = &wireContext{MessageID: o.ReplyTo}
	}
	if o.TemplateName != "" {
		w.DirectSend = &wireDirectSend{TemplateName: o.TemplateName}
	}
	if m := o.Marketing; m != nil {
		w.Policy, w.Sharing = policyFallback, m.ShareActivity
		if m.Strict {
			w.Policy = policyStrict
		}
	}
	if err := w.set(o.Content); err != nil {
		return fmt.Errorf("message: marshal outbound: %w", err)
	}
	if err := encodeWire(buf, &w, &w.wireContent); err != nil {
		return fmt.Errorf("message: marshal outbound: %w", err)
	}
	return nil
}

// plus puts the plus before a number that has none: without it Meta would read
// the number as a national one of the sender's country.
func plus(phone string) string {
	if strings.HasPrefix(phone, "+") {
		return phone
	}
	return "+" + phone
}

// UnmarshalJSON reads what [Outbound.MarshalJSON] wrote. Content of a type that
// this version does not know becomes [*Unknown]; unknown keys elsewhere are
// skipped. Errors never quote the input.
func (o *Outbound) UnmarshalJSON(data []byte) error {
	var w wireOutbound
	if err := json.Unmarshal(data, &w); err != nil {
		return fmt.Errorf("message: unmarshal outbound: %w", cleanJSONError(err))
	}
	content, err := w.content(data)
	if err != nil {
		return fmt.Errorf("message: unmarshal outbound: %w", err)
	}
	*o = Outbound{
		To:           Recipient{Phone: w.To, BSUID: w.Recipient},
		Content:      content,
		OpaqueID:     w.OpaqueID,
		IdentityHash: w.IdentityHash,
		Category:     w.Category,

		MessagingAccount: w.Account,
		TTL:              time.Duration(w.TTLSeconds) * time.Second,
		Lane:             w.Lane,
	}
	if w.RecipientType == "group" {
		o.To = Recipient{Group: w.To}
	}
	if w.Context != nil {
		o.ReplyTo = w.Context.MessageID
	}
	if w.DirectSend != nil {
		o.TemplateName = w.DirectSend.TemplateName
	}
	if w.Policy != "" || w.Sharing != nil {
		o.Marketing = &Marketing{Strict: strings.EqualFold(w.Policy, policyStrict), ShareActivity: w.Sharing}
	}
	return nil
}

// MarshalContent gives the JSON of a content alone, {"type":"text","text":{…}}:
// the part of a message body that [UnmarshalContent] reads back.
func MarshalContent(c Content) ([]byte, error) {
	var (
		w   wireContent
		buf bytes.Buffer
	)
	if err := w.set(c); err != nil {
		return nil, fmt.Errorf("message: marshal content: %w", err)
	}
	if err := encodeWire(&buf, &w, &w); err != nil {
		return nil, fmt.Errorf("message: marshal content: %w", err)
	}
	return buf.Bytes(), nil
}

// UnmarshalContent reads what [MarshalContent] wrote. A type that this version
// does not know becomes [*Unknown]. Errors never quote the input.
func UnmarshalContent(data []byte) (Content, error) {
	var w wireContent
	if err := json.Unmarshal(data, &w); err != nil {
		return nil, fmt.Errorf("message: unmarshal content: %w", cleanJSONError(err))
	}
	c, err := w.content(data)
	if err != nil {
		return nil, fmt.Errorf("message: unmarshal content: %w", err)
	}
	return c, nil
}

// encodeWire writes v, which embeds or is w, without a trailing newline and
// without the escapes that HTML would need.
func encodeWire(buf *bytes.Buffer, v any, w *wireContent) error {
	enc := json.NewEncoder(buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return cleanJSONError(err)
	}
	buf.Truncate(buf.Len() - 1)
	if w.unknown == nil {
		return nil
	}
	buf.Truncate(buf.Len() - 1)
	buf.WriteByte(',')
	buf.WriteString(`"` + w.Type + `":`)
	if err := json.Compact(buf, w.unknown); err != nil {
		return cleanJSONError(err)
	}
	buf.WriteByte('}')
	return nil
}

var (
	errNoContent = errors.New("no content")
	errBadType   = errors.New("type is not a wire type")
	errNoObject  = errors.New("the object of the type is missing")
)

// set stores c under its wire type.
func (w *wireContent) set(c Content) error {
	if missing(c) {
		return errNoContent
	}
	switch c := c.(type) {
	case *Text:
		w.Type, w.Text = "text", c
	case *Image:
		w.Type, w.Image = "image", c
	case *Audio:
		w.Type, w.Audio = "audio", c
	case *Video:
		w.Type, w.Video = "video", c
	case *Document:
		w.Type, w.Document = "document", c
	case *Sticker:
		w.Type, w.Sticker = "sticker", c
	case *Location:
		w.Type, w.Location = "location", c
	case *Contacts:
		w.Type, w.Contacts = "contacts", c.Contacts
	case *Reaction:
		w.Type, w.Reaction = "reaction", c
	case *Pin:
		w.Type, w.Pin = "pin", &wirePin{Type: "pin", MessageID: c.MessageID, Days: c.Days}
		if c.Unpin {
			w.Pin.Type, w.Pin.Days = "unpin", 0
		}
	case *Template:
		w.Type, w.Template = "template", &c.Message
	case *Unknown:
		if !wireType(c.Type) {
			return errBadType
		}
		w.Type, w.unknown = c.Type, c.Raw
		if len(c.Raw) == 0 {
			return errNoObject
		}
	default:
		w.Type, w.Interactive = "interactive", interactiveOf(c)
	}
	return nil
}

// content is the inverse of set. data is the whole object, for the types that
// have to be kept as they are.
func (w *wireContent) content(data []byte) (Content, error) {
	var c Content
	switch w.Type {
	case "text":
		c = orNil(w.Text)
	case "image":
		c = orNil(w.Image)
	case "audio":
		c = orNil(w.Audio)
	case "video":
		c = orNil(w.Video)
	case "document":
		c = orNil(w.Document)
	case "sticker":
		c = orNil(w.Sticker)
	case "location":
		c = orNil(w.Location)
	case "contacts":
		c = &Contacts{Contacts: w.Contacts}
	case "reaction":
		c = orNil(w.Reaction)
	case "pin":
		if w.Pin != nil {
			c = &Pin{MessageID: w.Pin.MessageID, Unpin: w.Pin.Type == "unpin", Days: w.Pin.Days}
		}
	case "template":
		if w.Template != nil {
			c = &Template{Message: *w.Template}
		}
	case "interactive":
		if w.Interactive != nil {
			if c = w.Interactive.content(); c == nil {
				return unknownOf(w.Type, data)
			}
		}
	default:
		return unknownOf(w.Type, data)
	}
	if c == nil {
		return nil, errNoObject
	}
	return c, nil
}

// orNil turns a nil pointer into a nil Content, which an interface holding it
// would not be.
func orNil[T any, P interface {
	*T
	Content
}](p P) Content {
	if p == nil {
		return nil
	}
	return p
}

func unknownOf(typ string, data []byte) (Content, error) {
	if !wireType(typ) {
		return nil, errBadType
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(data, &all); err != nil {
		return nil, cleanJSONError(err)
	}
	raw := all[typ]
	if raw == nil {
		return nil, errNoObject
	}
	return &Unknown{Type: typ, Raw: slices.Clone(raw)}, nil
}

// wireType reports whether s can be a type and, at the same time, a key that
// needs no escaping and collides with no key of the envelope.
func wireType(s string) bool {
	if s == "" || len(s) > 64 || slices.Contains(reservedKeys, s) {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' {
			return false
		}
	}
	return true
}

var reservedKeys = []string{
	"messaging_product", "recipient_type", "to", "recipient", "type", "context", "biz_opaque_callback_data", "messaging_account_id",
	"recipient_identity_key_hash", "category", "ttl_seconds", "direct_send_config", "product_policy",
	"message_activity_sharing", "lane",
}

// cleanJSONError strips the input out of errors of encoding/json, which quote
// numbers that overflow and characters that do not belong.
func cleanJSONError(err error) error {
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("not JSON (offset %d)", e.Offset)
	}
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Errorf("a value has the wrong JSON type (offset %d, wanted %s)", e.Offset, e.Type)
	}
	return errors.New("a value cannot be expressed in JSON")
}
