package desk

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/deskapi"
)

// PresenceFor is how long somebody counts as present after they said so last. A page says it again
// every 15 seconds or so.
const PresenceFor = 30 * time.Second

// Activity is what somebody does in a conversation.
type Activity string

// Activities.
const (
	Viewing Activity = "viewing" // looks at it
	Writing Activity = "writing" // writes an answer
	Gone    Activity = ""        // left
)

// ErrActivity says that there is no such Activity.
var ErrActivity = errors.New("desk: no such activity")

// Presence is somebody who is in a conversation at the moment.
type Presence struct {
	Author   conversation.Author `json:"author"`
	Activity Activity            `json:"activity"`
	Until    time.Time           `json:"until"` // unless they say so again
}

// maxPresent bounds how many people are kept as present in a conversation.
const maxPresent = 50

// SetPresence says that the actor looks at a conversation or writes in it, for [PresenceFor] from now
// on, or has left. Every process knows at once, so that two do not answer at the same time; it stops
// nobody. To say the same again costs a read, and a write every 15 seconds.
func (d *Desk) SetPresence(ctx context.Context, actor access.Actor, id string, activity Activity) (err error) {
	c := &call{AuditInfo: AuditInfo{Actor: actor, Action: access.Read}, verb: "set presence"}
	defer d.endRead(ctx, c, &err)
	if activity != Gone && activity != Viewing && activity != Writing {
		return c.refuse(ErrActivity)
	}
	if err := d.inConversation(ctx, c, id); err != nil {
		return err
	}
	now := d.now().UTC()
	err = d.hub.SetMargin(ctx, deskapi.MarginPresence, id, func(stored json.RawMessage) (json.RawMessage, error) {
		all := present(stored, now)
		i := slices.IndexFunc(all, func(p Presence) bool { return p.Author == author(actor) })
		switch {
		case i >= 0 && activity == all[i].Activity && all[i].Until.Sub(now) > PresenceFor/2:
			return stored, nil // soon enough the next time
		case i >= 0:
			all = slices.Delete(all, i, i+1)
		}
		if activity != Gone {
			all = append(all, Presence{author(actor), activity, now.Add(PresenceFor)})
			all = all[max(0, len(all)-maxPresent):]
		}
		if len(all) == 0 {
			return nil, nil
		}
		return json.Marshal(all)
	})
	if err != nil {
		return c.refuse(err)
	}
	return nil
}

// Present tells who is in some conversations at the moment, by their IDs, those who write first. Of a
// conversation that the actor may not read, or that is not there, nothing is told.
func (d *Desk) Present(ctx context.Context, actor access.Actor, ids ...string) (map[string][]Presence, error) {
	margins, err := d.hub.MarginsOf(ctx, deskapi.MarginPresence, ids...)
	if err != nil {
		return nil, fmt.Errorf("desk: read presence: %w", err)
	}
	now := d.now().UTC()
	found := map[string][]Presence{}
	for id, m := range margins {
		on, err := d.hub.ChannelOf(ctx, id)
		may := false
		if err == nil {
			may, err = d.reads(ctx, actor, on)
		}
		switch {
		case errors.Is(err, channel.ErrNotFound), err == nil && !may:
			continue // erased meanwhile, or of another tenant
		case err != nil:
			return nil, fmt.Errorf("desk: read presence: %w", err)
		}
		if all := present(m.Body, now); len(all) > 0 {
			sortPresent(all)
			found[id] = all
		}
	}
	return found, nil
}

// sortPresent puts those first who write.
func sortPresent(all []Presence) {
	slices.SortFunc(all, func(a, b Presence) int {
		return cmp.Or(cmp.Compare(b.Activity, a.Activity), strings.Compare(a.Author.ID, b.Author.ID))
	})
}

// present are those whose time is not over.
func present(stored json.RawMessage, now time.Time) (all []Presence) {
	if json.Unmarshal(stored, &all) != nil {
		return nil
	}
	return slices.DeleteFunc(all, func(p Presence) bool { return !p.Until.After(now) })
}
