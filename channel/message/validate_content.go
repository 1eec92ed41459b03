package message

import (
	"encoding/json"
	"math"
	"strings"
	"time"
	"unicode/utf8"
)

// check checks one content against the limits of its kind.
func (c *checker) check(content Content) {
	switch v := content.(type) {
	case *Text:
		c.text("text.body", v.Body, MaxTextBody)
	case *Image:
		c.media("image", v.ID, v.Link, v.Caption)
	case *Video:
		c.media("video", v.ID, v.Link, v.Caption)
	case *Audio:
		c.media("audio", v.ID, v.Link, "")
	case *Document:
		c.media("document", v.ID, v.Link, v.Caption)
		c.filename("document.filename", v.Filename)
	case *Sticker:
		c.media("sticker", v.ID, v.Link, "")
	case *Location:
		c.location(v)
	case *Contacts:
		c.contacts(v)
	case *Reaction:
		c.need("reaction.message_id", v.MessageID)
	case *Pin:
		c.need("pin.message_id", v.MessageID)
		if !v.Unpin && (v.Days < 1 || v.Days > MaxPinDays) {
			c.broken("pin.expiration_days", RuleRange)
		}
	case *Template:
		if !templateName(v.Message.Name()) {
			c.broken("template.name", RuleFormat)
		}
		c.need("template.language.code", v.Message.Language())
	case *Unknown:
		if !wireType(v.Type) {
			c.broken("type", RuleFormat)
		} else if !json.Valid(v.Raw) {
			c.broken(v.Type, RuleFormat)
		}
	default:
		c.interactive(content)
	}
}

func (c *checker) media(path, id, link, caption string) {
	switch {
	case id == "" && link == "":
		c.broken(path, RuleRequired)
	case id != "" && link != "":
		c.broken(path, RuleExclusive)
	case link != "":
		c.link(path+".link", link)
	}
	c.atMost(path+".caption", caption, MaxCaption)
}

func (c *checker) filename(path, name string) {
	if n := utf8.RuneCountInString(name); n > MaxFilename {
		c.add(Problem{Path: path, Rule: RuleTooLong, Severity: SeverityWarning, Limit: MaxFilename, Actual: n})
	}
	if strings.ContainsAny(name, "/\\\x00") {
		c.doubt(path, RuleFormat)
	}
}

func (c *checker) location(l *Location) {
	// Written so that NaN fails too.
	if !(math.Abs(l.Latitude) <= 90) {
		c.broken("location.latitude", RuleRange)
	}
	if !(math.Abs(l.Longitude) <= 180) {
		c.broken("location.longitude", RuleRange)
	}
	if l.Address != "" && l.Name == "" {
		c.doubt("location.address", RuleUseless)
	}
}

func (c *checker) contacts(v *Contacts) {
	c.count("contacts", len(v.Contacts), 1, MaxContacts)
	for i := range v.Contacts {
		card, path := &v.Contacts[i], index("contacts", i)
		n := card.Name
		if strings.TrimSpace(n.Formatted) == "" {
			c.broken(path+".name.formatted_name", RuleRequired)
		}
		if n.First+n.Middle+n.Last+n.Prefix+n.Suffix == "" {
			c.doubt(path+".name", RuleRequired)
		}
		if card.Birthday != "" {
			if _, err := time.Parse(time.DateOnly, card.Birthday); err != nil {
				c.broken(path+".birthday", RuleFormat)
			}
		}
		for j, p := range card.Phones {
			if p.WAID != "" && !allDigits(p.WAID) {
				c.broken(index(path+".phones", j)+".wa_id", RuleFormat)
			}
		}
	}
}
