package template

import (
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// CatalogConfig configures a [Catalog].
type CatalogConfig struct {
	// DefaultLanguage is the last language Resolve tries; empty means none.
	DefaultLanguage string
	// OnChange, if not nil, is told of every change, in order and one at a
	// time, by the goroutine that caused it or by one that was already
	// telling. It must not block, and may use the catalog.
	OnChange func(Change)
}

// Catalog holds the templates of one WhatsApp Business Account as they stand.
// It is fed by listings ([Catalog.Sync]) and by facts from webhooks, in any
// order: a fact never overwrites a newer one, and facts that arrive twice change
// nothing. All methods are safe for concurrent use. Lookups take no lock.
//
// The definitions it returns are shared and must not be changed. The zero
// Catalog is empty and ready to use, without default language or listener.
type Catalog struct {
	fallback string
	index    atomic.Pointer[index]

	mu sync.Mutex // serialises changes
	// completeAt is the time of the latest complete listing: what is not known
	// by then was gone by then.
	completeAt time.Time
	notifier
}

type key struct{ name, lang string }

// index finds the languages of a name. An index and its lists are immutable: a
// template that is new makes another one. Lists are short, so that walking them
// is cheaper than hashing a second string.
type index map[string][]slot

type slot struct {
	lang string // canonical
	*entry
}

// entry is one template. Only view may be read without the catalog's lock.
type entry struct {
	view atomic.Pointer[Definition] // what Lookup returns; nil if the template is not there
	rec  *record
}

// find returns the entry of k, nil if there is none.
func (m index) find(k key) *entry {
	for _, s := range m[k.name] {
		if s.lang == k.lang {
			return s.entry
		}
	}
	return nil
}

// entries yields every template, also those that are only known from facts.
func (m index) entries() iter.Seq2[key, *entry] {
	return func(yield func(key, *entry) bool) {
		for name, list := range m {
			for _, s := range list {
				if !yield(key{name, s.lang}, s.entry) {
					return
				}
			}
		}
	}
}

// NewCatalog returns an empty catalog.
func NewCatalog(cfg CatalogConfig) (*Catalog, error) {
	if strings.ContainsAny(cfg.DefaultLanguage, " \t\r\n") || len(cfg.DefaultLanguage) > 16 {
		return nil, errors.New("template: new catalog: default language is no language code")
	}
	c := &Catalog{fallback: CanonicalLanguage(cfg.DefaultLanguage)}
	c.fn = cfg.OnChange
	return c, nil
}

// load returns the index, nil for a catalog that is still empty.
func (c *Catalog) load() index {
	if m := c.index.Load(); m != nil {
		return *m
	}
	return nil
}

// Lookup returns the template of exactly this name and language, false if there
// is none. The language may be written in either form. The template need not be
// sendable. It does not allocate.
func (c *Catalog) Lookup(name, language string) (*Definition, bool) {
	// Only a map that never changes and an atomic pointer are read.
	list := c.load()[name]
	if len(list) == 0 {
		return nil, false
	}
	var buf [16]byte
	b, same := canonicalLanguage(language, buf[:0])
	for i := range list {
		if s := &list[i]; s.lang == language && same || s.lang == string(b) && !same {
			d := s.view.Load()
			return d, d != nil
		}
	}
	return nil, false
}

// Match says how [Catalog.Resolve] found a template.
type Match string

// The ways in which a template is found, best first.
const (
	MatchNone    Match = ""        // not found
	MatchExact   Match = "exact"   // the language asked for
	MatchBase    Match = "base"    // the same language without its region
	MatchDefault Match = "default" // the default language of the catalog
)

// Resolve returns the template of that name in the language asked for, else in
// that language without region, else in the default language. It goes by what
// exists and not by what can be sent, so that a paused template is not replaced
// by one in another language. The caller decides whether a match that is not
// exact is good enough.
func (c *Catalog) Resolve(name, language string) (*Definition, Match) {
	if d, ok := c.Lookup(name, language); ok {
		return d, MatchExact
	}
	if d, ok := c.Lookup(name, BaseLanguage(language)); ok {
		return d, MatchBase
	}
	if c.fallback != "" {
		if d, ok := c.Lookup(name, c.fallback); ok {
			return d, MatchDefault
		}
	}
	return nil, MatchNone
}

// Len returns the number of templates.
func (c *Catalog) Len() int {
	n := 0
	for range c.All() {
		n++
	}
	return n
}

// All yields every template, in no particular order.
func (c *Catalog) All() iter.Seq[*Definition] {
	return func(yield func(*Definition) bool) {
		for _, e := range c.load().entries() {
			if d := e.view.Load(); d != nil && !yield(d) {
				return
			}
		}
	}
}

// Sync takes in a complete listing. at is the moment before the listing was
// asked for, by a clock that agrees with Meta's: facts from later, even within
// the same second, stand. Templates that are not listed are removed unless they
// are newer than at. The catalog takes over the definitions' slices and pointers.
//
// If the listing ends in an error, what was listed is taken in, nothing is
// removed, and the error is returned.
func (c *Catalog) Sync(at time.Time, listing iter.Seq2[Definition, error]) error {
	// Listing may wait for the network: nothing is locked meanwhile, and facts
	// that arrive in between are newer than at.
	var list []*record
	var failed error
	at = justBefore(at)
	for d, err := range listing {
		if err != nil {
			failed = fmt.Errorf("template: sync catalog: %w", err)
			break
		}
		if d.Name != "" {
			list = append(list, listed(&d, at))
		}
	}
	complete := at
	if failed != nil {
		complete = time.Time{}
	}
	c.merge(list, complete)
	return failed
}

// Synced returns as of when the catalog is complete: the time that the last successful Sync,
// here or before a Snapshot, was given. It is zero if there was none.
func (c *Catalog) Synced() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.completeAt
}

// merge takes in records; if complete is not zero, they are all there was at
// that time.
func (c *Catalog) merge(list []*record, complete time.Time) {
	c.mu.Lock()
	if !complete.IsZero() {
		list = append(list, c.missing(list, complete)...)
	}
	c.apply(list)
	c.completeAt = latest(c.completeAt, complete) // after what it is about
	c.mu.Unlock()
	c.drain()
}

// justBefore returns the last moment before the second of t. Webhooks are dated
// in whole seconds, rounded down, and must win over a listing of that second.
func justBefore(t time.Time) time.Time {
	return t.Truncate(time.Second).Add(-time.Nanosecond).UTC()
}

// missing makes the facts that templates which were not listed are gone.
func (c *Catalog) missing(list []*record, at time.Time) (gone []*record) {
	seen := make(map[key]bool, len(list))
	for _, r := range list {
		seen[key{r.Name, r.Language}] = true
	}
	for k := range c.load().entries() {
		if !seen[k] {
			gone = append(gone, &record{Name: k.name, Language: k.lang, GoneAt: at})
		}
	}
	return gone
}

// Put takes in one definition that was read from the API at the given moment,
// as Sync does with many.
func (c *Catalog) Put(at time.Time, d Definition) {
	if d.Name == "" {
		return
	}
	c.merge([]*record{listed(&d, justBefore(at))}, time.Time{})
}

// SetStatus takes in a fact about the status.
func (c *Catalog) SetStatus(f StatusFact) { c.fact(f.Ref, f.At, f.record()) }

// SetQuality takes in a fact about the quality.
func (c *Catalog) SetQuality(f QualityFact) { c.fact(f.Ref, f.At, f.record()) }

// SetCategory takes in a fact about the category.
func (c *Catalog) SetCategory(f CategoryFact) { c.fact(f.Ref, f.At, f.record()) }

// SetComponents takes in the fact that the text has changed: the definition is
// marked as stale until it has been read again.
func (c *Catalog) SetComponents(f ComponentsFact) {
	c.fact(f.Ref, f.At, &record{StaleAt: f.At.UTC()})
}

// fact merges what a webhook told. Facts without name or time are of no use.
// Facts about a template that is not known yet are kept for when it is.
func (c *Catalog) fact(ref Ref, at time.Time, r *record) {
	if ref.Name == "" || at.IsZero() {
		return
	}
	k := ref.key()
	r.Name, r.Language = k.name, k.lang
	c.merge([]*record{r}, time.Time{})
}

// apply merges records, under c.mu. Entries that exist are changed in place;
// only new ones cost a copy of the index.
func (c *Catalog) apply(list []*record) {
	m := c.load()
	copied := false
	for _, r := range list {
		k := key{r.Name, r.Language}
		e := m.find(k)
		if e == nil {
			if !copied {
				old := m
				m, copied = make(index, len(old)+len(list)), true
				maps.Copy(m, old)
			}
			// The strings may be slices of a whole webhook.
			k = key{strings.Clone(k.name), internLanguage(k.lang)}
			e = &entry{rec: &record{Name: k.name, Language: k.lang, GoneAt: c.completeAt}}
			m[k.name] = append(slices.Clip(m[k.name]), slot{k.lang, e})
		}
		before := e.view.Load()
		e.rec = e.rec.merge(r)
		after := e.rec.render()
		e.view.Store(after)
		c.note(before, after)
	}
	if copied {
		c.index.Store(&m)
	}
}
