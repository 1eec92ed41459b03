package sqlstore

import (
	"cmp"
	"crypto/rand"
	"slices"
	"strconv"
	"strings"

	"github.com/kanava-go/kanava/channel/store"
)

// A request is a batch as the store works with it: all rows are made by the goroutine that
// asks, and nothing of the caller's memory is used later.
type request struct {
	expect              []store.Expected
	putNew, putOld, del []row
	add                 []addition
	bound               []store.Bound
	enqueue             []enqueued
	pass                []passed
	start, done         []held
	later, bury         []held
	replay, drop        []named
	release             []released
	index               []indexed
	tell                []store.Change
	forget              int64 // microseconds; 0: nothing to forget
	malformed           bool  // a token that no claim ever gave
}

// row is a record and what a statement reads of it.
type row struct {
	kind, key string
	version   int64 // that must be current, for a Put
	values
}

// addition is kept apart until all additions of a transaction to one record are summed.
type addition struct {
	kind, key, parent string
	sort, n, times    int64
}

// enqueued is work to be added. Its values lack what is only known in the transaction.
type enqueued struct {
	hash hash // of queue and ID
	lane int64
	once bool
	wish // to claim it
	values
}

// wish is what somebody wants who claims work while enqueueing it.
type wish struct {
	queue, id string
	now, hold int64  // microseconds; hold is 0 if it is not wanted, or not yet due
	secret    string // of the claim
	behind    token  // of the work before it, unless that is of the same request
}

// passed is work that is let through.
type passed struct {
	hash hash
	lane int64
}

// held is a reference to claimed work.
type held struct {
	token
	queue, id string
	hash      hash
	values
}

// released says whose leases end.
type released struct {
	queue, mark string
	values
}

// named is a reference to work by its ID.
type named struct{ hash hash }

func compareRows(a, b row) int {
	return cmp.Or(strings.Compare(a.kind, b.kind), strings.Compare(a.key, b.key))
}

func compareAdditions(a, b addition) int {
	return cmp.Or(strings.Compare(a.kind, b.kind), strings.Compare(a.key, b.key))
}

// rows is how many rows the request touches.
func (r *request) rows() int {
	return len(r.expect) + len(r.putNew) + len(r.putOld) + len(r.pass) + len(r.del) + len(r.add) + len(r.enqueue) + len(r.start) +
		len(r.done) + len(r.later) + len(r.bury) + len(r.replay) + len(r.drop) + len(r.release) + len(r.index)
}

// ordered says whether the request adds work, takes some away or moves it, so that the
// order of lanes depends on when it is carried out.
func (r *request) ordered() bool {
	return len(r.enqueue)+len(r.pass)+len(r.done)+len(r.bury)+len(r.replay)+len(r.drop) > 0 || r.forget != 0
}

// settles says whether the request is about claimed work.
func (r *request) settles() bool {
	return len(r.start)+len(r.done)+len(r.later)+len(r.bury) > 0
}

func newRequest(b *store.Batch) (*request, error) {
	if err := b.Validate(); err != nil {
		return nil, err
	}
	r := &request{expect: slices.Clone(b.Expect), forget: micros(b.Forget)}
	for i := range b.Put {
		p := &b.Put[i]
		v := values{p.Kind, p.Key, storableText(p.Parent), p.Sort, document(p.Body)}
		if p.Version == 0 {
			r.putNew = append(r.putNew, row{p.Kind, p.Key, p.Version, v})
			continue
		}
		r.putOld = append(r.putOld, row{p.Kind, p.Key, p.Version, append(v, p.Version)})
	}
	for i := range b.Add {
		a := &b.Add[i]
		r.add = append(r.add, addition{a.Kind, a.Key, a.Parent, a.Sort, a.N, 1})
	}
	r.bound, r.tell = slices.Clone(b.Bound), slices.Clone(b.Tell)
	r.index = newIndexed(b)
	for _, k := range b.Delete {
		r.del = append(r.del, row{k.Kind, k.Key, 0, values{k.Kind, k.Key}})
	}
	secret := ""
	for i := range b.Enqueue {
		w := &b.Enqueue[i]
		e := newEnqueued(w)
		if w.Hold > 0 && micros(w.Due) <= b.Now.UnixMicro() {
			if secret == "" {
				secret = ownerMark(b.Owner) + rand.Text()[:16]
			}
			before, _ := parseToken(w.Behind)
			e.wish = wish{w.Queue, w.ID, b.Now.UnixMicro(), w.Hold.Microseconds(), secret, before}
		}
		r.enqueue = append(r.enqueue, e)
	}
	for i := range b.Pass {
		p := &b.Pass[i]
		r.pass = append(r.pass, passed{nameHash(p.Queue, p.ID), laneHash(p.Queue, p.Lane)})
	}
	r.start = r.holds(b.Start)
	r.done = r.holds(b.Done)
	for i := range b.Later {
		p := &b.Later[i]
		r.later = append(r.later, r.hold(&p.Lease, micros(p.Due), storableText(p.Reason), document(p.Body)))
	}
	for i := range b.Bury {
		r.bury = append(r.bury, r.hold(&b.Bury[i].Lease, storableText(b.Bury[i].Reason)))
	}
	for _, k := range b.Replay {
		r.replay = append(r.replay, named{nameHash(k.Queue, k.ID)})
	}
	for _, k := range b.Drop {
		r.drop = append(r.drop, named{nameHash(k.Queue, k.ID)})
	}
	for i := range b.Release {
		c := &b.Release[i]
		r.release = append(r.release, released{c.Queue, ownerMark(c.Owner), values{c.Queue, ownerMark(c.Owner), micros(c.Now)}})
	}
	return r, nil
}

func newEnqueued(w *store.Work) enqueued {
	e := enqueued{hash: nameHash(w.Queue, w.ID), lane: laneHash(w.Queue, w.Lane), once: w.Once}
	e.values = values{w.Queue, w.ID, w.Lane, e.lane, w.Group, micros(w.Due), w.Once, document(w.Body), e.hash}
	return e
}

func (r *request) holds(leases []store.Lease) []held {
	if len(leases) == 0 {
		return nil
	}
	out := make([]held, len(leases))
	for i := range leases {
		out[i] = r.hold(&leases[i])
	}
	return out
}

// hold makes the row of a reference to claimed work, with what else the statement is given.
func (r *request) hold(l *store.Lease, more ...any) held {
	t, ok := parseToken(l.Token)
	if !ok {
		r.malformed = true
	}
	v := append(values{t.seq, l.Queue, l.ID, t.secret, t.lane}, more...)
	return held{token: t, queue: l.Queue, id: l.ID, hash: nameHash(l.Queue, l.ID), values: v}
}

// token is the proof of a claim. Besides the secret of the claim it carries where the
// work is, so that settling it needs no search.
type token struct {
	seq, lane int64
	secret    string
}

func (t token) String() string {
	b := make([]byte, 0, 48)
	b = strconv.AppendInt(b, t.seq, 36)
	b = append(b, '.')
	b = strconv.AppendInt(b, t.lane, 36)
	b = append(b, '.')
	return string(append(b, t.secret...))
}

func parseToken(s string) (t token, ok bool) {
	seq, rest, ok1 := strings.Cut(s, ".")
	lane, secret, ok2 := strings.Cut(rest, ".")
	var err1, err2 error
	t.seq, err1 = strconv.ParseInt(seq, 36, 64)
	t.lane, err2 = strconv.ParseInt(lane, 36, 64)
	t.secret = secret
	ok = ok1 && ok2 && err1 == nil && err2 == nil && secret != "" && storable(secret)
	return t, ok
}

// footprint is what a request touches, to tell whether it can share a transaction.
type footprint struct {
	records map[string]bool // kind and key; true: only added to
	work    map[hash]bool
	forget  bool
}

// joins adds r to the footprint, unless it touches what is already touched.
func (f *footprint) joins(r *request) bool {
	if r.forget != 0 && f.forget {
		return false
	}
	free := func(k row) bool { _, taken := f.records[recordID(k.kind, k.key)]; return !taken }
	for _, rows := range [][]row{r.putNew, r.putOld, r.del} {
		for _, k := range rows {
			if !free(k) {
				return false
			}
		}
	}
	for i := range r.index {
		if _, taken := f.records[r.index[i].id()]; taken {
			return false
		}
	}
	for i := range r.add {
		if added, taken := f.records[recordID(r.add[i].kind, r.add[i].key)]; taken && !added {
			return false
		}
	}
	hashes := r.hashes()
	for _, h := range hashes {
		if f.work[h] {
			return false
		}
	}
	f.take(r, hashes)
	return true
}

func (f *footprint) take(r *request, hashes []hash) {
	if f.records == nil {
		f.records, f.work = map[string]bool{}, map[hash]bool{}
	}
	f.forget = f.forget || r.forget != 0
	for i := range r.add {
		f.records[recordID(r.add[i].kind, r.add[i].key)] = true
	}
	for _, rows := range [][]row{r.putNew, r.putOld, r.del} {
		for _, k := range rows {
			f.records[recordID(k.kind, k.key)] = false
		}
	}
	for i := range r.index {
		f.records[r.index[i].id()] = false
	}
	for _, h := range hashes {
		f.work[h] = true
	}
}

func recordID(kind, key string) string { return kind + "\x00" + key }

// hashes are those of all work that the request names.
func (r *request) hashes() []hash {
	out := make([]hash, 0, len(r.enqueue)+len(r.pass)+len(r.done)+len(r.start)+len(r.later)+len(r.bury)+len(r.replay)+len(r.drop))
	for i := range r.enqueue {
		out = append(out, r.enqueue[i].hash)
	}
	for i := range r.pass {
		out = append(out, r.pass[i].hash)
	}
	for _, hs := range [][]held{r.start, r.done, r.later, r.bury} {
		for i := range hs {
			out = append(out, hs[i].hash)
		}
	}
	for _, ns := range [][]named{r.replay, r.drop} {
		for i := range ns {
			out = append(out, ns[i].hash)
		}
	}
	return out
}

// combine puts requests together as one, in the order in which keys must be touched:
// two transactions that touch the same rows in the same order cannot block each other.
func combine(requests []*request) *request {
	all := &request{}
	for _, r := range requests {
		all.expect = append(all.expect, r.expect...)
		all.putNew = append(all.putNew, r.putNew...)
		all.putOld = append(all.putOld, r.putOld...)
		all.del = append(all.del, r.del...)
		all.add = append(all.add, r.add...)
		all.bound = append(all.bound, r.bound...)
		all.index = append(all.index, r.index...)
		all.tell = append(all.tell, r.tell...)
		all.enqueue = append(all.enqueue, r.enqueue...)
		all.pass = append(all.pass, r.pass...)
		all.start = append(all.start, r.start...)
		all.done = append(all.done, r.done...)
		all.later = append(all.later, r.later...)
		all.bury = append(all.bury, r.bury...)
		all.replay = append(all.replay, r.replay...)
		all.drop = append(all.drop, r.drop...)
		all.release = append(all.release, r.release...)
		all.forget = max(all.forget, r.forget)
	}
	slices.SortFunc(all.putNew, compareRows)
	slices.SortFunc(all.putOld, compareRows)
	slices.SortFunc(all.del, compareRows)
	slices.SortFunc(all.index, compareIndexed)
	slices.SortFunc(all.release, func(a, b released) int {
		return cmp.Or(strings.Compare(a.queue, b.queue), strings.Compare(a.mark, b.mark))
	})
	all.add = collapse(all.add)
	for _, hs := range [][]held{all.start, all.done, all.later, all.bury} {
		slices.SortFunc(hs, func(a, b held) int { return cmp.Compare(a.seq, b.seq) })
	}
	return all
}

// collapse sums the additions to each record.
func collapse(adds []addition) []addition {
	slices.SortStableFunc(adds, compareAdditions)
	out := adds[:0]
	for _, a := range adds {
		if n := len(out); n > 0 && compareAdditions(out[n-1], a) == 0 {
			out[n-1].n += a.n
			out[n-1].times += a.times
			continue
		}
		out = append(out, a)
	}
	return out
}
