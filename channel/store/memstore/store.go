package memstore

import (
	"strconv"
	"sync"
	"time"

	"github.com/kanava-go/kanava/channel/store"
)

// Store keeps records and work in memory. It is safe for concurrent use. Make it with
// [New]; it must not be copied.
type Store struct {
	mu      sync.RWMutex
	records map[string]*records
	queues  map[string]*queue
	seq     int64
	claims  int64
	told    told
	index   index
}

var _ store.Store = (*Store)(nil)

// New returns an empty store.
func New() *Store {
	return &Store{records: map[string]*records{}, queues: map[string]*queue{}, index: index{}}
}

// clock is the present as the store sees it, in microseconds since 1970.
func (s *Store) clock() int64 { return time.Now().UnixMicro() }

// token makes the proof of a claim of one piece of work. It need not be hard to guess, only new.
func (s *Store) token() string {
	s.claims++
	return strconv.FormatInt(s.claims, 36)
}
