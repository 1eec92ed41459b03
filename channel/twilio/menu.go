package twilio

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/kanava-go/kanava/channel/message"
)

// Twilio sends buttons and lists out of content that was made beforehand. One content is made
// per shape of menu (so many buttons; so many rows, these with a description), of variables
// throughout: nothing that was written to a customer stays in the account's content, and an
// account has a few dozen of them at most.
//
// https://www.twilio.com/docs/content/twilio-quick-reply and
// https://www.twilio.com/docs/content/twiliolist-picker (checked 2026-11-29): all parts take
// variables; in a session no approval is needed.

// shape is a menu without its texts.
type shape struct {
	name  string // how the content is found again
	kind  string
	value map[string]any
	count int // of variables
}

// shapes are the contents known so far.
type shapes struct {
	mu     sync.Mutex
	listed bool
	sids   map[string]string // by name
}

// forget drops a content that is gone, and reports whether it was one of these.
func (s *shapes) forget(sid string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name, known := range s.sids {
		if known == sid {
			delete(s.sids, name)
			return true
		}
	}
	return false
}

// shapePrefix begins the names of contents that are made here.
const shapePrefix = "kanava_menu_"

// menuShape returns the shape of a menu, nil for other contents.
func menuShape(c message.Content) *shape {
	n := 0
	next := func() string { n++; return "{{" + strconv.Itoa(n) + "}}" }
	switch c := c.(type) {
	case *message.Buttons:
		s := &shape{name: shapePrefix + "buttons_" + strconv.Itoa(len(c.Buttons)), kind: "twilio/quick-reply"}
		body := next()
		var actions []map[string]string
		for range c.Buttons {
			actions = append(actions, map[string]string{"type": "QUICK_REPLY", "title": next(), "id": next()})
		}
		s.value, s.count = map[string]any{"body": body, "actions": actions}, n
		return s
	case *message.List:
		s := &shape{kind: "twilio/list-picker"}
		body, button := next(), next()
		var items []map[string]string
		var form strings.Builder
		for _, section := range c.Sections {
			for _, r := range section.Rows {
				item := map[string]string{"item": next(), "id": next()}
				form.WriteByte('r')
				if r.Description != "" {
					item["description"] = next()
					form.WriteByte('d')
				}
				items = append(items, item)
			}
		}
		s.name = shapePrefix + "list_" + form.String()
		s.value, s.count = map[string]any{"body": body, "button": button, "items": items}, n
		return s
	default:
		return nil
	}
}

// content returns the content of a shape: one known, one that the account has from before, or
// a new one.
func (c *Client) content(ctx context.Context, s *shape) (string, error) {
	c.shapes.mu.Lock()
	defer c.shapes.mu.Unlock()
	if sid := c.shapes.sids[s.name]; sid != "" {
		return sid, nil
	}
	if !c.shapes.listed {
		sids := map[string]string{}
		for content, err := range c.Contents(ctx) {
			if err != nil {
				return "", err
			}
			if strings.HasPrefix(content.Name, shapePrefix) {
				sids[content.Name] = content.SID
			}
		}
		c.shapes.sids, c.shapes.listed = sids, true
		if sid := sids[s.name]; sid != "" {
			return sid, nil
		}
	}
	samples := make(map[string]string, s.count)
	for i := range s.count {
		samples[strconv.Itoa(i+1)] = "sample " + strconv.Itoa(i+1)
	}
	var w struct {
		SID string `json:"sid"`
	}
	err := c.do(ctx, &call{
		op: "create content", method: http.MethodPost, url: c.at(hostContent, "/v1/Content"), repeat: true,
		json: map[string]any{
			"friendly_name": s.name, "language": "en", "variables": samples, "types": map[string]any{s.kind: s.value},
		},
	}, &w)
	if err != nil {
		return "", err
	}
	if w.SID == "" {
		return "", &TransportError{Op: "create content", Sent: true, cause: errUnexpected}
	}
	c.shapes.sids[s.name] = w.SID
	return w.SID, nil
}
