package channel

import (
	"bytes"
	"context"
	"hash/maphash"
	"slices"
	"sync"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/store"
)

// noted is a store that hears what every commit changes of customers, conversations and messages:
// it tells followers, and keeps the words by which they are found. It is there only if the hub has
// a feed or a search.
type noted struct {
	store.Store
	feed, search bool
	told         func() // after a commit that told something

	mu    sync.Mutex
	known map[uint64]knownWords // by the hash of kind and key
	seed  maphash.Seed
}

// knownWords are the words of a record as this process indexed them, good as long as nobody else
// writes the record.
type knownWords struct {
	version int64
	hash    uint64
}

// learnedWords are those of a record that is being committed.
type learnedWords struct {
	id uint64
	knownWords
}

// maxKnownWords bounds the memory of words; then it begins anew.
const maxKnownWords = 50_000

func newNoted(s store.Store, feed, search bool, told func()) *noted {
	return &noted{Store: s, feed: feed, search: search, told: told, known: map[uint64]knownWords{}, seed: maphash.MakeSeed()}
}

// optional returns what the host's store can do beside being one.
func optional[T any](s store.Store) (t T, ok bool) {
	if n, isNoted := s.(*noted); isNoted {
		s = n.Store
	}
	t, ok = s.(T)
	return t, ok
}

// notes reports whether anybody hears of records of a kind.
func notes(kind string) bool {
	return kind == kindCustomer || kind == kindConversation || kind == kindMessage
}

// readWords says of which channel a record is and appends it and the texts by which the record is found, each on
// a line of its own. It is false for what is no message: a stand-in, or the sending of a reaction. doc is the
// document; if it is nil it is decoded.
func readWords(texts []byte, r *store.Record, doc any) (_ []byte, channel string, ok bool) {
	known := step.Known{Record: *r, Doc: doc}
	switch r.Kind {
	case kindCustomer:
		c, err := step.See[conversation.Customer](&known)
		if err != nil {
			return texts, "", false
		}
		texts = appendLines(texts, c.Channel)
		return appendLines(texts, c.Name, c.Profile.Name, c.Profile.FirstName, c.Profile.Email, c.Profile.Company, c.Phone, c.Username), c.Channel, true
	case kindConversation:
		c, err := step.See[conversation.Conversation](&known)
		if err != nil {
			return texts, "", false
		}
		texts = appendLines(texts, c.Channel, c.Ticket, c.Topic)
		return appendLines(appendLines(texts, c.Tickets...), c.Tags...), c.Channel, true
	}
	if _, is := doc.(*standIn); is {
		return texts, "", false
	}
	m, err := step.See[messageRecord](&known)
	if err != nil || m.Direction == "" || m.Target != "" {
		return texts, "", false
	}
	texts = appendLines(texts, m.Channel, m.Text)
	for i := range m.Attachments {
		texts = appendLines(texts, m.Attachments[i].Name)
	}
	return texts, m.Channel, true
}

func appendLines(texts []byte, lines ...string) []byte {
	for _, line := range lines {
		if line != "" {
			texts = append(append(texts, line...), '\n')
		}
	}
	return texts
}

// Commit implements [store.Store].
func (s *noted) Commit(ctx context.Context, b *store.Batch) (store.Committed, error) {
	if len(b.Put)+len(b.Delete) == 0 {
		return s.Store.Commit(ctx, b)
	}
	with := *b
	with.Tell, with.Index = slices.Clip(b.Tell), slices.Clip(b.Index)
	return s.commit(ctx, &with, nil)
}

// commit is Commit of a batch to which it may add, with the documents if they are known: see [step.Steps].
func (s *noted) commit(ctx context.Context, b *store.Batch, saved []step.Saved) (store.Committed, error) {
	var few [8]learnedWords
	learned := few[:0]
	for i := range b.Put {
		if r := &b.Put[i]; notes(r.Kind) {
			var doc any
			if saved != nil {
				doc = saved[i].Doc
			}
			learned = s.note(b, r, doc, learned)
		}
	}
	for _, k := range b.Delete {
		if notes(k.Kind) && s.feed {
			b.Tell = append(b.Tell, store.Change{Kind: k.Kind, Key: k.Key})
		}
	}
	done, err := s.Store.Commit(ctx, b)
	if err != nil {
		return done, err
	}
	if d := store.DeferredIn(ctx); d != nil {
		learned := slices.Clone(learned)
		d.Add(func() { s.committed(learned, b) }, nil)
	} else {
		s.committed(learned, b)
	}
	return done, nil
}

// note adds to a batch what a record that it puts has to say.
func (s *noted) note(b *store.Batch, r *store.Record, doc any, learned []learnedWords) []learnedWords {
	var room [512]byte
	texts, channel, ok := readWords(room[:0], r, doc)
	if !ok {
		return learned
	}
	if s.feed {
		b.Tell = append(b.Tell, store.Change{Kind: r.Kind, Key: r.Key, Group: channel})
	}
	if !s.search {
		return learned
	}
	id, now := s.hash(r.ID()), knownWords{r.Version + 1, maphash.Bytes(s.seed, texts)}
	s.mu.Lock()
	before, ok := s.known[id]
	s.mu.Unlock()
	learned = append(learned, learnedWords{id, now})
	if ok && before.version == r.Version && before.hash == now.hash {
		return learned
	}
	if words := bytes.TrimSpace(texts[len(channel):]); len(words) > 0 || r.Version > 0 {
		b.Index = append(b.Index, store.Entry{Kind: r.Kind, Key: r.Key, Group: channel, Text: string(words)})
	}
	return learned
}

// committed remembers what was indexed, and wakes followers.
func (s *noted) committed(learned []learnedWords, b *store.Batch) {
	if s.search && len(learned)+len(b.Delete) > 0 {
		s.learn(learned, b.Delete)
	}
	if len(b.Tell) > 0 {
		s.told()
	}
}

func (s *noted) learn(learned []learnedWords, deleted []store.RecordKey) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.known)+len(learned) > maxKnownWords {
		clear(s.known)
	}
	for _, l := range learned {
		s.known[l.id] = l.knownWords
	}
	for _, id := range deleted {
		delete(s.known, s.hash(id))
	}
}

// hash stands for a record: a number costs the map, and whoever collects garbage, less than two strings. Should two
// records have the same, their versions and words would have to be the same besides for one of them to be left out.
func (s *noted) hash(id store.RecordKey) uint64 { return maphash.Comparable(s.seed, id) }

// heralds wakes those who wait for news of this process.
type heralds struct {
	mu   sync.Mutex
	next chan struct{}
}

// wait returns a channel that is closed by the next cry.
func (h *heralds) wait() <-chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.next == nil {
		h.next = make(chan struct{})
	}
	return h.next
}

func (h *heralds) cry() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.next != nil {
		close(h.next)
		h.next = nil
	}
}
