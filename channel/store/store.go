package store

import (
	"context"
	"errors"
	"time"
)

// A Store keeps everything a hub must not forget. It is two simple things under
// one transaction: records (documents with a version) and work (queues with order,
// leases and memory). What the records mean is the hub's business, so a store
// never changes when the hub learns something new.
//
// All methods are safe for concurrent use, by several processes sharing the same
// data as well. A cancelled context makes a method return early with the context's
// error; whether a Commit that was cancelled has happened is then unknown, and the
// hub behaves as it would after a crash. Slices and bodies passed in belong to the
// caller and are not changed or kept after the call; what is returned belongs to
// the caller. Times are kept to the microsecond, in UTC.
//
// Package [github.com/kanava-go/kanava/channel/store/storetest] proves an implementation
// against this contract. No method will be added to this interface.
type Store interface {
	// Commit applies every part of b, or nothing. It returns nil only when the
	// outcome survives a crash of the process and of the machine, as far as the
	// engine's own guarantees go.
	//
	// It returns an error matching ErrConflict when the Version of an Expect or a Put is
	// not current, one matching ErrLeaseLost when a reference to claimed work is no
	// longer valid, one matching ErrExceeded when a Bound would not be kept, and one
	// matching ErrMustQueue when work of Pass has to wait; nothing was written then. Any other error says that the batch was not applied
	// or, if the connection broke, that nobody knows; repeating it is safe because of
	// the versions, tokens and IDs it carries.
	//
	// An implementation may combine the batches of concurrent callers into one
	// transaction; a failing batch must not take others with it.
	Commit(ctx context.Context, b *Batch) (Committed, error)

	// Claim leases due work to the caller until c.Now + c.Lease, or for c.Lease by the
	// clock of a store that has one (see Timekeeper), and returns it in the order of Seq. Work is eligible if it is not dead, its Due is not after
	// c.Now, it is not leased beyond c.Now, and no living work with a smaller Seq
	// exists in the same Queue and (non-empty) Lane: a lane hands out one piece of
	// work at a time, in the order it was committed, and waits for it. Nothing
	// eligible is not an error.
	Claim(ctx context.Context, c Claim) ([]Work, error)

	// Get returns the records of one kind with the given keys, in the order of the
	// keys. Missing keys are left out; none found is not an error. A name that no batch
	// could hold, such as one with a NUL in it, is not there, here and in List and Work.
	Get(ctx context.Context, kind string, keys ...string) ([]Record, error)

	// List returns records in the order of (Sort, Key). See Query.
	List(ctx context.Context, q Query) ([]Record, error)

	// Work returns work without leasing it, and so without its Token, in the order of Seq. See WorkQuery.
	Work(ctx context.Context, q WorkQuery) ([]Work, error)

	// Backlog counts living and dead work of every queue that has any, in the order
	// of the queues' names.
	Backlog(ctx context.Context, now time.Time) ([]Backlog, error)
}

// A Timekeeper is a [Store] with a clock of its own, which all processes share. It judges
// leases by that clock and not by Claim.Now, so that a process whose clock is wrong takes no
// work that is in good hands. A store that several machines share should be one.
type Timekeeper interface {
	// Now returns the present by the store's clock; zero says that the store has none after
	// all.
	Now(ctx context.Context) (time.Time, error)
}

// Errors of a Store. Implementations wrap them or return them as they are.
var (
	// ErrConflict says that a record changed between reading and writing.
	ErrConflict = errors.New("store: record changed meanwhile")
	// ErrLeaseLost says that work is no longer leased under the given token: it
	// expired and went to another worker, or was replaced, settled or dropped.
	ErrLeaseLost = errors.New("store: lease lost")
	// ErrExceeded says that a running total would go beyond its bound.
	ErrExceeded = errors.New("store: running total would exceed its bound")
	// ErrMustQueue says that work cannot be let through: its ID was seen before, or other
	// work is in its lane.
	ErrMustQueue = errors.New("store: work must queue")
)

// A Record is one stored document.
type Record struct {
	// Kind is the namespace of Key, such as "conversation".
	Kind string `json:"kind"`
	// Key identifies the record within its kind; at most 512 bytes.
	Key string `json:"key"`
	// Parent groups records for List; it may change when the record is put again.
	Parent string `json:"parent,omitempty"`
	// Sort orders records within their parent; usually microseconds since 1970.
	Sort int64 `json:"sort,omitempty"`
	// Version counts the writes of the record: 1 after the first. In a Put it is the
	// version that was read, 0 if the record must not exist yet.
	Version int64 `json:"version,omitempty"`
	// N is the running total kept by Batch.Add; Put leaves it alone.
	N int64 `json:"n,omitempty"`
	// Body is the document, valid JSON or nil.
	Body []byte `json:"body,omitempty"`
}

// ID names the record.
func (r *Record) ID() RecordKey { return RecordKey{r.Kind, r.Key} }

// A Batch is a set of changes that happen together or not at all. The parts are
// applied in the order of the fields. A batch names a record or a piece of work at
// most once per field.
type Batch struct {
	// Expect names records by which the batch was decided and which it does not write: all of
	// them must still have their Version, 0 if there is none. That is as good as reading them
	// while the batch is committed, so that what was read before may be used again.
	Expect []Expected
	// Put writes records whose Version is still current and raises it by one.
	Put []Record
	// Add adds N to the record with this Kind and Key, creating it with the given
	// Parent and Sort and no Body if it does not exist. It raises the Version, never
	// conflicts, and commutes with every other Add.
	Add []Record
	// Bound names records of Add whose N must not be larger than Max once Add is applied.
	// The store decides that together with the addition: of batches that come at the same
	// time, from any number of processes, as many succeed as fit below the bound. Nothing
	// holds an addition back that comes without a Bound.
	Bound []Bound
	// Delete removes records whatever their version; a missing one is not an error.
	Delete []RecordKey
	// Enqueue adds work. See Work.Once for what happens to a known ID.
	Enqueue []Work
	// Pass lets work through that the batch itself does, so that it never stands in a queue: its
	// ID is remembered like that of Once work.
	Pass []Passed
	// Start marks claimed work as begun, so that whoever claims it after a crash
	// knows that its effect may have happened.
	Start []Lease
	// Done removes finished work.
	Done []Lease
	// Later gives work back, to be claimed again when it is due.
	Later []Postponed
	// Bury takes work out of its lane, for an operator to look at: a dead letter.
	Bury []Buried
	// Replay revives dead letters: due at once, at the end of their lane. A missing
	// one is not an error.
	Replay []WorkKey
	// Drop removes work, living or dead, leased or not. A missing one is not an error.
	Drop []WorkKey
	// Release ends leases before their time, those of processes that are known to be gone.
	// A store whose leases have no owners leaves it out: they end when they end.
	Release []Claimant
	// Index says by which words a Searcher finds records. What was said of the same record
	// before is replaced, and forgotten if Text has no words; deleting a record forgets it
	// too. A record that the batch puts with Version 0 has no words before. A store that is
	// no Searcher leaves it out.
	Index []Entry
	// Tell is what the batch changed, for whoever follows the store; a store that is no
	// Follower leaves it out.
	Tell []Change
	// Forget, if not zero, lets the store forget IDs of Once work that it first saw before this
	// time, also of work that is still there: a bounded number per call, 1,000 or so, so that no
	// commit takes long.
	Forget time.Time
	// Now is the present and Owner who claims, as in Claim, for those who claim work as they
	// enqueue it.
	Now   time.Time
	Owner string
}

// Expected is a record at a version.
type Expected struct {
	RecordKey
	// Version is 0 if there must be no such record.
	Version int64
}

// Passed is work that needs no queue. It must be new to its queue, and its lane must be empty.
type Passed struct {
	// Queue, ID and Lane are those that the work would have.
	Queue, ID, Lane string
}

// A Claimant says whose leases end, with Batch.Release: those of living work in Queue that was
// claimed with this Claim.Owner. It may be claimed again at once, and settling it under the old
// lease fails with ErrLeaseLost; the mark of Batch.Start stays.
type Claimant struct {
	Queue string `json:"queue"`
	Owner string `json:"owner"`
	// Now is the present, as in the claims: work that was not due by then was not claimed.
	Now time.Time `json:"now"`
}

// A Bound is the most that a running total may come to. It names a record of Batch.Add.
type Bound struct {
	Kind string `json:"kind"`
	Key  string `json:"key"`
	Max  int64  `json:"max"`
}

// RecordKey names a record.
type RecordKey struct {
	Kind string `json:"kind"`
	Key  string `json:"key"`
}

// WorkKey names a piece of work.
type WorkKey struct {
	Queue string `json:"queue"`
	ID    string `json:"id"`
}

// A Lease names claimed work together with the token that proves the claim.
type Lease struct {
	Queue string `json:"queue"`
	ID    string `json:"id"`
	Token string `json:"token"`
}

// Postponed is claimed work that is given back.
type Postponed struct {
	Lease
	// Due is when it may be claimed again; the past means at once.
	Due time.Time
	// Reason says why in a few words free of personal data; it replaces the previous one.
	Reason string
	// Body replaces the work's body if not nil.
	Body []byte
}

// Buried is claimed work that becomes a dead letter.
type Buried struct {
	Lease
	// Reason says why in a few words free of personal data.
	Reason string
}

// Work is a piece of work in a queue.
type Work struct {
	// Queue names the queue.
	Queue string `json:"queue"`
	// ID identifies the work within its queue; at most 512 bytes.
	ID string `json:"id"`
	// Lane serialises work: one piece at a time, in the order of Seq. Empty means
	// that the work waits for nothing.
	Lane string `json:"lane,omitempty"`
	// Group is what Claim can be fair between: the channel's ID.
	Group string `json:"group,omitempty"`
	// Due is when the work may first be claimed; zero means at once.
	Due time.Time `json:"due,omitzero"`
	// Body is the work's content, valid JSON.
	Body []byte `json:"body,omitempty"`
	// Once makes Enqueue ignore an ID that this queue has seen before, even if that
	// work is long done, until it is forgotten (Batch.Forget). Without Once, work
	// that is still there under the same ID, living or dead, is replaced: new body,
	// lane, group and due time, same Seq, alive, with no lease and no history.
	Once bool `json:"once,omitempty"`

	// Hold, if positive, asks Enqueue to claim the work for the caller as Claim would, for so
	// long from Batch.Now: the caller learns of it from Committed.Claimed. It is claimed only if
	// it is new and due, and if no living work is before it in its lane, or just such as the
	// caller has claimed itself: then Behind is the token of the last before it, unless that is
	// work of the same batch which is claimed with it, and the caller sees to it that the work
	// waits for it. Once that is settled, or its lease is over, the rules of Claim hold again.
	Hold   time.Duration `json:"-"`
	Behind string        `json:"-"`

	// The fields below are the store's; Enqueue ignores them.

	// Seq is the order in which work was committed, unique within the store.
	Seq int64 `json:"seq,omitempty"`
	// Token proves the claim; a new one with every claim.
	Token string `json:"-"`
	// Started says that an earlier claimant marked the work as begun and never
	// settled it: its effect may have happened. Later and Replay clear it.
	Started bool `json:"started,omitempty"`
	// Tries counts how often the work was given back by Later or revived by Replay.
	Tries int `json:"tries,omitempty"`
	// Dead says that the work was buried.
	Dead bool `json:"dead,omitempty"`
	// Reason is that of the last Later or Bury.
	Reason string `json:"reason,omitempty"`
	// Enqueued is when the work was first committed, by the clock of the machine
	// that keeps the data or of the process that wrote it.
	Enqueued time.Time `json:"enqueued,omitzero"`
}

// Lease returns the proof of the claim, for a Batch.
func (w *Work) Lease() Lease {
	return Lease{w.Queue, w.ID, w.Token}
}

// Committed says what a Commit did.
type Committed struct {
	// Fresh counts the enqueued work that was new, Once or not.
	Fresh int
	// Forgotten counts the IDs that Batch.Forget removed.
	Forgotten int
	// Released counts the leases that Batch.Release ended; of batches that were combined, all.
	Released int
	// Claimed are the claims of enqueued work that asked for one, in the order of Enqueue.
	Claimed []Lease
}

// A Claim asks for due work.
type Claim struct {
	// Queue to take from.
	Queue string
	// Now is the present: Due is judged by it, and so are leases unless the store is a
	// Timekeeper with a clock of its own.
	Now time.Time
	// Lease is how long the work is the caller's; it must be positive.
	Lease time.Duration
	// Owner is who claims, so that Batch.Release can end all leases of one who is gone; empty: nobody.
	Owner string
	// Limit is the most to take; it must be positive.
	Limit int
	// Groups, if not nil, restricts the claim to these groups and takes at most
	// PerGroup from each, so that a broadcast on one number cannot hold up another.
	Groups []string
	// PerGroup is the most to take from one group; 0 means no bound. It needs Groups.
	PerGroup int
}

// A Query asks for records of one kind.
type Query struct {
	// Kind is required.
	Kind string
	// Parent restricts to one parent; empty means all of the kind.
	Parent string
	// After and Before, if not nil, bound the position exclusively.
	After, Before *Position
	// Descending turns the order around: the largest (Sort, Key) first.
	Descending bool
	// Limit is the most to return; it must be positive.
	Limit int
}

// Position is a place in the order of List.
type Position struct {
	Sort int64
	Key  string
}

// A WorkQuery asks for work of one queue.
type WorkQuery struct {
	// Queue is required.
	Queue string
	// IDs, if not nil, restricts to these.
	IDs []string
	// Lane, if not empty, restricts to one lane.
	Lane string
	// Dead chooses dead letters; otherwise living work.
	Dead bool
	// After is the Seq to continue behind; 0 starts at the beginning.
	After int64
	// Limit is the most to return; it must be positive.
	Limit int
}

// Backlog is the state of one queue, or of one group of it.
type Backlog struct {
	Queue string `json:"queue"`
	// Group is the group, if a Survey tells them apart.
	Group string `json:"group,omitempty"`
	// Due counts living work that is due, leased or not; Waiting counts work
	// that is not due yet; Dead counts dead letters.
	Due     int `json:"due"`
	Waiting int `json:"waiting,omitempty"`
	Dead    int `json:"dead"`
	// OldestDue is the Due time of the longest overdue work; zero if none.
	OldestDue time.Time `json:"oldest_due,omitzero"`
	// Retrying counts, in a Survey, living work that was given back or revived before,
	// OldestRetrying is when the first of it was enqueued, and Tries how often that one was
	// tried.
	Retrying       int       `json:"retrying,omitempty"`
	OldestRetrying time.Time `json:"oldest_retrying,omitzero"`
	Tries          int       `json:"tries,omitempty"`
	// Oldest is, in a Survey with Waiting, when the first of the living work that was counted
	// was enqueued.
	Oldest time.Time `json:"oldest,omitzero"`
}

// A Surveyor is a [Store] that can say how its queues stand without looking at all work, so
// that channel.Hub.Health may be called every few seconds however large the store is. It is looked
// for when that happens; without it Health uses Backlog.
type Surveyor interface {
	// Survey tells about each group of the queues that has work, ordered by queue and group.
	// Of the work in a lane only the first counts as due or waiting: it stands for the others.
	Survey(ctx context.Context, q SurveyQuery) ([]Backlog, error)
}

// SurveyQuery says what a Survey is about.
type SurveyQuery struct {
	// Now is the present.
	Now time.Time
	// Queues are those to look at; others are left out.
	Queues []string
	// Most is how far each count goes: what is more is not counted. It must be positive.
	Most int
	// Waiting says whether work that is not due is counted as well.
	Waiting bool
}

// A Measurer is a [Store] that knows how much room it takes. channel.Hub.Health looks for it.
type Measurer interface {
	Measure(ctx context.Context) (Size, error)
}

// A Tidier is a [Store] that has something to put in order now and then. The hub asks for it
// once an hour, from one process at a time.
type Tidier interface {
	// Tidy must hold nobody up for longer than a commit takes.
	Tidy(ctx context.Context) error
}

// Size is how much room a store takes, in bytes.
type Size struct {
	// Data is the database.
	Data int64 `json:"data"`
	// Log is the write-ahead log of SQLite; 0 where the server looks after it.
	Log int64 `json:"log,omitempty"`
}
