package cloudapitest

import (
	"log/slog"
	"time"
)

// A Bubble is one message as its user sees it on the phone: templates rendered,
// replies, reactions and ticks resolved. It is a copy and belongs to the caller.
type Bubble struct {
	ID   string    // wamid
	Mine bool      // written on this phone
	From string    // profile name, or display name of the business
	At   time.Time // when it was written

	// Kind is the type on the wire: text, image, interactive, template, …
	Kind string

	Text     string // body or caption, variables filled in
	Header   string
	Footer   string
	Media    *Media
	Buttons  []Button
	List     string // label that opens Sections
	Sections []Section
	Cards    []Card
	Place    *Place
	People   []string // names on contact cards
	Products []string // retailer ids
	Template string   // name, if it was one

	ReplyTo   string // wamid of the quoted message
	Reactions []string
	Forwarded bool
	Edited    bool
	Deleted   bool

	// Ticks is "sent", "delivered" or "read". On a message of this phone,
	// "delivered" means that the platform has it and "read" that the business
	// marked it so.
	Ticks string
}

// Media is a file in a message.
type Media struct {
	Kind     string // image, video, audio, document, sticker
	ID       string // media id, "" for a link
	Link     string
	MIME     string // "" for a link
	Filename string
	Size     int // bytes, 0 for a link
	Voice    bool
}

// Button is a button under a message.
type Button struct {
	Kind  string // reply, quick_reply, url, phone_number, copy_code, flow, …
	Label string
	ID    string // id, payload or code behind it
	URL   string
}

// Section and Row make up a list message.
type Section struct {
	Title string
	Rows  []Row
}

// Row is one choice of a list message.
type Row struct {
	ID, Title, Description string
}

// Card is a card of a carousel.
type Card struct {
	Media   *Media
	Body    string
	Product string
	Buttons []Button
}

// Place is a location.
type Place struct {
	Latitude, Longitude float64
	Name, Address       string
}

// LogValue hides what people wrote.
func (b Bubble) LogValue() slog.Value {
	return slog.GroupValue(slog.String("kind", b.Kind), slog.Bool("mine", b.Mine), slog.Int("runes", runes(b.Text)))
}

// LogValue hides where somebody is.
func (Place) LogValue() slog.Value { return slog.StringValue("[place]") }

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
