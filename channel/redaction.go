package channel

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path"
	"strings"

	"github.com/kanava-go/kanava/channel/message"
)

// redactText masks card numbers as the channel wants it.
func (c *Channel) redactText(s string) string {
	if c.InsecureKeepCards {
		return s
	}
	return c.Redact.String(s)
}

// redactFileName masks card numbers in the name of a file without its extensions, with
// which a number looks like part of a longer word.
func (c *Channel) redactFileName(name string) string {
	exts := ""
	for range 3 { // as in ".tar.gz.asc"
		ext := path.Ext(name)
		if ext == "" {
			break
		}
		name, exts = c.Redact.String(strings.TrimSuffix(name, ext)), ext+exts
	}
	return name + exts
}

// redactOutbound masks card numbers in everything of an outgoing message that a person
// reads, and reports whether there were any. IDs, links and machine-readable payloads
// stay as they are: changing them would break the message.
func (c *Channel) redactOutbound(out *message.Outbound) (masked bool, err error) {
	if c.InsecureKeepCards {
		return false, nil
	}
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
	doc = c.redactValue("", "", doc, &masked)
	if !masked {
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

func (c *Channel) redactValue(parent, key string, v any, masked *bool) any {
	switch v := v.(type) {
	case string:
		// People name places and themselves; machines name templates and actions.
		if machineKeys[key] && (key != "name" || parent != "location") {
			return v
		}
		safe := c.Redact.String(v)
		if key == "filename" {
			safe = c.redactFileName(safe)
		}
		*masked = *masked || safe != v
		return safe
	case []any:
		for i := range v {
			v[i] = c.redactValue(parent, key, v[i], masked)
		}
	case map[string]any:
		for k := range v {
			v[k] = c.redactValue(key, k, v[k], masked)
		}
	}
	return v
}
