package template

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

var errSnapshot = errors.New("not a snapshot of version 1")

// snapshot is the JSON form of a catalog: all registers with their times, so
// that facts which arrive after a restart are weighed as before it.
type snapshot struct {
	Version    int       `json:"version"`
	CompleteAt time.Time `json:"complete_at,omitzero"` // of the latest complete listing
	Templates  []*record `json:"templates"`
}

// Snapshot returns everything the catalog knows as JSON, to be given to Restore
// after a restart. The form is this package's own.
func (c *Catalog) Snapshot() ([]byte, error) {
	c.mu.Lock() // so that the records belong together
	defer c.mu.Unlock()
	s := snapshot{Version: 1, CompleteAt: c.completeAt}
	for _, e := range c.load().entries() {
		s.Templates = append(s.Templates, e.rec)
	}
	slices.SortFunc(s.Templates, func(a, b *record) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Language, b.Language))
	})
	raw, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("template: snapshot catalog: %w", err)
	}
	return raw, nil
}

// Restore takes in what Snapshot returned. It adds to what the catalog knows
// already: what is newer stands, on either side. If it fails nothing has changed.
func (c *Catalog) Restore(raw []byte) error {
	var s snapshot
	if err := json.Unmarshal(raw, &s); err != nil {
		return fmt.Errorf("template: restore catalog: %w", errSnapshot) // the cause may quote the document
	}
	if s.Version != 1 {
		return fmt.Errorf("template: restore catalog: %w", errSnapshot)
	}
	// Nothing has been taken in up to here.
	list := slices.DeleteFunc(s.Templates, func(r *record) bool { return r == nil || r.Name == "" })
	for _, r := range list {
		r.Language = CanonicalLanguage(r.Language)
	}
	c.merge(list, s.CompleteAt)
	return nil
}
