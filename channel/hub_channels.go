package channel

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"

	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store"
)

// AddChannel adds a channel, while the hub runs or before; other processes learn of it from their own
// hosts. The error has all problems of the settings. What waits for the number in the store, dead letters
// of [Hub.Accept] included, is applied in order, in a transaction of the host's once that is committed. Settings
// that were changed since with [Hub.UpdateSettings] hold.
func (h *Hub) AddChannel(ctx context.Context, c Channel) (err error) {
	host := store.DeferredIn(ctx)
	h.fleet.comesHome(c.Number, true) // nothing of its number is claimed until all of it is there
	defer func() {
		if host == nil || err != nil {
			h.fleet.comesHome(c.Number, false)
		}
	}()
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
	if host != nil {
		host.Undo(func() {
			h.channels.remove(c.ID)
			h.fleet.comesHome(c.Number, false)
		})
	}
	committed(ctx, func(ctx context.Context) { h.open(ctx, &c) })
	return nil
}

// open begins the work of a channel that was added.
func (h *Hub) open(ctx context.Context, c *Channel) {
	h.shared.again.Store(true)
	if err := h.intake.comeHome(ctx, c.Number); err != nil { // the next beat tries it again
		h.log.LogAttrs(ctx, slog.LevelWarn, "channel: reviving what waited for a channel failed",
			slog.String("channel", c.ID), slog.String("reason", reasonOf(err)))
	}
	h.wakeSending()
	h.warnOfFiles(c)
}

// warnOfFiles tells of a channel whose customers' files would quietly stay away.
func (h *Hub) warnOfFiles(c *Channel) {
	if h.attachments != nil && c.Media == nil && c.Enabled {
		h.log.Warn("channel: files are not fetched: the channel has no Media", slog.String("channel", c.ID))
	}
}

// UpdateSettings gives a channel new settings; what it sends with stays. They are kept in the store
// and hold in every process within Config.Poll, also after a restart, until a process is started
// with others than it began with before. ID and number cannot change. What waits in the outbox of a
// disabled channel goes when it is enabled, or fails when its window closes.
func (h *Hub) UpdateSettings(ctx context.Context, s settings.Settings) error {
	return h.reconfigure(ctx, s.ID, func(c *Channel) { c.Settings = s })
}

// ReplaceChannel is UpdateSettings for the whole channel, for a Sender with a new token, say. What
// is being sent ends with the old one.
func (h *Hub) ReplaceChannel(ctx context.Context, c Channel) error {
	return h.reconfigure(ctx, c.ID, func(old *Channel) { *old = c })
}

// RemoveChannel takes a channel out of this hub, not out of others. What it has in the store stays;
// for webhooks that still come see [Hub.Accept].
func (h *Hub) RemoveChannel(ctx context.Context, id string) error {
	c, ok := h.channels.remove(id)
	if !ok {
		return fmt.Errorf("channel: remove %q: %w", id, ErrNoChannel)
	}
	if host := store.DeferredIn(ctx); host != nil {
		host.Undo(func() { h.bringBack(host.Outside(), c) })
	}
	return nil
}

// bringBack has a channel be there again whose removal the host took back.
func (h *Hub) bringBack(ctx context.Context, c *Channel) {
	if !h.channels.restore(c) {
		return
	}
	h.shared.again.Store(true)                        // what was learned without it
	if err := h.meetSettings(ctx, c.ID); err != nil { // changed meanwhile
		h.log.LogAttrs(ctx, slog.LevelWarn, "channel: settings of a channel could not be read",
			slog.String("channel", c.ID), slog.String("reason", reasonOf(err)))
	}
	h.settingsChanged(c.ID)
}

// Channels returns the channels of the hub, ordered by ID, with their Senders.
func (h *Hub) Channels() []Channel {
	byID := h.channels.view().byID
	all := make([]Channel, 0, len(byID))
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		all = append(all, *byID[id])
	}
	return all
}

// Channel returns a channel as it is now, also if another process changed it. The error matches
// ErrNoChannel.
func (h *Hub) Channel(ctx context.Context, id string) (Channel, error) {
	if err := h.upToDate(ctx); err != nil {
		return Channel{}, err
	}
	c, ok := h.channels.get(id)
	if !ok {
		return Channel{}, fmt.Errorf("channel: %w", ErrNoChannel)
	}
	return *c, nil
}
