package store

import (
	"context"
	"errors"
)

// A Change names something that a batch changed, for whoever follows the store.
type Change struct {
	// Kind and Key usually are those of a record.
	Kind string `json:"kind"`
	Key  string `json:"key"`
	// Group is what followers choose by: the channel's ID.
	Group string `json:"group,omitempty"`
}

// A Follower is a [Store] that remembers for a while what batches told (Batch.Tell), in an
// order in which nothing is missed: whoever goes on from cursor to cursor hears of every batch
// that was committed, by whichever process, in whichever order the commits came to an end.
type Follower interface {
	// Follow returns what was told behind the cursor, that of at most limit commits, and the
	// cursor to go on from, which is good in every process and after a restart. No changes
	// mean that there are none yet. An empty cursor is the beginning of what is remembered.
	// Of a batch all is told or nothing; a change may be told more than once.
	//
	// The error matches ErrCursor for a cursor that is none of this store's, or that is ahead
	// of it, as after a restore; and ErrForgotten for one behind which something is not
	// remembered any more. Whoever follows then starts afresh: it asks for Latest, reads
	// everything, and goes on from there.
	Follow(ctx context.Context, after string, limit int) (changes []Change, next string, err error)

	// Latest returns the cursor behind what was told up to now. What was told just before may
	// come again behind it, and nothing that is told later is missed.
	Latest(ctx context.Context) (string, error)
}

// Errors of a Follower.
var (
	// ErrCursor says that a cursor is none of this store's.
	ErrCursor = errors.New("store: no such place among the changes")
	// ErrForgotten says that the changes behind a cursor are not remembered any more.
	ErrForgotten = errors.New("store: changes are forgotten")
)
