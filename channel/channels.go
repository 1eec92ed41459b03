package channel

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Errors about channels.
var (
	// ErrNoChannel says that the hub has no channel with this ID or number.
	ErrNoChannel = errors.New("channel: no such channel")
	// ErrDisabled says that the channel is switched off for sending.
	ErrDisabled = errors.New("channel: channel is disabled")
)

// registry holds the hub's channels. Readers take a snapshot without locking.
type registry struct {
	mu   sync.Mutex // writers
	snap atomic.Pointer[snapshot]
	// removes says that the hub's Attachments is a Remover; set before any channel is added.
	removes bool
	desk    Desk // the hub's; set before any channel is added
}

// snapshot is an immutable view of all channels.
type snapshot struct {
	byID     map[string]*Channel
	byNumber map[string]*Channel
	enabled  []string // IDs of the enabled channels, sorted
	all      []string // IDs of all of them, sorted, and "" for what belongs to none
	taking   []string // the groups of accepted items that are theirs, and "" for those of accounts
	telling  []string // the groups of what the host is told about them
}

func (r *registry) view() *snapshot {
	if s := r.snap.Load(); s != nil {
		return s
	}
	return &snapshot{}
}

func (r *registry) get(id string) (*Channel, bool) {
	c, ok := r.view().byID[id]
	return c, ok
}

func (r *registry) number(id string) (*Channel, bool) {
	c, ok := r.view().byNumber[id]
	return c, ok
}

// sending lists the channels whose outbox is worked on.
func (r *registry) sending() []string { return r.view().enabled }

// all lists the channels, and "" for work that belongs to none.
func (r *registry) all() []string { return r.view().all }

// telling lists the groups of what the host is told.
func (r *registry) telling() []string { return r.view().telling }

func (r *registry) add(c Channel) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := r.view().byID[c.ID]; ok {
		return fmt.Errorf("channel: add %q: the hub has a channel with this id", c.ID)
	}
	c.base = fingerprint(&c.Settings)
	if err := r.check(&c); err != nil {
		return err
	}
	r.put(&c)
	return nil
}

// check returns everything that is wrong with c, new or changed, and makes it ready. The caller
// holds the lock.
func (r *registry) check(c *Channel) error {
	p := &settingProblems{channel: c.ID, errs: c.prepare(r.desk, c.Templates != nil)}
	known := r.view().byID
	for _, id := range slices.Sorted(maps.Keys(known)) {
		other := known[id]
		switch {
		case id == c.ID:
		case other.Number == c.Number:
			p.bad(true, "number", "channel %q has the same", id)
		case visibleName(other.Name) == visibleName(c.Name):
			p.bad(true, "name", "channel %q has the same", id)
		}
	}
	p.bad(c.Enabled && c.Sender == nil, "enabled", "an enabled channel needs a Sender")
	p.bad(c.Retention.Attachments > 0 && !r.removes, "retention", "attachments: the hub's Attachments is no Remover, so that nothing would be removed")
	p.bad(r.desk == nil && len(c.Desk) > 0, "desk", "the hub has no desk")
	if err := errors.Join(p.errs...); err != nil {
		return fmt.Errorf("channel: set up %q: %w", c.ID, err)
	}
	return nil
}

// prepare checks the settings and makes of them what the channel works with.
func (c *Channel) prepare(desk Desk, templates bool) (problems []error) {
	problems = append(problems, c.Validate())
	var err error
	if c.location, err = time.LoadLocation(c.TimeZone); err != nil {
		c.location = time.UTC // Validate refuses it
	}
	if desk != nil {
		p := &settingProblems{channel: c.ID}
		c.prepared, err = desk.Prepare(&c.Settings, templates)
		p.of("desk", err)
		problems = append(problems, p.errs...)
	}
	return problems
}

// remove reports whether the channel was there.
func (r *registry) remove(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, ok := r.get(id)
	r.change(func(m map[string]*Channel) { delete(m, id) })
	return ok
}

// put installs c. The caller holds the lock.
func (r *registry) put(c *Channel) { r.change(func(m map[string]*Channel) { m[c.ID] = c }) }

// change installs a new snapshot. The caller holds the lock.
func (r *registry) change(edit func(map[string]*Channel)) {
	byID := map[string]*Channel{}
	for id, c := range r.view().byID {
		byID[id] = c
	}
	edit(byID)
	s := &snapshot{byID: byID, byNumber: map[string]*Channel{}, all: []string{""}}
	for id, c := range byID {
		s.byNumber[c.Number] = c
		s.all = append(s.all, id)
		if c.Enabled && c.Sender != nil { // another process may have enabled it
			s.enabled = append(s.enabled, id)
		}
	}
	slices.Sort(s.all)
	s.taking = slices.Clone(s.all)
	for number := range s.byNumber {
		s.taking = append(s.taking, strangeGroup(number))
	}
	slices.Sort(s.taking)
	for _, id := range s.all {
		s.telling = append(s.telling, id, id+changes)
	}
	slices.Sort(s.enabled)
	r.snap.Store(s)
}

// Add makes c a channel of the hub, while it runs or before. It returns all problems
// of the settings at once. A hub in another process learns of it from its own host. What waits
// for the channel's number in the store, or became a dead letter because no process had it, is
// applied in its order. If the settings were changed since the host was given them, as [Hub.Change]
// remembers, the changed ones hold.
func (h *Hub) Add(ctx context.Context, c Channel) (err error) {
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
	if err := h.comeHome(ctx, c.Number); err != nil { // the next beat tries it again
		h.log.LogAttrs(ctx, slog.LevelWarn, "channel: reviving what waited for a channel failed",
			slog.String("channel", c.ID), slog.String("reason", reasonOf(err)))
	}
	h.wakeSending()
	return nil
}

// wakeSending has the outbox looked at: a channel may send that could not before.
func (h *Hub) wakeSending() {
	h.wake(queueOut)
	h.wake(queueFirst)
}

// Change gives a channel new settings; what it sends with stays. They are kept in the store, and
// every process that has the channel goes by them within a second or two (Config.Poll), also when
// it is started again. A process that is started with settings which differ from those that the
// others began with was given newer ones by its host, and these hold until the next Change. The ID and the
// number cannot change: conversations belong to them. Messages that wait in the outbox
// of a channel that is disabled stay there until it is enabled again, or fail when their window closes.
func (h *Hub) Change(ctx context.Context, s Settings) error {
	return h.change(ctx, s.ID, func(c *Channel) { c.Settings = s })
}

// Replace is Change for the whole channel: with its settings it gets another Sender, for
// example with a new token, Media, Templates and Rates. What is being sent ends with the
// old ones.
func (h *Hub) Replace(ctx context.Context, c Channel) error {
	return h.change(ctx, c.ID, func(old *Channel) { *old = c })
}

func (h *Hub) change(ctx context.Context, id string, edit func(*Channel)) error {
	h.channels.mu.Lock()
	defer h.channels.mu.Unlock()
	old, ok := h.channels.get(id)
	if !ok {
		return fmt.Errorf("channel: change %q: %w", id, ErrNoChannel)
	}
	c := *old
	edit(&c)
	if old.Number != c.Number {
		return fmt.Errorf("channel: change %q: settings: number: it cannot change; add another channel", id)
	}
	c.base = old.base
	if err := h.channels.check(&c); err != nil {
		return err
	}
	err := h.repeat(ctx, func(u *unit) error {
		if !c.Enabled {
			u.watchOutbox(id)
		}
		return u.shareSettings(&c.Settings, c.base)
	})
	if err != nil {
		return fmt.Errorf("channel: change %q: %w", id, err)
	}
	h.channels.put(&c)
	if c.Templates != old.Templates {
		h.shared.again.Store(true)
	}
	h.settingsChanged(id)
	return nil
}

// settingsChanged has everything look anew that goes by a channel's settings.
func (h *Hub) settingsChanged(id string) {
	h.forgetBudget(id)
	h.sending.hurry(id) // with another token, perhaps
	h.wakeSending()
}

// Remove takes a channel out of this hub, not out of others. Its conversations and what is to be
// done for them stay in the store. Once no process has had its number for some minutes, further
// webhooks for it become dead letters; they come back to life when it is added again.
func (h *Hub) Remove(_ context.Context, id string) error {
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

// settings returns those of all channels, ordered by ID.
func (h *Hub) settings() []Settings {
	var all []Settings
	for _, c := range h.channels.view().byID {
		all = append(all, c.Settings)
	}
	slices.SortFunc(all, func(a, b Settings) int { return strings.Compare(a.ID, b.ID) })
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
