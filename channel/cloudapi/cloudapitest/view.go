package cloudapitest

import "time"

// A Bubble is one message as its user sees it on the phone: templates rendered,
// replies, reactions and ticks resolved. It is a copy and belongs to the caller.
type Bubble struct {
	ID   string    `json:"id"`   // wamid
	Mine bool      `json:"mine"` // written on this phone
	From string    `json:"from"` // profile name, or display name of the business
	At   time.Time `json:"at"`   // when it was written

	// Kind is the type on the wire: text, image, interactive, template, …
	Kind string `json:"kind"`

	Text     string    `json:"text,omitempty"` // body or caption, variables filled in
	Header   string    `json:"header,omitempty"`
	Footer   string    `json:"footer,omitempty"`
	Media    *Media    `json:"media,omitempty"`
	Buttons  []Button  `json:"buttons,omitempty"`
	List     string    `json:"list,omitempty"` // label that opens Sections
	Sections []Section `json:"sections,omitempty"`
	Cards    []Card    `json:"cards,omitempty"`
	Place    *Place    `json:"place,omitempty"`
	People   []string  `json:"people,omitempty"`   // names on contact cards
	Products []string  `json:"products,omitempty"` // retailer ids
	Template string    `json:"template,omitempty"` // name, if it was one

	ReplyTo   string   `json:"reply_to,omitempty"` // wamid of the quoted message
	Reactions []string `json:"reactions,omitempty"`
	Forwarded bool     `json:"forwarded,omitempty"`
	Edited    bool     `json:"edited,omitempty"`
	Deleted   bool     `json:"deleted,omitempty"`

	// Ticks is "sent", "delivered" or "read". On a message of this phone,
	// "delivered" means that the platform has it and "read" that the business
	// marked it so.
	Ticks string `json:"ticks,omitempty"`
}

// Media is a file in a message.
type Media struct {
	Kind     string `json:"kind"`         // image, video, audio, document, sticker
	ID       string `json:"id,omitempty"` // media id, "" for a link
	Link     string `json:"link,omitempty"`
	MIME     string `json:"mime,omitempty"` // "" for a link
	Filename string `json:"filename,omitempty"`
	Size     int    `json:"size,omitempty"` // bytes, 0 for a link
	Voice    bool   `json:"voice,omitempty"`
}

// Button is a button under a message.
type Button struct {
	Kind  string `json:"kind"` // reply, quick_reply, url, phone_number, copy_code, flow, …
	Label string `json:"label"`
	ID    string `json:"id,omitempty"` // id, payload or code behind it
	URL   string `json:"url,omitempty"`
}

// Section and Row make up a list message.
type Section struct {
	Title string `json:"title,omitempty"`
	Rows  []Row  `json:"rows"`
}

// Row is one choice of a list message.
type Row struct {
	ID          string `json:"id"`
	Title       string `json:"title"`
	Description string `json:"description,omitempty"`
}

// Card is a card of a carousel.
type Card struct {
	Media   *Media   `json:"media,omitempty"`
	Body    string   `json:"body,omitempty"`
	Product string   `json:"product,omitempty"`
	Buttons []Button `json:"buttons,omitempty"`
}

// Place is a location.
type Place struct {
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
	Name      string  `json:"name,omitempty"`
	Address   string  `json:"address,omitempty"`
}

// Sees returns the chat with a business number or group as it stands on the
// user's screen, oldest message first. A phone that is offline shows what it had.
func (u *User) Sees(with Correspondent) []Bubble {
	u.w.mu.Lock()
	defer u.w.mu.Unlock()
	log := with.logOf(u)
	out := make([]Bubble, 0, len(log))
	for _, m := range log {
		if m.visibleTo(u) && !silent[m.kind] {
			out = append(out, m.shown(u))
		}
	}
	return out
}

// visibleTo reports whether the message has reached the phone of u.
func (m *message) visibleTo(u *User) bool {
	switch {
	case m.fromUser:
		return true
	case m.group != nil:
		return m.seenBy[u]
	}
	return m.stage >= stageDelivered && m.stage != stageFailed
}

// silent are the kinds that show on other messages or not at all.
var silent = map[string]bool{
	"reaction": true, "pin": true, "edit": true, "revoke": true, "request_welcome": true, "system": true,
}

// shown is the message as u sees it.
func (m *message) shown(u *User) Bubble {
	b := Bubble{
		ID: m.id, Mine: m.fromUser && m.author == u, At: time.Unix(0, m.at).UTC(), Kind: m.kind, Text: m.text,
		ReplyTo: m.replyTo, Forwarded: m.forwarded, Edited: m.edited, Deleted: m.deleted, Ticks: stageNames[m.stage],
	}
	b.From = m.number.name
	if m.fromUser {
		b.From = m.author.cfg.Name
	}
	if m.deleted {
		b.Text = ""
		return b
	}
	for _, emoji := range m.reactions {
		if emoji != "" {
			b.Reactions = append(b.Reactions, emoji)
		}
	}
	if r := m.rich; r != nil {
		b.Header, b.Footer, b.Template, b.List = r.header, r.footer, r.template, r.list
		b.Media = r.media.shown()
		b.Buttons = append(b.Buttons, r.buttons...)
		b.Sections = append(b.Sections, r.sections...)
		b.Cards = append(b.Cards, r.cards...)
		b.People = append(b.People, r.people...)
		b.Products = append(b.Products, r.products...)
		if r.place != nil {
			p := *r.place
			b.Place = &p
		}
	}
	return b
}

// shown describes the file as the phone shows it.
func (m *mediaRef) shown() *Media {
	if m == nil {
		return nil
	}
	out := &Media{Kind: m.kind, ID: m.id, Link: m.link, Filename: m.filename, Voice: m.voice}
	if m.file != nil {
		out.MIME, out.Size = m.file.mime, len(m.file.data)
		if out.Filename == "" {
			out.Filename = m.file.filename
		}
	}
	return out
}

// Typing reports whether the typing indicator of the business shows.
func (u *User) Typing(n *Number) bool {
	u.w.mu.Lock()
	defer u.w.mu.Unlock()
	c := u.chats[n]
	return c != nil && u.w.now() < c.typing
}

// Standing is how a person and a business number stand to each other.
type Standing struct {
	WindowEnds time.Time // the first instant without a customer service window; zero = there was none yet
	Offline    bool      // the phone is off
	Blocked    bool      // the person blocked the business
	Refused    bool      // the business blocked the person
	OptedOut   bool      // the person stopped marketing messages
	Agent      bool      // Meta's own agent holds the conversation
}

// Standing returns how the user and a business number stand to each other.
func (u *User) Standing(n *Number) Standing {
	u.w.mu.Lock()
	defer u.w.mu.Unlock()
	st := Standing{Offline: u.cfg.Offline}
	if c := u.chats[n]; c != nil {
		st.Blocked, st.Refused, st.OptedOut, st.Agent = c.blocked, c.blockedBiz, c.stopped, c.standby
		if c.opened != 0 {
			st.WindowEnds = time.Unix(0, c.windowEnds()).UTC()
		}
	}
	return st
}
