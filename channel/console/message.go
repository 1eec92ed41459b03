package console

import (
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
)

// messageView is a message in a talk.
type messageView struct {
	ID, Order, Key string // Key is that of the draft that it was
	Direction      conversation.Direction
	Kind           string
	Text           template.HTML // with WhatsApp's bold and italics
	Plain          string        // the text as it was written
	At             time.Time
	Author         *Agent // of ours; nil for what nobody here wrote
	Auto           string // the rule that sent it
	Bot            bool
	Sender         string // the member of a group
	Template       string
	Quote          *quoteView
	Files          []fileView
	Place          *placeView
	Cards          []conversation.Contact
	Cart           *conversation.Order
	Call           *conversation.Call
	Ad             *conversation.Referral
	Options        []string
	Reactions      []conversation.Reaction
	Forwarded      bool
	Many           bool
	Edited         bool
	Earlier        []conversation.Version
	Deleted        bool
	Redacted       bool
	Changed        bool // says that an earlier message was edited, which WhatsApp does not pass on
	Unknown        bool // a kind that this version does not know, or WhatsApp does not pass on
	State          conversation.DeliveryState
	Times          []stepView // when what became of it
	Price          string     // the category that it was charged in
	Cost           string     // what it cost, or will, in the channel's currency; "" = not known, or nothing
	Later          time.Time  // when it is to be sent; zero if it is no such message, or not any more
	Failure        string     // why it failed, and what to do
	Code           int        // WhatsApp's number for it, 0 if there is none
	Resend, Cancel bool       // what the actor may do about it
	Again          bool       // the actor may write it again
	Change         bool       // the actor may take it back into the draft
}

type quoteView struct{ ID, By, Text string }

type placeView struct {
	Name, Address, URL string
}

type fileView struct {
	Kind         string // image, video, audio, sticker or file
	Name, URL    string // URL is "" for what is not here
	Size         string
	Voice        bool
	Failed       string
	Ours         bool
	Waiting      bool // it is being fetched
	Alt, Caption string
}

// stepView is a step of a message's way.
type stepView struct {
	State conversation.DeliveryState
	At    time.Time
}

// message puts a message into what is shown. known are those beside it, in which quoted ones are looked for.
func (q *request) message(m *conversation.Message, known map[string]*conversation.Message) messageView {
	v := messageView{
		ID: m.ID, Order: orderOfMessage(m), Key: m.Key, Direction: m.Direction, Kind: m.Kind, Text: formatted(m.Text), Plain: m.Text, At: m.At,
		Auto: m.Auto, Bot: m.ByMachine(), Sender: m.Sender, Cards: m.Contacts, Cart: m.Order, Call: m.Call, Ad: m.Referral, Options: m.Options,
		Forwarded: m.Forwarded, Many: m.Many, Edited: !m.Edited.IsZero(), Earlier: m.Earlier, Deleted: !m.Deleted.IsZero(), Redacted: m.Redacted,
		Unknown: m.Kind == "unsupported" || m.Kind == "unknown" || len(m.Raw) > 0 && m.Text == "",
	}
	if m.Kind == "unsupported" {
		v.Changed = strings.HasSuffix(m.Text, "(edit)]") // the hub's own sentence, with WhatsApp's word for the kind
		v.Text = ""                                      // the page has a sentence in the agent's language
	}
	if m.Author.ID != "" {
		a := q.agent(m.Author.ID)
		v.Author = &a
	}
	if name, language, ok := strings.Cut(m.Template, "/"); ok {
		v.Template = strings.ReplaceAll(name, "_", " ") + " · " + language
	}
	if m.Quoted != "" || m.QuotedWAMID != "" {
		v.Quote = q.quote(m.Quoted, known)
	}
	for i, f := range m.Attachments {
		v.Files = append(v.Files, q.fileOf(m, i, &f))
	}
	if l := m.Location; l != nil {
		v.Place = &placeView{l.Name, l.Address, fmt.Sprintf("https://www.openstreetmap.org/?mlat=%[1]f&mlon=%[2]f#map=16/%[1]f/%[2]f", l.Latitude, l.Longitude)}
	}
	v.Reactions = slices.DeleteFunc(slices.Clone(m.Reactions), func(r conversation.Reaction) bool { return r.Emoji == "" })
	if m.Direction == conversation.Outbound {
		q.outcome(&v, m)
	}
	return v
}

// outcome adds what became of a message of ours.
func (q *request) outcome(v *messageView, m *conversation.Message) {
	d := &m.Delivery
	v.State = d.State()
	for _, s := range []stepView{
		{conversation.Queued, d.QueuedAt}, {conversation.Accepted, d.AcceptedAt}, {conversation.Sent, d.SentAt},
		{conversation.Delivered, d.DeliveredAt}, {conversation.Read, d.ReadAt}, {conversation.Played, d.PlayedAt}, {conversation.Failed, d.FailedAt},
	} {
		if !s.At.IsZero() {
			v.Times = append(v.Times, s)
		}
	}
	if d.Price != nil && (d.Price.Billable == nil || *d.Price.Billable) {
		v.Price = d.Price.Category
	}
	v.Cost = q.costOf(m)
	if v.State == conversation.Scheduled {
		v.Later = d.ScheduledFor
	}
	if v.Bad() && d.Failure != nil {
		v.Failure, v.Code = q.language.failed(d.Failure), d.Failure.Code
	}
	v.Resend = v.State == conversation.Uncertain && q.may(m.Channel, access.Resend)
	v.Cancel = (v.State == conversation.Queued || v.State == conversation.Scheduled) && q.may(m.Channel, access.CancelQueued)
	v.Change = v.Cancel && !v.Later.IsZero() && m.Text != "" && m.Template == "" && len(m.Attachments) == 0 && q.may(m.Channel, access.Reply)
	v.Again = v.State == conversation.Failed && m.Text != "" && m.Template == "" && q.may(m.Channel, access.Reply)
}

// costOf is what a message cost, or is expected to.
func (q *request) costOf(m *conversation.Message) string {
	_, sum := m.Cost.Posting()
	if sum.Cost+sum.ReservedCost == 0 {
		return ""
	}
	return strings.TrimSpace((sum.Cost + sum.ReservedCost).String() + " " + q.currency(m.Channel))
}

// currency is that of a channel's rate cards, "" if it has none.
func (q *request) currency(on string) string {
	if q.currencies == nil {
		q.currencies = map[string]string{}
	}
	text, known := q.currencies[on]
	if !known {
		if ch, err := q.Desk.Hub().Channel(q.ctx(), on); err == nil {
			text = currencyOf(ch.Rates)
		}
		q.currencies[on] = text
	}
	return text
}

// Bad says that the message did not arrive, or that nobody knows.
func (v *messageView) Bad() bool {
	return v.State == conversation.Failed || v.State == conversation.Uncertain
}

// quote shows what a message answers to, as far as it is known.
func (q *request) quote(id string, known map[string]*conversation.Message) *quoteView {
	m, ok := known[id]
	if !ok && id != "" {
		m, _ = q.Desk.Message(q.ctx(), q.actor, id)
	}
	if m == nil {
		return &quoteView{Text: q.language.say("quote.unknown")}
	}
	by := q.talker(m)
	if m.Direction != conversation.Inbound {
		by = q.Brand
		if m.Author.ID != "" {
			by = q.nameOf(m.Author.ID)
		}
	}
	return &quoteView{m.ID, by, q.quoted(m)}
}

// talker is who wrote a message of a customer: a member of a group, or the person whom the conversation is with.
func (q *request) talker(m *conversation.Message) string {
	if m.Sender != "" {
		return m.Sender
	}
	name, known := q.talkers[m.Conversation]
	if known {
		return name
	}
	name = q.language.say("quote.customer")
	if _, customer, err := q.Desk.Conversation(q.ctx(), q.actor, m.Conversation); err == nil && customer.Group == "" {
		name = q.named(customer)
	}
	if q.talkers == nil {
		q.talkers = map[string]string{}
	}
	q.talkers[m.Conversation] = name
	return name
}

// quoted is what a message says where it is quoted.
func (q *request) quoted(m *conversation.Message) string {
	switch {
	case !m.Deleted.IsZero():
		return q.language.say("deleted")
	case m.Text == "":
		return q.language.word("kind", m.Kind)
	}
	return m.Text
}

// fileOf shows an attachment.
func (q *request) fileOf(m *conversation.Message, i int, f *conversation.Attachment) fileView {
	v := fileView{Name: f.Name, Voice: f.Voice, Failed: f.Failed, Ours: m.Direction != conversation.Inbound, Kind: "file", Alt: m.Text}
	if f.SafeName != "" {
		v.Name = f.SafeName
	}
	switch kind, _, _ := strings.Cut(f.MIME, "/"); {
	case m.Kind == "sticker":
		v.Kind = "sticker"
	case kind == "image" || kind == "video" || kind == "audio":
		v.Kind = kind
	}
	if v.Kind != "file" && !inline(f.MIME) {
		v.Kind = "file"
	}
	if f.Size > 0 {
		v.Size = sizeOf(f.Size)
	}
	switch {
	case f.Ref != "" && q.Files != nil:
		v.URL = q.Prefix + "/files/" + m.ID + "/" + strconv.Itoa(i)
	case f.Ref == "" && f.Failed == "" && !v.Ours:
		v.Waiting = true
	}
	if v.Name == "" {
		v.Name = q.language.word("kind", m.Kind)
	}
	return v
}

// sizeOf writes a number of bytes.
func sizeOf(n int64) string {
	switch {
	case n >= 1<<20:
		return strconv.FormatFloat(float64(n)/(1<<20), 'f', 1, 64) + " MB"
	case n >= 1<<10:
		return strconv.FormatInt(n>>10, 10) + " kB"
	}
	return strconv.FormatInt(n, 10) + " B"
}

// orderOfMessage sorts messages as the hub does.
func orderOfMessage(m *conversation.Message) string {
	return fmt.Sprintf("%012d.%09d", m.At.Unix(), m.Seq)
}
