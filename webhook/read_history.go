package webhook

import (
	"time"

	"github.com/kanava-go/kanava/internal/jsonscan"
)

// history reads the list history: parts of the chat history, each with threads of
// messages, or the news that there will be none.
func (p *parser) history(parts value) {
	l := parts.Elements()
	for l.Next() {
		part := l.Value()
		p.list("history")
		if part.Kind() != jsonscan.Object {
			p.unknown(part, shapeItem, "history", errNotObject)
			continue
		}
		var chunk HistoryChunk
		var meta value
		before := p.count()
		it := part.Iter()
		for it.Next() {
			if it.Key() == "metadata" {
				meta = it.Value()
				chunk = p.chunk(p.object(&it))
			}
		}
		p.err = nil
		p.rare.chunk = at(meta)
		it = part.Iter()
		for it.Next() {
			switch key := it.Key(); key {
			case "metadata":
			case "threads":
				l := it.Value().Elements()
				for l.Next() {
					p.thread(l.Value(), chunk)
				}
			case "errors":
				p.list(key)
				p.emit(it.Value(), shapeChunk, time.Time{}, &HistoryDeclined{Errors: p.errorList(&it)})
			default:
				p.list(key)
				p.unknown(it.Value(), shapeChunk, key, nil)
			}
		}
		switch {
		case p.count() > before:
		case meta.Exists():
			p.list("metadata")
			p.emit(meta, shapeChunk, time.Time{}, new(chunk))
		default:
			p.list("history")
			p.unknown(part, shapeItem, "history", errNoKind)
		}
		p.rare.chunk, p.rare.threadID, p.rare.thread = span{}, span{}, span{}
	}
}

// chunk reads metadata of a part of the history.
func (p *parser) chunk(it jsonscan.Iter) HistoryChunk {
	var c HistoryChunk
	for it.Next() {
		switch it.Key() {
		case "phase":
			c.Phase = p.int(&it)
		case "chunk_order":
			c.Order = p.int(&it)
		case "progress":
			c.Progress = p.int(&it)
		}
	}
	return c
}

// thread reads the messages of one conversation of the history.
func (p *parser) thread(v value, chunk HistoryChunk) {
	p.rare.threadID, p.rare.thread = span{}, span{}
	p.list("threads")
	if v.Kind() != jsonscan.Object {
		p.unknown(v, shapeThread, "threads", errNotObject)
		return
	}
	var user Identity
	var id, about jsonscan.Iter
	it := v.Iter()
	for it.Next() {
		switch it.Key() {
		case "id":
			id, p.rare.threadID = it, at(it.Value())
		case "context":
			about, p.rare.thread = it, at(it.Value())
		}
	}
	// The context says more, wherever it stands.
	if p.rare.threadID != (span{}) {
		p.person(&id, &user)
	}
	if p.rare.thread != (span{}) {
		c := p.object(&about)
		for c.Next() {
			switch c.Key() {
			case "wa_id":
				p.person(&c, &user)
			case "user_id":
				p.userID(&c, &user.BSUID)
			case "parent_user_id":
				p.userID(&c, &user.ParentBSUID)
			case "username":
				user.Username = p.username(&c)
			}
		}
	}
	p.err = nil
	it = v.Iter()
	for it.Next() {
		if it.Key() != "messages" {
			continue
		}
		p.items(it.Value(), shapePast, func(p *parser, m value, s shape) {
			p.past(m, s, user, chunk)
		})
	}
}

// pastMedia reads an element of messages or message_echoes of the field history:
// a file that follows a placeholder.
func (p *parser) pastMedia(v value, s shape) {
	p.past(v, s, Identity{}, HistoryChunk{})
}

// past reads a message of the history in the conversation with user.
func (p *parser) past(v value, s shape, user Identity, chunk HistoryChunk) {
	var m Message
	var x extra
	if !p.readMessage(v, s, &m, &x) {
		return
	}
	if u, ok := m.Content.(*Unknown); ok && u.Err == nil {
		if c := p.pastContent(PastKind(u.Type), v.Get(u.Type)); c != nil {
			m.Content = c
		}
	}
	h := &HistoryMessage{
		ID: m.ID, Content: m.Content, Context: m.Context, Errors: m.Errors,
		Status: x.past, Chunk: chunk, User: m.From,
	}
	// Only messages of the business name a recipient other than the business.
	if h.Outbound = !x.to.IsZero() && !p.ours(&x.to) || m.From.BSUID == "" && p.ours(&m.From); h.Outbound {
		h.User = p.notOurs(x.to, m.From)
	}
	h.User.merge(&user)
	contact, _ := p.complete(&h.User)
	p.emit(v, s, m.Time, h).contact = contact
}

// pastContent reads a content that only a history has, nil for other kinds. Nothing in it
// is a flaw: its form is not documented.
func (p *parser) pastContent(kind PastKind, part value) *PastContent {
	switch kind {
	case PastGIF, PastLinkPreview, PastList, PastTemplate, PastPoll, PastProduct:
	default:
		return nil
	}
	if part.Kind() != jsonscan.Object {
		return nil
	}
	c := &PastContent{Kind: kind, Raw: raw(part)}
	for _, key := range []string{"body", "text", "caption", "question", "name", "title"} {
		if c.Text = saidIn(part.Get(key)); c.Text != "" {
			break
		}
	}
	for _, key := range []string{"url", "canonical_url", "link"} {
		if c.URL = saidIn(part.Get(key)); c.URL != "" {
			break
		}
	}
	if kind == PastGIF {
		outer := p.err
		if c.Media = p.media(MediaVideo, part.Iter()); c.Media.ID == "" {
			c.Media = nil
		}
		p.err = outer
	}
	c.Options = optionsIn(part.Get("options"), c.Options)
	sections := part.Get("sections").Elements()
	for sections.Next() {
		c.Options = optionsIn(sections.Value().Get("rows"), c.Options)
	}
	return c
}

// saidIn is a text, or the text of an object that holds one.
func saidIn(v value) string {
	switch v.Kind() {
	case jsonscan.String:
		return v.Str()
	case jsonscan.Object:
		return v.Get("text").Str()
	default:
		return ""
	}
}

// optionsIn adds the texts or titles of a list.
func optionsIn(list value, options []string) []string {
	if list.Kind() != jsonscan.Array {
		return options
	}
	l := list.Elements()
	for l.Next() {
		o := l.Value()
		for _, v := range []value{o, o.Get("title"), o.Get("name")} {
			if s := saidIn(v); s != "" {
				options = append(options, s)
				break
			}
		}
	}
	return options
}

// contactSync reads an element of state_sync.
func (p *parser) contactSync(v value, s shape) {
	c := new(ContactSync)
	var t time.Time
	it := v.Iter()
	for it.Next() {
		switch it.Key() {
		case "action":
			c.Action = p.text(&it)
		case "metadata":
			m := p.object(&it)
			for m.Next() {
				if m.Key() == "timestamp" {
					t = p.time(&m)
				}
			}
		case "contact":
			k := p.object(&it)
			for k.Next() {
				switch k.Key() {
				case "full_name":
					c.Contact.Name = p.text(&k)
				case "first_name":
					c.FirstName = p.text(&k)
				case "phone_number":
					p.person(&k, &c.Contact)
				case "user_id":
					p.userID(&k, &c.Contact.BSUID)
				case "parent_user_id":
					p.userID(&k, &c.Contact.ParentBSUID)
				case "username":
					c.Contact.Username = p.username(&k)
				}
			}
		}
	}
	typ := v.Get("type").Str()
	if typ != "" && typ != "contact" {
		p.unknown(v, s, typ, nil)
		return
	}
	if c.Contact.IsZero() || c.Action == "" {
		p.unknown(v, s, typ, errNoKind)
		return
	}
	p.emit(v, s, t, c)
}
