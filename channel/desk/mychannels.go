package desk

import (
	"context"
	"fmt"
	"slices"

	"github.com/kanava-go/kanava/channel/access"
)

// ChannelRights is a channel as somebody may use it.
type ChannelRights struct {
	// ID and Name are the channel's; Enabled says that it sends.
	ID      string `json:"id"`
	Name    string `json:"name"`
	Enabled bool   `json:"enabled"`
	// Role is the highest that the actor holds; access.NoRole for one who only administers.
	Role access.Role `json:"role"`
	// Actions are all that the actor may do there now, in the order of [access.Actions].
	Actions []access.Action `json:"actions"`
}

// May says whether an action is among Actions.
func (r *ChannelRights) May(action access.Action) bool { return slices.Contains(r.Actions, action) }

// MyChannels lists the channels on which the actor may do anything, ordered by ID, each with what: for
// the menus of a page. It is no permission: every call asks again. Nobody is refused; who has no right
// gets an empty list.
func (d *Desk) MyChannels(ctx context.Context, actor access.Actor) ([]ChannelRights, error) {
	list := []ChannelRights{}
	for _, known := range d.hub.Channels() {
		ch, err := d.hub.Channel(ctx, known.ID) // as other processes changed it
		if err != nil {
			return nil, fmt.Errorf("desk: list channels: %w", err)
		}
		p, on := policy(&ch), actor.On(ch.ID)
		r := ChannelRights{ID: ch.ID, Name: ch.Name, Enabled: ch.Enabled, Role: p.Best(on).Role}
		for _, action := range access.Actions() {
			if access.Check(p, on, action) == nil {
				r.Actions = append(r.Actions, action)
			}
		}
		if len(r.Actions) > 0 {
			list = append(list, r)
		}
	}
	return list, nil
}
