package channel

import (
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/internal/filename"
	"github.com/kanava-go/kanava/internal/jsonscan"
)

// redactText masks card numbers as the channel wants it.
func (c *Channel) redactText(s string) string {
	if c.InsecureKeepCards {
		return s
	}
	return c.Redact.String(s)
}

// redactFileName masks card numbers in the name of a file.
func (c *Channel) redactFileName(name string) string { return filename.Redact(name, c.redactText) }

// redactOutbound masks card numbers in everything of an outgoing message that a person
// reads, and reports whether there were any. IDs, links and machine-readable payloads
// stay as they are: changing them would break the message.
func (c *Channel) redactOutbound(out *message.Outbound) (masked bool, err error) {
	if c.InsecureKeepCards {
		return false, nil
	}
	if t, ok := out.Content.(*message.Text); ok && t != nil && out.Category == "" && utf8.ValidString(t.Body) && c.redactText(t.Body) == t.Body {
		return false, nil // the usual case: nothing else of it is read by people
	}
	var fields []field
	if _, err := rewrite(out, func(key, s string) string {
		fields = append(fields, field{key, s})
		return s
	}); err != nil {
		return false, err
	}
	safe := c.redactFields(fields, out.Content.Kind() != message.KindTemplate) // whose words stand between its values
	next := 0
	return rewrite(out, func(string, string) string {
		next++
		return safe[next-1]
	})
}

// rewrite passes everything of an outgoing message that a person reads through change, in the order in
// which it is read, with the key it stands under, and reports whether anything changed. The names of a
// Flow's data, which may be any, stand under "".
func rewrite(out *message.Outbound, change func(key, s string) string) (changed bool, err error) {
	raw, err := json.Marshal(out)
	if err != nil {
		return false, fmt.Errorf("channel: encode message: %w", err)
	}
	w := rewriter{src: string(raw), change: change}
	var doc jsonscan.Doc
	if err := doc.Parse(w.src); err != nil {
		return false, fmt.Errorf("channel: decode message: %w", err)
	}
	w.value("", "", doc.Root())
	if w.out == nil {
		return false, nil
	}
	safe := message.Outbound{}
	if err := json.Unmarshal(append(w.out, w.src[w.done:]...), &safe); err != nil {
		return false, fmt.Errorf("channel: decode message: %w", err)
	}
	*out = safe
	return true, nil
}

// machineKeys are the members of a message that machines read.
var machineKeys = map[string]bool{
	"id": true, "link": true, "url": true, "to": true, "recipient": true, "message_id": true, "type": true,
	"name": true, "code": true, "payload": true, "product_retailer_id": true, "catalog_id": true,
	"thumbnail_product_retailer_id": true, "flow_id": true, "flow_token": true, "flow_name": true,
	"biz_opaque_callback_data": true, "phone": true, "wa_id": true, "recipient_identity_key_hash": true,
	"messaging_product": true, "recipient_type": true, "sub_type": true, "index": true, "format": true,
}

// placedKeys are the members that machines read only in one place, with what holds them: the
// account, and what banks and shops read of an order, for a code with a masked digit pays
// nobody.
var placedKeys = map[string]bool{
	".messaging_account_id": true,
	"pix_dynamic_code.key":  true, "boleto.digitable_line": true, "payment_link.uri": true,
	"items.retailer_id": true, "payment_gateway.configuration_name": true, "expiration.timestamp": true,
}

// A rewriter goes through the JSON of a message.
type rewriter struct {
	change func(key, s string) string
	src    string
	out    []byte // the new message up to done; nil while nothing has changed
	done   uint32
}

func (w *rewriter) value(parent, key string, v jsonscan.Value) {
	switch v.Kind() {
	case jsonscan.String:
		// People name places, goods and themselves; machines name templates and actions.
		if machineKeys[key] && (key != "name" || parent != "location" && parent != "items") || placedKeys[parent+"."+key] {
			return
		}
		start, end := v.Span()
		w.text(key, v.Str(), start, end)
	case jsonscan.Number: // with masks it is no number any more
		if s := v.Raw(); !machineKeys[key] && len(s) >= minCardDigits {
			start, end := v.Span()
			w.text(key, s, start, end)
		}
	case jsonscan.Array:
		it := v.Iter()
		for it.Next() {
			w.value(parent, key, it.Value())
		}
	case jsonscan.Object:
		it := v.Iter()
		for it.Next() {
			name := it.Key()
			start, end := it.KeySpan()
			w.text("", name, start-1, end+1) // with its quotation marks
			w.value(key, name, it.Value())
		}
	}
}

// text puts what becomes of s in the place of src[start:end].
func (w *rewriter) text(key, s string, start, end uint32) {
	safe := w.change(key, s)
	if safe == s {
		return
	}
	w.out = append(w.out, w.src[w.done:start]...)
	w.out = jsonscan.AppendQuoted(w.out, safe)
	w.done = end
}
