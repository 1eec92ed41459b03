package cloudapitest

import "slices"

// File returns the content of a file in a message on the user's screen, and its media type. A file that the
// business sent by a link is not there: phones of the simulator load nothing.
func (u *User) File(with Correspondent, wamid string) (data []byte, mime string, err error) {
	u.w.mu.Lock()
	defer u.w.mu.Unlock()
	m, err := u.find(with, wamid)
	if err != nil {
		return nil, "", err
	}
	if !m.visibleTo(u) || m.rich == nil || m.rich.media == nil || m.rich.media.file == nil {
		return nil, "", notOnScreen("no file")
	}
	return slices.Clone(m.rich.media.file.data), m.rich.media.file.mime, nil
}

// Recall puts messages on the phone that were there in a world before, as Sees showed them, oldest first, so
// that a simulation goes on where one ended. No webhook tells of them. Those that the person wrote opened the
// service window then. file returns the content of the file of a message; nil, or a nil content, leaves the file
// out. A message that is there already stays as it is. People keep their identities where Config.Seed is that of
// the world before, and no wamid comes a second time.
func (u *User) Recall(n *Number, seen []Bubble, file func(b *Bubble) []byte) {
	u.w.mu.Lock()
	defer u.w.mu.Unlock()
	c := u.chat(n)
	for i := range seen {
		b := &seen[i]
		if b.ID == "" || u.w.messages[b.ID] != nil {
			continue
		}
		m := &message{
			id: b.ID, number: n, chat: c, at: b.At.UnixNano(), kind: b.Kind, text: b.Text, replyTo: b.ReplyTo, waid: u.phone, fromUser: b.Mine,
			forwarded: b.Forwarded, edited: b.Edited, deleted: b.Deleted, stage: stage(max(0, slices.Index(stageNames[:], b.Ticks))), priced: true,
		}
		if b.Mine {
			m.author = u
		}
		if len(b.Reactions) > 0 { // by whom is not on the screen
			m.reactions[0] = b.Reactions[0]
		}
		m.rich = recalled(b)
		if b.Media != nil && file != nil {
			if data := file(b); data != nil {
				m.rich.media.file = &media{id: b.Media.ID, number: n, mime: b.Media.MIME, filename: b.Media.Filename, data: data, inbound: b.Mine, made: m.at, life: uploadLife}
			}
		}
		// More than anybody wrote in a world that ended by then.
		for _, fromUser := range []bool{true, false} {
			count := wroteKey{u.phone, fromUser}
			u.w.wrote[count] = max(u.w.wrote[count], uint64(max(0, m.at/1000)))
		}
		c.log = append(c.log, m)
		u.w.remember(m)
		if b.Mine && m.opensWindow() {
			c.opened, c.contact = max(c.opened, m.at), max(c.contact, m.at)
		}
	}
	slices.SortStableFunc(c.log, func(a, b *message) int { return int(min(1, max(-1, a.at-b.at))) })
}

// recalled is what of a message stands beside its text.
func recalled(b *Bubble) *content {
	r := &content{
		header: b.Header, footer: b.Footer, template: b.Template, list: b.List, buttons: b.Buttons, sections: b.Sections, cards: b.Cards,
		people: b.People, products: b.Products, place: b.Place,
	}
	if f := b.Media; f != nil {
		r.media = &mediaRef{kind: f.Kind, id: f.ID, link: f.Link, filename: f.Filename, voice: f.Voice}
	}
	return r
}
