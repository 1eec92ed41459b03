package cloudapitest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Correspondent is whom a user writes to: a *Number or a *Group.
type Correspondent interface {
	// logOf returns the messages of the conversation with u.
	logOf(u *User) []*message
	// post delivers a message of u.
	post(u *User, m *message)
	// home is the business number behind the conversation.
	home() *Number
}

// ErrNotOnScreen is the error of a gesture that the phone does not offer: a
// button that is not there, a message that is gone, an edit that comes too late.
var ErrNotOnScreen = errors.New("cloudapitest: the phone offers no such gesture")

// notOnScreen makes an error that says what is missing and quotes nothing.
func notOnScreen(why string) error { return fmt.Errorf("%w: %s", ErrNotOnScreen, why) }

// home, logOf and post make a number a Correspondent.
func (n *Number) home() *Number { return n }

// logOf returns the chat; nil before the first message.
func (n *Number) logOf(u *User) []*message {
	if c := u.chats[n]; c != nil {
		return c.log
	}
	return nil
}

// post takes a user's message: it opens the service window, counts against the
// number's throughput and goes out as a webhook.
func (n *Number) post(u *User, m *message) {
	c := u.chat(n)
	m.chat, m.number = c, n
	c.blocked = false // the app asks to unblock before it lets one write
	c.log = append(c.log, m)
	w := u.w
	w.remember(m)
	n.bucket.count(m.at, n.interval())
	if c.blockedBiz {
		return // the business has blocked the user: nothing arrives
	}
	if m.opensWindow() {
		c.opened = max(c.opened, m.at)
	}
	if c.standby {
		w.emitStandby(c, m.id, func(e *enc) {
			e.key("contacts").arr(func() { e.raw(c.contactCard(m.at, cardInbound)) })
			e.key("messages").arr(func() { e.raw(w.inbound(m)) })
		})
		return
	}
	w.emit(&item{
		account: n.account, number: n, field: "messages", list: "messages",
		contact: c.contactCard(m.at, cardInbound), elem: w.inbound(m), user: u, wamid: m.id,
	})
}

// opensWindow follows the conservative reading where Meta is silent: reactions and
// what arrives as unsupported do not open the window, edits and deletions neither.
func (m *message) opensWindow() bool {
	return m.kind != "reaction" && m.kind != "edit" && m.kind != "revoke" && m.kind != "unsupported"
}

// write makes a message of the user and posts it. It runs with mu held.
func (u *User) write(to Correspondent, m *message) string {
	w := u.w
	m.author, m.fromUser, m.at, m.stage = u, true, w.now(), stageDelivered
	m.id, m.number = w.wamid(u.phone, true), to.home()
	if w.identity.ScopedWamids {
		w.nameTwice(m, u, !u.chat(m.number).showsPhone(m.at))
	}
	to.post(u, m) // clears the id if the person may not write there
	return m.id
}

// Text writes a text and returns its wamid. A user who is not in the group gets
// "" and sends nothing; so with the other methods that write.
func (u *User) Text(to Correspondent, body string) string {
	u.w.mu.Lock()
	defer u.w.mu.Unlock()
	return u.write(to, &message{kind: "text", text: body})
}

// Reply writes a text that quotes a message of the conversation.
func (u *User) Reply(to Correspondent, wamid, body string) (string, error) {
	u.w.mu.Lock()
	defer u.w.mu.Unlock()
	if _, err := u.find(to, wamid); err != nil {
		return "", err
	}
	return u.write(to, &message{kind: "text", text: body, replyTo: wamid}), nil
}

// Forward passes on a text that was forwarded so many times; more than five make it
// "frequently forwarded".
func (u *User) Forward(to Correspondent, body string, times int) string {
	u.w.mu.Lock()
	defer u.w.mu.Unlock()
	return u.write(to, &message{kind: "text", text: body, forwarded: true, hops: times})
}

// find returns a message that is on the user's screen.
func (u *User) find(with Correspondent, wamid string) (*message, error) {
	for _, m := range with.logOf(u) {
		if (m.id == wamid || m.alias == wamid && wamid != "") && !m.deleted {
			return m, nil
		}
	}
	return nil, notOnScreen("no such message")
}

// Attachment is a file a person sends.
type Attachment struct {
	MIME     string // "" = the usual type of the kind
	Data     []byte // nil = a few bytes that are no real file
	Filename string // documents only
	Caption  string // images, videos, documents
	Animated bool   // stickers only
}

// Image sends a picture.
func (u *User) Image(to Correspondent, a Attachment) string { return u.file(to, "image", a) }

// Video sends a video.
func (u *User) Video(to Correspondent, a Attachment) string { return u.file(to, "video", a) }

// Document sends a file.
func (u *User) Document(to Correspondent, a Attachment) string { return u.file(to, "document", a) }

// Audio sends an audio file; Voice one recorded in WhatsApp.
func (u *User) Audio(to Correspondent, a Attachment) string { return u.file(to, "audio", a) }

// Voice sends a voice message.
func (u *User) Voice(to Correspondent, a Attachment) string { return u.file(to, "voice", a) }

// Sticker sends a sticker.
func (u *User) Sticker(to Correspondent, a Attachment) string { return u.file(to, "sticker", a) }

var usualMIME = map[string]string{
	"image": "image/jpeg", "video": "video/mp4", "document": "application/pdf",
	"audio": "audio/mpeg", "voice": "audio/ogg; codecs=opus", "sticker": "image/webp",
}

// maxInbound is the largest file a user can send to a business.
const maxInbound = 100 << 20

// file sends an attachment. More than 100 MB does not get through: the business
// is told with error 131052, as documented.
func (u *User) file(to Correspondent, kind string, a Attachment) string {
	w := u.w
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(a.Data) > maxInbound {
		return u.unsupported(to, kind, 131052)
	}
	ref := w.attach(to.home(), kind, a, u.cfg.Name)
	return u.write(to, &message{kind: ref.kind, text: a.Caption, rich: &content{media: ref}})
}

// attach puts a file that a phone sends on the platform.
func (w *World) attach(n *Number, kind string, a Attachment, owner string) *mediaRef {
	if a.MIME == "" {
		a.MIME = usualMIME[kind]
	}
	if a.Data == nil {
		a.Data = []byte("fictional " + kind + " of " + owner)
	}
	ref := &mediaRef{kind: kind, filename: a.Filename, voice: kind == "voice", animated: a.Animated}
	if kind == "voice" {
		ref.kind = "audio"
	}
	ref.file = w.addMedia(n, a.MIME, a.Filename, slices.Clone(a.Data), true)
	ref.id = ref.file.id
	return ref
}

// SharePlace sends a location.
func (u *User) SharePlace(to Correspondent, p Place) string {
	u.w.mu.Lock()
	defer u.w.mu.Unlock()
	return u.write(to, &message{kind: "location", rich: &content{place: &p}})
}

// Tap presses a button by its label, on the newest message that shows it, and
// returns the wamid of the answer. Only buttons that answer the business can be
// tapped: reply buttons and quick replies of templates and cards.
func (u *User) Tap(n *Number, label string) (string, error) {
	u.w.mu.Lock()
	defer u.w.mu.Unlock()
	m, b := u.newestButton(n, func(b Button) bool { return b.Label == label })
	switch {
	case m == nil:
		return "", notOnScreen("no button with this label")
	case b.Kind != "reply" && b.Kind != "quick_reply":
		return "", notOnScreen("the button sends nothing to the business")
	}
	kind := "interactive"
	if m.tmpl != nil {
		kind = "button"
	}
	return u.write(n, &message{kind: kind, text: b.Label, replyTo: m.id, rich: &content{action: "button_reply", target: b.ID}}), nil
}

// Choose picks a row of the newest list message that has it, by title.
func (u *User) Choose(n *Number, title string) (string, error) {
	u.w.mu.Lock()
	defer u.w.mu.Unlock()
	for _, m := range slices.Backward(n.logOf(u)) {
		if !m.onScreen() {
			continue
		}
		for _, s := range m.rich.sections {
			for _, r := range s.Rows {
				if r.Title == title {
					return u.write(n, &message{kind: "interactive", text: title, replyTo: m.id,
						rich: &content{action: "list_reply", target: r.ID, footer: r.Description}}), nil
				}
			}
		}
	}
	return "", notOnScreen("no list row with this title")
}

// Read opens the conversation: every delivered message of the business is marked
// read and, unless receipts are off, the business is told.
func (u *User) Read(with Correspondent) {
	w := u.w
	w.mu.Lock()
	defer w.mu.Unlock()
	if u.cfg.NoReceipts {
		return
	}
	for _, m := range with.logOf(u) {
		switch {
		case m.fromUser:
		case m.group != nil:
			m.markReadBy(w, u)
		case m.stage == stageDelivered:
			m.markRead(w)
		}
	}
}

// Play listens to the voice messages received: "played".
func (u *User) Play(n *Number) {
	w := u.w
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, m := range n.logOf(u) {
		if !m.fromUser && (m.stage == stageDelivered || m.stage == stageRead) && m.kind == "audio" && m.rich.media.voice {
			m.stage = stagePlayed
			w.emitStatus(m, stagePlayed)
		}
	}
}

// Block stops everything from the number: sends fail with 131026. Writing to the
// number unblocks it.
func (u *User) Block(n *Number) {
	u.w.mu.Lock()
	defer u.w.mu.Unlock()
	u.chat(n).blocked = true
}

// GoOffline switches the phone off; ComeOnline switches it on again, and all that
// was sent meanwhile and is still valid arrives.
func (u *User) GoOffline() {
	u.w.mu.Lock()
	defer u.w.mu.Unlock()
	u.cfg.Offline = true
}

// ComeOnline switches the phone on.
func (u *User) ComeOnline() {
	w := u.w
	w.mu.Lock()
	defer w.mu.Unlock()
	if !u.cfg.Offline {
		return
	}
	u.cfg.Offline = false
	for _, c := range u.chatsInOrder() {
		for _, m := range c.log {
			if !m.fromUser && m.stage == stageSent {
				w.schedule(w.now()+w.latency(m, 1), true, m)
			}
		}
	}
}

// chatsInOrder lists the user's chats in an order that does not depend on the map.
func (u *User) chatsInOrder() []*chat {
	out := make([]*chat, 0, len(u.chats))
	for _, c := range u.chats {
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b *chat) int { return strings.Compare(a.number.ID, b.number.ID) })
	return out
}
