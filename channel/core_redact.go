package channel

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"unicode/utf8"

	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/internal/filename"
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
	return rewrite(out, func(key, s string) string {
		if key == "filename" {
			return c.redactFileName(s)
		}
		return c.redactText(s)
	})
}

// rewrite passes everything of an outgoing message that a person reads through change, with
// the key it stands under, and reports whether anything changed.
func rewrite(out *message.Outbound, change func(key, s string) string) (changed bool, err error) {
	raw, err := json.Marshal(out)
	if err != nil {
		return false, fmt.Errorf("channel: encode message: %w", err)
	}
	var doc any
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber() // coordinates and prices as they were written
	if err := decoder.Decode(&doc); err != nil {
		return false, fmt.Errorf("channel: decode message: %w", err)
	}
	w := rewriter{change: change}
	doc = w.value("", "", doc)
	if !w.changed {
		return false, nil
	}
	if raw, err = json.Marshal(doc); err != nil {
		return false, fmt.Errorf("channel: encode message: %w", err)
	}
	safe := message.Outbound{}
	if err := json.Unmarshal(raw, &safe); err != nil {
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
	change  func(key, s string) string
	changed bool
}

func (w *rewriter) value(parent, key string, v any) any {
	switch v := v.(type) {
	case string:
		// People name places, goods and themselves; machines name templates and actions.
		if machineKeys[key] && (key != "name" || parent != "location" && parent != "items") || placedKeys[parent+"."+key] {
			return v
		}
		return w.text(key, v)
	case json.Number:
		if s := v.String(); !machineKeys[key] && len(s) >= minCardDigits {
			if safe := w.text(key, s); safe != s {
				return safe // with masks it is no number any more
			}
		}
	case []any:
		for i := range v {
			v[i] = w.value(parent, key, v[i])
		}
	case map[string]any:
		for _, k := range slices.Collect(maps.Keys(v)) {
			member := w.value(key, k, v[k])
			if safe := w.text("", k); safe != k { // members of a Flow's data have any name
				delete(v, k)
				k = safe
			}
			v[k] = member
		}
	}
	return v
}

func (w *rewriter) text(key, s string) string {
	safe := w.change(key, s)
	w.changed = w.changed || safe != s
	return safe
}
