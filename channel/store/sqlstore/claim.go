package sqlstore

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"slices"
	"time"

	"github.com/kanava-go/kanava/channel/store"
)

// claim is a claim as the store works with it.
type claim struct {
	queue      string
	now, lease int64
	limit      int
	groups     string // JSON array; "": no restriction
	perGroup   int
	secret     string
}

func newClaim(c *store.Claim) *claim {
	out := &claim{
		queue: c.Queue, now: c.Now.UnixMicro(), lease: c.Lease.Microseconds(), limit: c.Limit,
		perGroup: c.Limit, secret: ownerMark(c.Owner) + rand.Text()[:16],
	}
	if c.Groups != nil {
		out.groups = jsonStrings(slices.Compact(slices.Sorted(slices.Values(c.Groups))))
		if c.PerGroup > 0 {
			out.perGroup = min(c.PerGroup, c.Limit)
		}
	}
	return out
}

// Claim implements [store.Store]. Among the eligible work it takes that which has
// been ready longest.
//
// On SQLite a claim that finds something shares the transaction of the commits that
// wait at the same time. On PostgreSQL it is a statement of its own that does not wait
// for the disk: after a crash of the server the lease may be forgotten, so that the
// work can be claimed again at once; settling it under the forgotten lease then fails
// with [store.ErrLeaseLost], as it would after the lease expired.
func (s *Store) Claim(ctx context.Context, c store.Claim) ([]store.Work, error) {
	if err := c.Validate(); err != nil {
		return nil, wrap(ctx, "claim", err)
	}
	if c.Groups != nil && len(c.Groups) == 0 {
		return nil, wrap(ctx, "claim", ctx.Err())
	}
	cl := newClaim(&c)
	if link := s.host(ctx); link != nil {
		works, err := (&transaction{Store: s, ctx: ctx, link: link}).claim(cl)
		return works, wrap(ctx, "claim", err)
	}
	if s.dialect == PostgreSQL {
		return s.claimAlone(ctx, cl)
	}
	// A look costs no lock; most claims of an idle hub end here. While somebody writes, a look
	// from there costs less, since its connection has the pages at hand.
	found := s.combiner.busy()
	if !found {
		err := s.each(ctx, func(Row) error { found = true; return nil }, cl.statement(&s.sql.peek), s.claimArgs(cl, 1)...)
		if err != nil || !found {
			return nil, wrap(ctx, "claim", err)
		}
	}
	res, err := s.combiner.do(ctx, &waiter{claim: cl})
	return res.works, wrap(ctx, "claim", err)
}

// ownerMark begins the secrets of whoever claims under a name, and is of no length for nobody.
func ownerMark(owner string) string {
	if owner == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(owner))
	return hex.EncodeToString(sum[:markSize/2])
}

// markSize is how long the mark of an owner is.
const markSize = 16

// claimForms are the two forms of a statement about claims.
type claimForms struct{ all, groups string }

func (c *claim) statement(f *claimForms) string {
	if c.groups == "" {
		return f.all
	}
	return f.groups
}

// args are the parameters of both forms: the second has two more, and on SQLite there is an
// eighth.
func (s *Store) claimArgs(c *claim, limit int) []any {
	args := []any{c.queue, c.now, limit, c.secret, c.lease}
	switch {
	case c.groups != "":
		args = append(args, c.groups, c.perGroup)
	case s.oneByOne():
		args = append(args, nil, nil)
	}
	if s.oneByOne() {
		args = append(args, max(c.now, time.Now().UnixMicro()))
	}
	return args
}

// claim takes work inside a transaction.
func (t *transaction) claim(c *claim) ([]store.Work, error) {
	var works []store.Work
	scan := func(row Row) error { return scanWork(row, c.secret, &works) }
	if t.dialect == PostgreSQL {
		t.query(scan, c.statement(&t.sql.claim), t.claimArgs(c, c.limit)...)
	} else {
		var seqs []int64
		t.query(func(row Row) error {
			var seq int64
			err := row.Scan(&seq)
			seqs = append(seqs, seq)
			return err
		}, c.statement(&t.sql.peek), t.claimArgs(c, c.limit)...)
		for _, seq := range seqs {
			t.query(scan, t.sql.workOf, seq)
		}
		t.change(nil, &t.sql.lease, rowsOf(seqs, func(seq *int64) values { return values{*seq, c.secret, c.now + c.lease} }))
	}
	err := t.flush()
	sortWork(works)
	return works, err
}

// claimAlone takes work with one statement, again if the database asks for it.
func (s *Store) claimAlone(ctx context.Context, c *claim) (works []store.Work, err error) {
	for attempt := range maxAttempts {
		works = nil
		err = s.each(ctx, func(row Row) error {
			return scanWork(row, c.secret, &works)
		}, c.statement(&s.sql.claimAlone), s.claimArgs(c, c.limit)...)
		if err == nil || !isTransient(err) || pause(ctx, attempt) != nil {
			break
		}
	}
	if err != nil {
		return nil, wrap(ctx, "claim", err)
	}
	sortWork(works)
	return works, nil
}

func sortWork(works []store.Work) {
	slices.SortFunc(works, func(a, b store.Work) int { return cmp.Compare(a.Seq, b.Seq) })
}

// scanWork appends a row of workColumns. With the secret of a claim the work gets its token.
func scanWork(row Row, secret string, works *[]store.Work) error {
	var w store.Work
	var lane, due, enqueued int64
	err := row.Scan(&w.Seq, &w.Queue, &w.ID, &w.Lane, &lane, &w.Group, &due, &w.Once, &w.Started, &w.Tries, &w.Dead,
		&w.Reason, &enqueued, &w.Body)
	if err != nil {
		return err
	}
	w.Due, w.Enqueued = timeOf(due), timeOf(enqueued)
	if secret != "" {
		w.Token = token{w.Seq, lane, secret}.String()
	}
	*works = append(*works, w)
	return nil
}

// Work implements [store.Store].
func (s *Store) Work(ctx context.Context, q store.WorkQuery) ([]store.Work, error) {
	if err := q.Validate(); err != nil {
		return nil, wrap(ctx, "read work", err)
	}
	if !storable(q.Queue, q.Lane) {
		return nil, wrap(ctx, "read work", ctx.Err())
	}
	var works []store.Work
	scan := func(row Row) error { return scanWork(row, "", &works) }
	var err error
	switch {
	case q.IDs != nil && len(q.IDs) == 0:
		err = ctx.Err()
	case q.IDs != nil:
		hashes := make([]hash, 0, len(q.IDs))
		for _, id := range slices.Compact(slices.Sorted(slices.Values(q.IDs))) {
			hashes = append(hashes, nameHash(q.Queue, id))
		}
		err = s.each(ctx, scan, s.sql.workByID, jsonRows(columns("h hash"), hashRows(hashes)), q.Dead, q.After, q.Lane, q.Limit)
	case q.Lane != "":
		err = s.each(ctx, scan, s.sql.workInLane[index(q.Dead)], laneHash(q.Queue, q.Lane), q.After, q.Limit, q.Queue, q.Lane)
	default:
		err = s.each(ctx, scan, s.sql.workInQueue[index(q.Dead)], q.Queue, q.After, q.Limit)
	}
	return works, wrap(ctx, "read work", err)
}

func index(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Backlog implements [store.Store]. Work that is due at once counts as due since it
// was enqueued. It looks at all work there is, in an index.
func (s *Store) Backlog(ctx context.Context, now time.Time) ([]store.Backlog, error) {
	var out []store.Backlog
	err := s.each(ctx, func(row Row) error {
		var b store.Backlog
		var oldest sql.NullInt64
		err := row.Scan(&b.Queue, &b.Due, &b.Waiting, &b.Dead, &oldest)
		b.OldestDue = timeOf(oldest.Int64)
		out = append(out, b)
		return err
	}, s.sql.backlog, now.UnixMicro())
	return out, wrap(ctx, "count backlog", err)
}
