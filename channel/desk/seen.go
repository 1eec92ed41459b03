package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/deskapi"
)

// seen is what stands in the margin of a conversation: how many of its inbound messages somebody has
// seen, by readerKey.
type seen map[string]int

// maxReaders bounds how many read marks a conversation has. Beyond it those who have seen the least
// begin anew.
const maxReaders = 200

// readerKey names who reads. Agents and bots have separate name spaces.
func readerKey(a access.Actor) string { return string(a.Kind) + "|" + a.ID }

// MarkSeen keeps how far the actor has read in a conversation: n of the customer's messages, which is
// Conversation.Inbound as it was when they were shown. One less makes the last one unread again; more than
// there are is all that there are, and less than none is none. A mark is the actor's alone, and the customer never hears of it: for that there is [Desk.MarkRead].
func (d *Desk) MarkSeen(ctx context.Context, actor access.Actor, id string, n int) (err error) {
	c := &call{AuditInfo: AuditInfo{Actor: actor, Action: access.Read}, verb: "mark seen"}
	defer d.endRead(ctx, c, &err)
	if err := d.inConversation(ctx, c, id); err != nil {
		return err
	}
	conv, _, err := d.hub.Conversation(ctx, id)
	if err != nil {
		return c.refuse(err)
	}
	n = min(max(0, n), conv.Inbound) // what is still to come has been seen by nobody
	err = d.hub.SetMargin(ctx, deskapi.MarginSeen, id, func(now json.RawMessage) (json.RawMessage, error) {
		marks := seen{}
		if now != nil {
			if err := json.Unmarshal(now, &marks); err != nil {
				return nil, fmt.Errorf("desk: read marks are damaged")
			}
		}
		marks[readerKey(actor)] = n
		for len(marks) > maxReaders {
			delete(marks, marks.least(readerKey(actor)))
		}
		return json.Marshal(marks)
	})
	if err != nil {
		return c.refuse(err)
	}
	return nil
}

// least is who has seen the least, apart from one.
func (s seen) least(but string) (who string) {
	for key, n := range s {
		if key != but && (who == "" || n < s[who] || n == s[who] && key < who) {
			who = key
		}
	}
	return who
}

// marksOverlap is how far back read marks are read again: what is committed last need not have been
// written last.
const marksOverlap = 10 * time.Second

// readMarks takes over the read marks that any process wrote since it was last called.
func (x *inbox) readMarks(ctx context.Context, hub *channel.Hub) error {
	since, last := x.seen, x.seen
	if !since.IsZero() {
		since = since.Add(-marksOverlap)
	}
	var page []*deskapi.Margin
	for m, err := range hub.Margins(ctx, deskapi.MarginSeen, since) {
		if err != nil {
			return err
		}
		page, last = append(page, m), m.At
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, m := range page {
		at, known := x.places[m.Conversation]
		marks := seen{}
		if !known || json.Unmarshal(m.Body, &marks) != nil {
			continue
		}
		list := make([]seenBy, 0, len(marks))
		for key, n := range marks {
			list = append(list, seenBy{x.word(key), n})
		}
		x.entries[at].seen = list
	}
	x.seen = last
	return nil
}

// nobody is the reader who has no mark.
const nobody word = -1

// reader is what stands for an actor in read marks.
func (x *inbox) reader(actor access.Actor) word {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if w, ok := x.words[readerKey(actor)]; ok {
		return w
	}
	return nobody
}

// unread are the numbers of messages that an actor has not seen in some conversations.
func (x *inbox) unread(actor access.Actor, list []*conversation.Conversation) []int {
	me := x.reader(actor)
	x.mu.RLock()
	defer x.mu.RUnlock()
	all := make([]int, len(list))
	for i, c := range list {
		if at, ok := x.places[c.ID]; ok {
			e := x.entries[at]
			e.inbound = c.Inbound
			all[i] = e.unread(me)
		}
	}
	return all
}
