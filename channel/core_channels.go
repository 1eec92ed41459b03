package channel

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kanava-go/kanava/channel/deskapi"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store"
)

// registry holds the hub's channels. Readers take a snapshot without locking.
type registry struct {
	mu   sync.Mutex // writers of snap; held for no longer than that takes
	snap atomic.Pointer[snapshot]
	// changing is held from before settings are written until they are installed, and while those of others are, so
	// that the last ones hold in here, too. In a transaction of the host it is not: whoever holds it may wait for that.
	changing sync.Mutex
	// removes says that the hub's Attachments is a Remover; set before any channel is added.
	removes bool
	desk    deskapi.Desk // the hub's; set before any channel is added
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
	_, taken := r.view().byID[c.ID]
	p := &settings.Problems{Channel: c.ID}
	p.Bad(taken, "id", "the hub has a channel with this id")
	c.base = fingerprint(&c.Settings)
	if err := r.check(&c, p); err != nil {
		return err
	}
	r.put(&c)
	return nil
}

// check returns everything that is wrong with c, new or changed, with what p has of it already, and
// makes it ready. The caller holds the lock.
func (r *registry) check(c *Channel, p *settings.Problems) error {
	problems := c.prepare(r.desk, c.Templates != nil)
	known := r.view().byID
	for _, id := range slices.Sorted(maps.Keys(known)) {
		other := known[id]
		switch {
		case id == c.ID:
		case other.Number == c.Number:
			p.Bad(true, "number", "channel %q has the same", id)
		case other.SameName(&c.Settings):
			p.Bad(true, "name", "channel %q has the same", id)
		}
	}
	p.Bad(c.Enabled && c.Sender == nil, "enabled", "an enabled channel needs a Sender")
	p.Bad(c.Retention.Attachments > 0 && !r.removes, "retention", "attachments: the hub's Attachments is no Remover, so that nothing would be removed")
	used := currencies(c.Rates)
	p.Bad(len(used) > 1, "rates", "prices in more than one currency would be added up: %s", strings.Join(used, ", "))
	p.Bad(r.desk != nil && c.ClosingNotice != 0, "closing_notice", "the desk's rules have notices of their own")
	p.Bad(r.desk == nil && len(c.Desk) > 0, "desk", "the hub has no desk")
	if err := errors.Join(problems, p.Err()); err != nil {
		return fmt.Errorf("channel: set up %q: %w", c.ID, err)
	}
	return nil
}

// prepare checks the settings and makes of them what the channel works with.
func (c *Channel) prepare(desk deskapi.Desk, templates bool) (problems error) {
	problems = c.Validate()
	var err error
	if c.location, err = time.LoadLocation(c.TimeZone); err != nil {
		c.location = time.UTC // Validate refuses it
	}
	if desk == nil {
		return problems
	}
	p := &settings.Problems{Channel: c.ID}
	c.prepared, err = desk.Prepare(&c.Settings, templates)
	p.Of("desk", err)
	return errors.Join(problems, p.Err())
}

// remove returns the channel if it was there.
func (r *registry) remove(id string) (c *Channel, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c, ok = r.get(id)
	r.rebuild(func(m map[string]*Channel) { delete(m, id) })
	return c, ok
}

// restore is the reverse of remove, unless another channel has taken the place of this one.
func (r *registry) restore(c *Channel) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for id, other := range r.view().byID {
		if id == c.ID || other.Number == c.Number || other.SameName(&c.Settings) {
			return false
		}
	}
	r.put(c)
	return true
}

// put installs c. The caller holds the lock.
func (r *registry) put(c *Channel) { r.rebuild(func(m map[string]*Channel) { m[c.ID] = c }) }

// rebuild installs a new snapshot. The caller holds the lock.
func (r *registry) rebuild(edit func(map[string]*Channel)) {
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
		s.telling = append(s.telling, id, id+changesGroup)
	}
	slices.Sort(s.enabled)
	r.snap.Store(s)
}

// wakeSending has the outbox looked at: a channel may send that could not before.
func (h *core) wakeSending() {
	h.wake(workOut)
	h.wake(workFirst)
}

// inTurn waits until nobody else changes settings; done ends the turn.
func (r *registry) inTurn(ctx context.Context) (done func()) {
	if store.DeferredIn(ctx) != nil {
		return func() {}
	}
	r.changing.Lock()
	return r.changing.Unlock
}

// change returns a channel, what edit makes of it, and installs that if it is to.
func (r *registry) change(id string, edit func(*Channel), install bool) (old, c *Channel, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	old, ok := r.get(id)
	if !ok {
		return nil, nil, fmt.Errorf("channel: change %q: %w", id, ErrNoChannel)
	}
	next := *old
	edit(&next)
	p := &settings.Problems{Channel: id}
	p.Bad(old.Number != next.Number, "number", "it cannot change; add another channel")
	next.base = old.base
	if err := r.check(&next, p); err != nil {
		return nil, nil, err
	}
	if install {
		r.put(&next)
	}
	return old, &next, nil
}

func (h *core) reconfigure(ctx context.Context, id string, edit func(*Channel)) error {
	defer h.channels.inTurn(ctx)()
	_, c, err := h.channels.change(id, edit, false)
	if err != nil {
		return err
	}
	err = h.repeat(ctx, func(u *unit) error {
		if !c.Enabled {
			u.watchOutbox(id)
		}
		return u.shareSettings(&c.Settings, c.base)
	})
	if err != nil {
		return fmt.Errorf("channel: change %q: %w", id, err)
	}
	old, c, err := h.channels.change(id, edit, true) // in a transaction of the host somebody may have changed it meanwhile
	if err != nil {
		return err
	}
	if c.Templates != old.Templates {
		h.shared.again.Store(true)
	}
	h.changed(ctx, old, c)
	return nil
}

// changed has what goes by a channel's settings look anew, and again if the host takes back what it read or wrote.
func (h *core) changed(ctx context.Context, old, c *Channel) {
	h.settingsChanged(c.ID)
	if host := store.DeferredIn(ctx); host != nil {
		host.Undo(func() { h.takeBack(c, old) })
	}
}

// takeBack has a channel be what it was before the host took a change of it back, unless it was changed since.
func (h *core) takeBack(c, old *Channel) {
	h.channels.mu.Lock()
	defer h.channels.mu.Unlock()
	if now, ok := h.channels.get(c.ID); ok && now == c {
		h.channels.put(old)
		h.settingsChanged(c.ID)
	}
}

// settingsChanged has everything look anew that goes by a channel's settings.
func (h *core) settingsChanged(id string) {
	h.forgetBudget(id)
	h.sending.hurry(id) // with another token, perhaps
	h.wakeSending()
}

// settings returns those of all channels, ordered by ID.
func (h *core) settings() []settings.Settings {
	var all []settings.Settings
	for _, c := range h.channels.view().byID {
		all = append(all, c.Settings)
	}
	slices.SortFunc(all, func(a, b settings.Settings) int { return strings.Compare(a.ID, b.ID) })
	return all
}

// forgetBudget makes the hub look at a channel's books anew: its budget may be another.
func (h *core) forgetBudget(channel string) {
	forget := func(key, _ any) bool {
		if strings.HasPrefix(key.(string), channel+"|") {
			h.low.Delete(key)
			h.booked.Delete(key)
		}
		return true
	}
	h.low.Range(forget)
	h.booked.Range(forget)
}

// enabled returns a channel that is switched on.
func (h *core) enabled(id string) (*Channel, error) {
	ch, ok := h.channels.get(id)
	switch {
	case !ok:
		return nil, ErrNoChannel
	case !ch.Enabled:
		return nil, ErrDisabled
	}
	return ch, nil
}
