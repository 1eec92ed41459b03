package memstore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/kanava-go/kanava/channel/store"
)

var _ store.Follower = (*Store)(nil)

// maxTold is of how many commits the changes are remembered.
const maxTold = 100_000

// told remembers what batches told. The cursor is how many commits told something so far.
type told struct {
	commits   [][]store.Change
	forgotten int64 // how many came before commits
}

func (t *told) add(changes []store.Change) {
	if len(changes) == 0 {
		return
	}
	t.commits = append(t.commits, slices.Clone(changes))
	if len(t.commits) > 2*maxTold {
		t.commits = slices.Clone(t.commits[maxTold:])
		t.forgotten += maxTold
	}
}

// Follow implements [store.Follower].
func (s *Store) Follow(ctx context.Context, after string, limit int) (changes []store.Change, next string, err error) {
	if err := ctx.Err(); err != nil {
		return nil, "", fmt.Errorf("memstore: follow: %w", err)
	}
	if limit <= 0 {
		return nil, "", errors.New("memstore: follow: the limit is not positive")
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	from := s.told.forgotten
	if after != "" {
		from, err = strconv.ParseInt(after, 36, 64)
		if err != nil || from < 0 || from > s.told.forgotten+int64(len(s.told.commits)) {
			return nil, "", fmt.Errorf("memstore: follow: %w", store.ErrCursor)
		}
	}
	if from < s.told.forgotten {
		return nil, "", fmt.Errorf("memstore: follow: %w", store.ErrForgotten)
	}
	commits := s.told.commits[from-s.told.forgotten:]
	commits = commits[:min(limit, len(commits))]
	for _, c := range commits {
		changes = append(changes, c...)
	}
	return changes, strconv.FormatInt(from+int64(len(commits)), 36), nil
}

// Latest implements [store.Follower].
func (s *Store) Latest(ctx context.Context) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", fmt.Errorf("memstore: latest: %w", err)
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return strconv.FormatInt(s.told.forgotten+int64(len(s.told.commits)), 36), nil
}
