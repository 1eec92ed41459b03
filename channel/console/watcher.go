package console

import (
	"errors"
	"hash/maphash"
	"slices"
	"strings"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
)

// news makes a patch of what happened.
func (w *watcher) news(batch []*conversation.News) error {
	w.now = w.Now()
	clear(w.talkers) // names change
	if err := w.forget(); err != nil {
		return err
	}
	var p patch
	var conversations []string
	note := func(id string) {
		if id != "" && !slices.Contains(conversations, id) {
			conversations = append(conversations, id)
		}
	}
	messages := map[string]*conversation.Message{}
	for _, n := range batch {
		if n == nil {
			continue
		}
		if n.Cursor != "" {
			w.cursor = n.Cursor
		}
		switch {
		case n.Conversation == nil && n.Message == nil && n.Customer == nil:
			if n.ID != "" {
				p.Erased = append(p.Erased, n.ID)
			}
		case !w.may(n.Channel, access.Read):
		case n.Conversation != nil:
			note(n.Conversation.ID)
		case n.Customer != nil:
			note(n.Customer.Conversation)
		default:
			note(n.Message.Conversation)
			if n.Message.Conversation == w.open {
				messages[n.Message.ID] = n.Message
			}
		}
	}
	for _, id := range conversations {
		if err := w.conversation(&p, id); err != nil {
			return err
		}
	}
	if slices.Contains(p.hidden, w.open) {
		clear(messages)
	}
	for _, m := range messages {
		if err := w.talkMessage(&p, m, messages); err != nil {
			return err
		}
	}
	slices.SortFunc(p.Messages, func(a, b fragment) int { return strings.Compare(a.Order, b.Order) })
	if len(conversations) > 0 || len(p.Erased) > 0 {
		if err := w.countsInto(&p); err != nil {
			return err
		}
	}
	return w.tell(&p)
}

// conversation puts the row of a conversation into a patch, and the head if it is open.
func (w *watcher) conversation(p *patch, id string) error {
	c, customer, err := w.Desk.Conversation(w.ctx(), w.actor, id)
	if errors.Is(err, channel.ErrNotFound) || errors.Is(err, access.ErrDenied) { // it is not this actor's any more
		p.Gone, p.hidden = append(p.Gone, id), append(p.hidden, id)
		return nil
	}
	if err != nil {
		return err
	}
	iq := w.filter.query(w.actor.ID)
	iq.After, iq.Customer, iq.Limit = "", c.Customer, 100
	page, err := w.Desk.Inbox(w.ctx(), w.actor, iq)
	if err != nil {
		return err
	}
	place := slices.IndexFunc(page.Conversations, func(o *conversation.Conversation) bool { return o.ID == id })
	if place >= 0 {
		row := w.row(c, customer, &iq)
		row.Link, row.Selected, row.Unread = w.filter.Query(), id == w.open, page.Unread[place]
		html, err := w.render("row", row)
		if err != nil {
			return err
		}
		if w.fresh("row "+id, html) {
			p.Rows = append(p.Rows, fragment{ID: id, Order: row.Order, HTML: string(html)})
		}
	} else {
		delete(w.sent, "row "+id)
		p.Gone = append(p.Gone, id)
	}
	if id != w.open {
		return nil
	}
	w.whoElse(p)
	html, err := w.render("head", w.head(c, customer))
	if err == nil && w.fresh("head", html) {
		p.Head = string(html)
	}
	return err
}

// whoElse puts into a patch who else is in the open conversation.
func (w *watcher) whoElse(p *patch) {
	if w.open == "" {
		return
	}
	if text := w.present(w.open); w.fresh("present", []byte(text)) {
		p.Present = &text
	}
}

// talkMessage puts a message of the open conversation into a patch.
func (w *watcher) talkMessage(p *patch, m *conversation.Message, known map[string]*conversation.Message) error {
	v := w.request.message(m, known)
	html, err := w.render("message", &v)
	if err != nil {
		return err
	}
	_, old := w.sent["message "+m.ID]
	if !w.fresh("message "+m.ID, html) {
		return nil
	}
	f := fragment{ID: m.ID, Order: v.Order, HTML: string(html)}
	if v.Edited || v.Deleted {
		f.Quote = w.quoted(m)
	}
	p.Messages = append(p.Messages, f)
	if !old && m.Direction == conversation.Inbound && m.Text != "" {
		p.Says = append(p.Says, m.Text)
	}
	return nil
}

func (w *watcher) countsInto(p *patch) error {
	counts, err := w.counts(w.filter)
	if err != nil {
		return err
	}
	html, err := w.render("counts", inboxView{Filter: w.filter, Counts: counts})
	if err == nil && w.fresh("counts", html) {
		p.Counts = string(html)
	}
	return err
}

// fresh reports whether the page does not have this yet, and notes that it has it now.
func (w *watcher) fresh(what string, html []byte) bool {
	sum := maphash.Bytes(w.seed, html)
	if w.sent[what] == sum {
		return false
	}
	w.sent[what] = sum
	return true
}
