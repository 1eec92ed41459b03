package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/deskapi"
)

// Who is where, and how far somebody has read, is in no feed: it changes every few seconds, passes without
// anybody doing anything, and would push what matters out of the store's memory of changes. To ask for all
// of it at once is one read of an index, whatever the number of conversations.

// Around tells of all channels that the actor may read who is in which conversation at the moment, by the
// IDs of the conversations, as [Desk.Present] does of some. It is the whole picture each time: who is
// not in it has left. Ask as often as a page is to show it, such as every 2 seconds.
func (d *Desk) Around(ctx context.Context, actor access.Actor) (map[string][]Presence, error) {
	now := d.now().UTC()
	found := map[string][]Presence{}
	for m, err := range d.hub.Margins(ctx, deskapi.MarginPresence, now.Add(-PresenceFor-marksOverlap)) {
		if err != nil {
			return nil, fmt.Errorf("desk: read presence: %w", err)
		}
		if all := present(m.Body, now); len(all) > 0 {
			found[m.Conversation] = all
		}
	}
	if err := keepReadable(ctx, d, actor, found); err != nil {
		return nil, fmt.Errorf("desk: read presence: %w", err)
	}
	for _, all := range found {
		sortPresent(all)
	}
	return found, nil
}

// Seen tells how far the actor has read, of conversations that somebody marked since a time and that the
// actor may read: n of [Desk.MarkSeen] by the IDs of the conversations. next is the time to ask for the
// next time; the zero time asks for everything. Some come twice; none is missed.
func (d *Desk) Seen(ctx context.Context, actor access.Actor, since time.Time) (marks map[string]int, next time.Time, err error) {
	if next = since; !since.IsZero() {
		since = since.Add(-marksOverlap)
	}
	marks = map[string]int{}
	for m, err := range d.hub.Margins(ctx, deskapi.MarginSeen, since) {
		if err != nil {
			return nil, next, fmt.Errorf("desk: read marks: %w", err)
		}
		next = m.At
		all := seen{}
		if json.Unmarshal(m.Body, &all) != nil {
			continue
		}
		if n, ok := all[readerKey(actor)]; ok {
			marks[m.Conversation] = n
		}
	}
	if err := keepReadable(ctx, d, actor, marks); err != nil {
		return nil, next, fmt.Errorf("desk: read marks: %w", err)
	}
	return marks, next, nil
}

// keepReadable leaves of what is known of conversations what an actor may read.
func keepReadable[V any](ctx context.Context, d *Desk, actor access.Actor, of map[string]V) error {
	if len(of) == 0 {
		return nil
	}
	ids := make([]string, 0, len(of))
	for id := range of {
		ids = append(ids, id)
	}
	talks, err := d.hub.ConversationsByID(ctx, ids...)
	if err != nil {
		return err
	}
	may, readable := map[string]bool{}, map[string]bool{} // channels, conversations
	for _, talk := range talks {
		on := talk.Conversation.Channel
		if _, asked := may[on]; !asked {
			if may[on], err = d.reads(ctx, actor, on); err != nil {
				return err
			}
		}
		readable[talk.Conversation.ID] = may[on]
	}
	for id := range of {
		if !readable[id] {
			delete(of, id)
		}
	}
	return nil
}
