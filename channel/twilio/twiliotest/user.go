package twiliotest

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// UserConfig describes a person.
type UserConfig struct {
	Name string // of the profile; "" means "Customer"
	// Phone is E.164 with the plus; "" means one that nobody else has.
	Phone string
	// BSUID is what the person is called who hides the phone number, such as "US.1349…"; "" means
	// one that nobody else has.
	BSUID string
	// Hidden hides the phone number in webhooks.
	Hidden bool
	// Fails is the code, of Twilio's, with which everything fails that is sent to the person;
	// 0 lets it arrive.
	Fails int
}

// User is a person with a phone. Gestures return the MessageSid.
type User struct {
	sim    *Sim
	cfg    UserConfig
	chats  map[string][]*Bubble
	opened map[string]time.Time // last message to a sender
}

// Bubble is what a person sees of one message of the business.
type Bubble struct {
	SID     string
	Text    string
	Media   string // address of the file
	Geo     string
	Buttons []Choice
	Rows    []Choice
	State   string // "sent", "delivered", "read", "failed"
	Code    int    // Twilio's, of a failure
}

// Choice is a button or a row.
type Choice struct{ ID, Title, Description string }

// AddUser adds a person.
func (s *Sim) AddUser(cfg UserConfig) *User {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.users)
	if cfg.Name == "" {
		cfg.Name = "Customer"
	}
	if cfg.Phone == "" {
		cfg.Phone = fmt.Sprintf("+1650555%04d", 100+n)
	}
	if cfg.BSUID == "" {
		cfg.BSUID = fmt.Sprintf("US.1349120865530274%04d", n)
	}
	u := &User{sim: s, cfg: cfg, chats: map[string][]*Bubble{}, opened: map[string]time.Time{}}
	s.users[cfg.Phone], s.users[cfg.BSUID] = u, u
	return u
}

// Phone returns the phone number, E.164 with the plus.
func (u *User) Phone() string { return u.cfg.Phone }

// Text writes a text to a sender.
func (u *User) Text(to, text string) string {
	return u.send(to, url.Values{"MessageType": {"text"}, "Body": {text}})
}

// Quote writes a text in answer to a message.
func (u *User) Quote(to, sid, text string) string {
	return u.send(to, url.Values{
		"MessageType": {"text"}, "Body": {text}, "OriginalRepliedMessageSid": {sid}, "OriginalRepliedMessageSender": {"whatsapp:" + to},
	})
}

// Send writes a message of the caller's own parameters, beside those of every message.
func (u *User) Send(to string, parameters url.Values) string { return u.send(to, parameters) }

// File sends a file with a caption, which may be empty.
func (u *User) File(to string, m Media, caption string) string {
	s := u.sim
	s.mu.Lock()
	path := "/2010-04-01/Accounts/" + s.cfg.AccountSID + "/Messages/" + s.id("MM") + "/Media/" + s.id("ME")
	s.media[path] = m
	at := s.host("api") + path
	s.mu.Unlock()
	kind, _, _ := strings.Cut(m.MIME, "/")
	if kind != "image" && kind != "video" && kind != "audio" {
		kind = "document"
	}
	return u.send(to, url.Values{
		"MessageType": {kind}, "Body": {caption}, "NumMedia": {"1"}, "MediaUrl0": {at}, "MediaContentType0": {m.MIME},
	})
}

// Place sends a location.
func (u *User) Place(to string, latitude, longitude float64, label, address string) string {
	return u.send(to, url.Values{
		"MessageType": {"location"}, "Body": {""}, "Label": {label}, "Address": {address},
		"Latitude":  {strconv.FormatFloat(latitude, 'f', -1, 64)},
		"Longitude": {strconv.FormatFloat(longitude, 'f', -1, 64)},
	})
}

// Tap presses a button of a message, or chooses a row of its list. It panics if the message
// offers no such choice: nobody can do that.
func (u *User) Tap(to, sid, title string) string {
	p := url.Values{"OriginalRepliedMessageSid": {sid}, "OriginalRepliedMessageSender": {"whatsapp:" + to}}
	u.sim.mu.Lock()
	for _, b := range u.chats[to] {
		if b.SID != sid {
			continue
		}
		for _, c := range b.Buttons {
			if c.Title == title {
				p.Set("MessageType", "button")
				p.Set("Body", c.Title)
				p.Set("ButtonText", c.Title)
				p.Set("ButtonPayload", c.ID)
			}
		}
		for _, c := range b.Rows {
			if c.Title == title {
				p.Set("MessageType", "interactive")
				p.Set("Body", c.Title)
				p.Set("ListId", c.ID)
				p.Set("ListTitle", c.Title)
				if c.Description != "" {
					p.Set("ListDescription", c.Description)
				}
			}
		}
	}
	u.sim.mu.Unlock()
	if !p.Has("MessageType") {
		panic("twiliotest: the message offers no such choice")
	}
	return u.send(to, p)
}

// Reads opens the chat: everything in it is read.
func (u *User) Reads(sender string) {
	s := u.sim
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, b := range u.chats[sender] {
		if m := s.messages[b.SID]; m != nil && b.State == "delivered" {
			s.status(m, "read", 0)
		}
	}
}

// Sees returns what is on the screen of the chat with a sender, oldest first. What failed is
// not.
func (u *User) Sees(sender string) []Bubble {
	u.sim.mu.Lock()
	defer u.sim.mu.Unlock()
	var all []Bubble
	for _, b := range u.chats[sender] {
		if b.State == "delivered" || b.State == "read" {
			c := *b
			c.Buttons, c.Rows = slices.Clone(b.Buttons), slices.Clone(b.Rows)
			all = append(all, c)
		}
	}
	return all
}

// CloseWindow closes the customer service window of a sender at once. No program can know that it
// did; what it sends until it is told counts in Audit all the same.
func (u *User) CloseWindow(sender string) {
	u.sim.mu.Lock()
	defer u.sim.mu.Unlock()
	delete(u.opened, sender)
}

func (u *User) send(to string, p url.Values) string {
	s := u.sim
	s.mu.Lock()
	defer s.mu.Unlock()
	sid := s.id("SM")
	u.opened[to] = s.cfg.Now()
	form := url.Values{
		"MessageSid": {sid}, "SmsSid": {sid}, "SmsMessageSid": {sid}, "SmsStatus": {"received"}, "AccountSid": {s.cfg.AccountSID},
		"To": {"whatsapp:" + to}, "ProfileName": {u.cfg.Name}, "NumMedia": {"0"}, "NumSegments": {"1"},
		"ApiVersion": {"2010-04-01"}, "ExternalUserId": {u.cfg.BSUID}, "ReferralNumMedia": {"0"},
	}
	if u.cfg.Hidden {
		form.Set("From", "whatsapp:"+u.cfg.BSUID)
	} else {
		form.Set("From", "whatsapp:"+u.cfg.Phone)
		form.Set("WaId", strings.TrimPrefix(u.cfg.Phone, "+"))
	}
	for k, v := range p {
		form[k] = v
	}
	if s.hook != "" {
		s.enqueue(post{s.hook, form})
	}
	return sid
}
