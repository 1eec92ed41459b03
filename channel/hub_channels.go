package channel

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
)

// AddChannel makes c a channel of the hub, while it runs or before. It returns all problems
// of the settings at once. A hub in another process learns of it from its own host. What waits
// for the channel's number in the store, or became a dead letter because no process had it, is
// applied in its order. If the settings were changed since the host was given them, as [Hub.UpdateSettings]
// remembers, the changed ones hold.
func (h *Hub) AddChannel(ctx context.Context, c Channel) (err error) {
	h.fleet.comesHome(c.Number, true) // nothing of its number is claimed until all of it is there
	defer h.fleet.comesHome(c.Number, false)
	if err := h.channels.add(c); err != nil {
		return err
	}
	err = h.meetSettings(ctx, c.ID)
	if err == nil {
		err = h.repeat(ctx, func(u *unit) error { u.upkeepOf(c.ID, c.ID); return nil })
	}
	if err != nil {
		h.channels.remove(c.ID)
		return fmt.Errorf("channel: add %q: %w", c.ID, err)
	}
	h.shared.again.Store(true)
	if err := h.intake.comeHome(ctx, c.Number); err != nil { // the next beat tries it again
		h.log.LogAttrs(ctx, slog.LevelWarn, "channel: reviving what waited for a channel failed",
			slog.String("channel", c.ID), slog.String("reason", reasonOf(err)))
	}
	h.wakeSending()
	return nil
}

// UpdateSettings gives a channel new settings; what it sends with stays. They are kept in the store, and
// every process that has the channel goes by them within a second or two (Config.Poll), also when
// it is started again. A process that is started with settings which differ from those that the
// others began with was given newer ones by its host, and these hold until the next Change. The ID and the
// number cannot change: conversations belong to them. Messages that wait in the outbox
// of a channel that is disabled stay there until it is enabled again, or fail when their window closes.
func (h *Hub) UpdateSettings(ctx context.Context, s Settings) error {
	return h.change(ctx, s.ID, func(c *Channel) { c.Settings = s })
}

// ReplaceChannel is UpdateSettings for the whole channel: with its settings it gets another Sender, for
// example with a new token, Media, Templates and Rates. What is being sent ends with the
// old ones.
func (h *Hub) ReplaceChannel(ctx context.Context, c Channel) error {
	return h.change(ctx, c.ID, func(old *Channel) { *old = c })
}

// RemoveChannel takes a channel out of this hub, not out of others. Its conversations and what is to be
// done for them stay in the store. Once no process has had its number for some minutes, further
// webhooks for it become dead letters; they come back to life when it is added again.
func (h *Hub) RemoveChannel(_ context.Context, id string) error {
	if !h.channels.remove(id) {
		return fmt.Errorf("channel: remove %q: %w", id, ErrNoChannel)
	}
	return nil
}

// Channels returns the channels that the hub has, ordered by ID, with their Senders: for the host's
// own code, which answers for what it does with them.
func (h *Hub) Channels() []Channel {
	byID := h.channels.view().byID
	all := make([]Channel, 0, len(byID))
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		all = append(all, *byID[id])
	}
	return all
}

// Channel returns the channel with this ID as it is now, also if another process changed it, with
// its Sender: see [Hub.Channels]. The error matches ErrNoChannel if the hub has none.
func (h *Hub) Channel(ctx context.Context, id string) (Channel, error) {
	if err := h.keepUp(ctx); err != nil {
		return Channel{}, err
	}
	c, ok := h.channels.get(id)
	if !ok {
		return Channel{}, fmt.Errorf("channel: %w", ErrNoChannel)
	}
	return *c, nil
}
