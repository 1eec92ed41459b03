package channel

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/store"
)

// Kinds of records. They are part of the stored format.
const (
	kindCustomer     = "customer"
	kindAlias        = "alias"
	kindConversation = "conversation"
	kindMessage      = "message"
	kindLog          = "log"
)

// Queues of work. They are part of the stored format.
const (
	queueIn    = "in"    // accepted webhook items, to be applied
	queueHost  = "host"  // what the host's Ticketing must hear, in order per conversation
	queueOut   = "out"   // messages to send, in order per conversation
	queueFirst = "first" // the same for messages that nobody asked for, beside the answers
	queueTimer = "timer" // one per conversation, at the time the rules asked for
	queueCheck = "check" // uncertain messages, to be decided after the wait
	queueMedia = "media" // inbound files to fetch

	queueUpkeep = "upkeep" // one per channel, and one for all: forgetting and pruning
)

// maxConflicts bounds how often a unit is repeated when others change the same
// records. Each repetition means that somebody else made progress.
const maxConflicts = 20

// A unit is one read-decide-write step: it reads records, collects changes and
// commits them together. If another process changed one of the records meanwhile,
// or a running total came to its bound, [Hub.do] runs the step again from the beginning.
type unit struct {
	ctx  context.Context
	hub  *Hub
	now  time.Time
	read map[store.RecordKey]*known // Version 0: known to be missing
	puts map[store.RecordKey]int    // index into batch.Put
	store.Batch
	wake []string // queues that got work
	// author is who acts; zero for WhatsApp, customers and rules.
	author conversation.Author
	// room is what running totals may come to before this unit adds to them; see within.
	room map[store.RecordKey]int64
	// after is called once the changes are committed.
	after []func()
	// timerWork is the claimed timer of the conversation, while it is being handled.
	timerWork *job
	// cause is when what makes the unit send messages by itself happened or was due; zero if
	// nothing does.
	cause time.Time
}

// do runs step until its changes are committed or it fails. A step must have no
// effect outside the unit, since it may run several times.
func (h *Hub) do(ctx context.Context, step func(u *unit) error) error {
	return h.doGuessing(ctx, nil, step)
}

// doGuessing is do, but at first takes the records in guess for what is stored instead of
// reading them. Step must save each of them that it uses: if the store has another
// version the commit is refused, and the step runs again and reads.
func (h *Hub) doGuessing(ctx context.Context, guess []known, step func(u *unit) error) error {
	if err := h.keepUp(ctx); err != nil {
		return err
	}
	return h.repeat(ctx, guess, step)
}

// repeat runs step until its changes are committed or it fails.
func (h *Hub) repeat(ctx context.Context, guess []known, step func(u *unit) error) error {
	for range maxConflicts {
		err := h.try(ctx, guess, step)
		if !errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrExceeded) {
			return err
		}
		guess = nil
	}
	return fmt.Errorf("channel: commit: gave up after %d conflicts: %w", maxConflicts, store.ErrConflict)
}

// try runs step once. The error matches ErrConflict if somebody else changed a record.
func (h *Hub) try(ctx context.Context, guess []known, step func(u *unit) error) error {
	u := &unit{ctx: ctx, hub: h, now: h.now(), read: map[store.RecordKey]*known{}, puts: map[store.RecordKey]int{}}
	for i := range guess {
		u.read[guess[i].ID()] = &guess[i]
	}
	if err := step(u); err != nil {
		return err
	}
	if u.empty() {
		return nil
	}
	u.Bound = u.bounds()
	began := time.Now()
	_, err := h.store.Commit(ctx, &u.Batch)
	h.commits.add(time.Since(began))
	if err != nil {
		return fmt.Errorf("channel: commit: %w", err)
	}
	u.committed()
	return nil
}

// committed does what may be done only now: at once, or when the host has committed too.
func (u *unit) committed() {
	end := func() {
		for _, q := range u.wake {
			u.hub.wake(q)
		}
		for _, f := range u.after {
			f()
		}
	}
	if d := store.DeferredIn(u.ctx); d != nil {
		d.Add(end, nil)
		return
	}
	end()
}

func (u *unit) empty() bool {
	b := &u.Batch
	return len(b.Put)+len(b.Add)+len(b.Delete)+len(b.Enqueue)+len(b.Start)+
		len(b.Done)+len(b.Later)+len(b.Bury)+len(b.Replay)+len(b.Drop) == 0
}

// load reads a record into doc and reports whether it exists. Within a unit it sees
// the unit's own changes.
func (u *unit) load(kind, key string, doc any) (bool, error) {
	id := store.RecordKey{Kind: kind, Key: key}
	if i, ok := u.puts[id]; ok {
		return true, decodeInto(&u.Put[i], doc)
	}
	r, ok := u.read[id]
	if !ok {
		if err := u.prefetch(kind, key); err != nil {
			return false, err
		}
		r = u.read[id]
	}
	if r.Version == 0 {
		return false, nil
	}
	return true, r.decode(doc)
}

// prefetch reads several records of one kind in one go.
func (u *unit) prefetch(kind string, keys ...string) error {
	records, err := u.hub.store.Get(u.ctx, kind, keys...)
	if err != nil {
		return fmt.Errorf("channel: read %s: %w", kind, err)
	}
	for i := range records {
		u.read[records[i].ID()] = &known{Record: records[i]}
	}
	for _, key := range keys {
		if id := (store.RecordKey{Kind: kind, Key: key}); u.read[id] == nil {
			u.read[id] = &missing
		}
	}
	return nil
}

// known is a record that was read, with its document if that is decoded already.
type known struct {
	store.Record
	doc any
}

// missing is what is read where nothing is stored.
var missing known

// decode sets doc to the document; nil: nothing is wanted of it. What they point to is shared
// if the document was decoded already: a step replaces parts of it, and changes none.
func (k *known) decode(doc any) error {
	if k.doc == nil || doc == nil {
		return decodeInto(&k.Record, doc)
	}
	reflect.ValueOf(doc).Elem().Set(reflect.ValueOf(k.doc).Elem())
	return nil
}

func decodeInto(r *store.Record, doc any) error {
	if doc == nil {
		return nil
	}
	if err := json.Unmarshal(r.Body, doc); err != nil {
		return fmt.Errorf("channel: decode %s: stored document is damaged", r.Kind)
	}
	return nil
}

// save puts a document. It must have been loaded in this unit, so that its version
// is known.
func (u *unit) save(kind, key, parent string, sort int64, doc any) error {
	body, err := json.Marshal(doc)
	if err != nil {
		return fmt.Errorf("channel: encode %s: %w", kind, err)
	}
	id := store.RecordKey{Kind: kind, Key: key}
	r := store.Record{Kind: kind, Key: key, Parent: parent, Sort: sort, Body: body}
	if stored := u.read[id]; stored != nil {
		r.Version = stored.Version
	}
	if i, ok := u.puts[id]; ok {
		u.Put[i] = r
		return nil
	}
	u.puts[id] = len(u.Put)
	u.Put = append(u.Put, r)
	return nil
}

// remove deletes a record that was loaded in this unit, unless somebody changes it meanwhile.
func (u *unit) remove(kind, key string) error {
	if err := u.save(kind, key, "", 0, struct{}{}); err != nil {
		return err
	}
	u.Delete = append(u.Delete, store.RecordKey{Kind: kind, Key: key})
	return nil
}

// stored returns a record that was saved in this unit, as it is in the store once the
// unit is committed.
func (u *unit) stored(kind, key string) store.Record {
	r := u.Put[u.puts[store.RecordKey{Kind: kind, Key: key}]]
	r.Version++
	return r
}

// enqueue adds work and remembers to wake its queue after the commit.
func (u *unit) enqueue(w store.Work) {
	u.Enqueue = append(u.Enqueue, w)
	u.willWake(w.Queue)
}

// willWake has a queue looked at after the commit.
func (u *unit) willWake(queue string) {
	if !slices.Contains(u.wake, queue) {
		u.wake = append(u.wake, queue)
	}
}

// count adds n to a counter of the report of the day that at falls into.
func (u *unit) count(channel, name string, at time.Time, n int64) {
	if n == 0 {
		return
	}
	day := at.UTC().Format(time.DateOnly)
	key := strings.Join([]string{channel, day, name}, "|")
	u.add(store.Record{
		Kind: kindCounter, Key: key, Parent: channel, Sort: at.UTC().Truncate(24 * time.Hour).UnixMicro(), N: n,
	})
}

// countReceived brings a message of a customer into the report.
func (u *unit) countReceived(m *messageRecord, at time.Time) {
	u.count(m.Channel, "messages_in", at, 1)
	u.count(m.Channel, "in_"+word(m.Kind), at, 1)
	if m.Redacted {
		u.count(m.Channel, "redacted", at, 1)
	}
}

// add adds r.N to a running total.
func (u *unit) add(r store.Record) {
	for i := range u.Add {
		if u.Add[i].Kind == r.Kind && u.Add[i].Key == r.Key {
			u.Add[i].N += r.N
			return
		}
	}
	u.Add = append(u.Add, r)
}

// kindCounter is the kind of the counters behind the reports.
const kindCounter = "counter"

func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}
