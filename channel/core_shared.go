package channel

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store"
)

// What all processes need to know and one of them learns: settings that were changed, and what
// WhatsApp says about templates. It is kept in the store, and a counter that everybody looks at
// says when there is something new.

// sharedPage is how many shared records are read at a time, and sharedLate how much later than
// the newest that was read one may still come in: its writer's clock was slow, or its commit.
const (
	sharedPage = 500
	sharedLate = 10 * time.Minute
)

// following is how far this process has read what others shared.
type following struct {
	mu      sync.Mutex
	again   atomic.Bool      // a channel came that has heard nothing yet
	looked  time.Time        // when it last looked whether there is something new
	version int64            // of what it has read
	read    atomic.Int64     // the same, for those who do not hold the lock
	newest  int64            // the largest Sort that it has read
	seen    map[string]int64 // the version of each record that it has read
}

// share saves a shared record and tells everybody to look.
func (u *unit) share(key string, doc any) error {
	u.Add(store.Record{Kind: kindVersion, Key: fleetParent, N: 1})
	return u.Save(kindShared, key, fleetParent, micros(u.now), doc)
}

// upToDate follows the others in a process that does not run, when it has not looked for a while.
// One that runs follows at its own pace.
func (h *core) upToDate(ctx context.Context) error {
	if h.running.Load() {
		return nil
	}
	f, host := &h.shared, store.DeferredIn(ctx)
	if host == nil {
		f.mu.Lock()
	} else if !f.mu.TryLock() {
		return nil // whoever looks just now may wait for the connection that the host has
	}
	defer f.mu.Unlock()
	if time.Since(f.looked) < h.poll {
		return nil
	}
	h.measure(ctx)
	if host != nil {
		host.Undo(f.asOf(f.version, f.newest, maps.Clone(f.seen)))
	}
	return h.catchUp(ctx)
}

// asOf has what was read since be read again: it was that of a transaction which the host took back.
func (f *following) asOf(version, newest int64, seen map[string]int64) func() {
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.looked, f.version, f.newest, f.seen = time.Time{}, version, newest, seen
		f.read.Store(version)
	}
}

// follow reads what others have shared since it was last called, and makes sure of the time.
func (h *core) follow(ctx context.Context) error {
	h.makeSure(ctx)
	h.shared.mu.Lock()
	defer h.shared.mu.Unlock()
	return h.catchUp(ctx)
}

// catchUp is follow for a caller that holds the lock.
func (h *core) catchUp(ctx context.Context) error {
	f := &h.shared
	f.looked = time.Now()
	version := int64(0)
	switch r, err := h.store.Get(ctx, kindVersion, fleetParent); {
	case err != nil:
		return fmt.Errorf("channel: read what is shared: %w", err)
	case len(r) > 0:
		version = r[0].N
	}
	again := f.again.Swap(false)
	first := f.seen == nil
	if version == f.version && !again {
		if first { // nobody has shared anything: whatever comes has been changed since
			f.seen = map[string]int64{}
		}
		return nil
	}
	q := store.Query{Kind: kindShared, Parent: fleetParent, Limit: sharedPage}
	if !first && !again {
		q.After = &store.Position{Sort: f.newest - sharedLate.Microseconds()}
	}
	for page, err := range step.Records(ctx, h.store, q) {
		if err != nil {
			return err
		}
		for i := range page {
			h.learn(ctx, &page[i], first, again)
		}
	}
	if f.seen == nil {
		f.seen = map[string]int64{}
	}
	f.version = version
	f.read.Store(version)
	return nil
}

// learn takes one shared record over, if it is new.
func (h *core) learn(ctx context.Context, r *store.Record, first, again bool) {
	f := &h.shared
	known := f.seen[r.Key] >= r.Version
	var err error
	switch about, _, _ := strings.Cut(r.Key, "|"); {
	case known && (about != aboutTemplate && about != aboutCatalog || !again):
		return
	case about == aboutSettings:
		err = h.learnSettings(ctx, r, first)
	case h.learns[about] != nil:
		err = h.learns[about](r)
	}
	if err != nil { // of a later version, say; what this process has stays
		h.log.LogAttrs(ctx, slog.LevelError, "channel: what another process shared cannot be used",
			slog.String("what", r.Key), slog.String("reason", reasonOf(err)))
	}
	if f.seen == nil {
		f.seen = map[string]int64{}
	}
	f.seen[r.Key], f.newest = r.Version, max(f.newest, r.Sort)
}

// sharedSettings are the settings of a channel as they were changed last.
type sharedSettings struct {
	Settings settings.Settings `json:"settings"`
	// Bases are fingerprints of the settings with which processes began that have taken these
	// over. A process that begins with others was given newer ones by its host.
	Bases []string `json:"bases"`
}

// maxBases bounds how many are kept; the newest is the last.
const maxBases = 16

func (s *sharedSettings) adopts(base string) bool {
	if base == "" || slices.Contains(s.Bases, base) {
		return false
	}
	s.Bases = append(s.Bases, base)
	s.Bases = s.Bases[max(0, len(s.Bases)-maxBases):]
	return true
}

// fingerprint identifies settings.
func fingerprint(s *settings.Settings) string {
	text, err := json.Marshal(s)
	if err != nil {
		return "" // no settings that pass Validate
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:12])
}

// shareSettings records what a channel's settings are to be from now on.
func (u *unit) shareSettings(s *settings.Settings, base string) error {
	key := aboutSettings + "|" + s.ID
	var doc sharedSettings
	if _, err := u.Load(kindShared, key, &doc); err != nil {
		return err
	}
	doc.Settings = *s
	doc.adopts(base)
	return u.share(key, &doc)
}

// learnSettings takes over settings that another process changed. When this one begins, only
// those count that were changed from what it begins with: otherwise its host has given it newer
// ones since.
func (h *core) learnSettings(ctx context.Context, r *store.Record, first bool) error {
	var doc sharedSettings
	if err := json.Unmarshal(r.Body, &doc); err != nil {
		return fmt.Errorf("channel: decode settings: %w", errDamaged)
	}
	done := h.channels.inTurn(ctx)
	old, c, err := h.channels.adopt(&doc.Settings, func(base string) bool { return !first || slices.Contains(doc.Bases, base) })
	done()
	if err != nil || c == nil {
		return err
	}
	h.changed(ctx, old, c)
	if base := c.base; doc.adopts(base) { // so that it still goes by them when it begins again
		return h.repeat(ctx, func(u *unit) error {
			var now sharedSettings
			if _, err := u.Load(kindShared, r.Key, &now); err != nil || !now.adopts(base) {
				return err
			}
			return u.Save(kindShared, r.Key, fleetParent, micros(u.now), &now)
		})
	}
	return nil
}

// meetSettings has a channel that was just added go by settings that were changed before.
func (h *core) meetSettings(ctx context.Context, id string) error {
	records, err := h.store.Get(ctx, kindShared, aboutSettings+"|"+id)
	if err != nil {
		return fmt.Errorf("channel: read settings: %w", err)
	}
	if len(records) == 0 {
		return nil
	}
	return h.learnSettings(ctx, &records[0], true)
}

// adopt takes over settings if they count for a channel with its base; it returns the channel as it was and as it
// is, nil if they do not count. The check of names is left to who changed them.
func (r *registry) adopt(s *settings.Settings, count func(base string) bool) (old, c *Channel, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	old, ok := r.get(s.ID)
	if !ok || !count(old.base) {
		return nil, nil, nil
	}
	if fingerprint(s) == fingerprint(&old.Settings) {
		return old, old, nil
	}
	next := *old
	next.Settings = *s
	if next.Number != old.Number {
		return nil, nil, errors.New("channel: settings: number: it cannot change")
	}
	if err := next.prepare(r.desk, true); err != nil {
		return nil, nil, err
	}
	r.put(&next)
	return old, &next, nil
}
