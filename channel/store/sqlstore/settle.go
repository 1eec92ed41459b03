package sqlstore

import (
	"slices"

	"github.com/kanava-go/kanava/channel/store"
)

// applySettled applies what claimants report about their work.
func (t *transaction) applySettled(r *request, l *lanes) {
	rows := func(hs []held) []values { return rowsOf(hs, func(h *held) values { return h.values }) }
	t.expect(store.ErrLeaseLost, &t.sql.start, rows(r.start))
	for _, hs := range [][]held{r.done, r.bury} {
		for i := range hs {
			l.shorter(hs[i].lane)
		}
	}
	t.expect(store.ErrLeaseLost, &t.sql.done, rows(r.done))
	t.expect(store.ErrLeaseLost, &t.sql.later, rows(r.later))
	t.expect(store.ErrLeaseLost, &t.sql.bury, rows(r.bury))
}

// findNamed looks up work that is given by its name, now, and locks its lanes.
func (t *transaction) findNamed(names []named) (hashes []hash, known map[hash]found) {
	if len(names) == 0 {
		return nil, nil
	}
	hashes = rowsOf(names, func(n *named) hash { return n.hash })
	known = t.find(hashes)
	if t.flush() != nil {
		return nil, nil
	}
	var more []int64
	for _, f := range known {
		more = append(more, f.lane)
	}
	t.lockMore(more)
	return hashes, known
}

// applyDrop drops work.
func (t *transaction) applyDrop(names []named, l *lanes) {
	_, known := t.findNamed(names)
	var seqs []int64
	for _, f := range known {
		seqs = append(seqs, f.seq)
		l.shorter(f.lane)
	}
	slices.Sort(seqs)
	t.change(nil, &t.sql.drop, rowsOf(seqs, func(seq *int64) values { return values{*seq} }))
}

// applyReplay puts dead letters at the end of their lanes, in the order of the request.
func (t *transaction) applyReplay(names []named) {
	hashes, known := t.findNamed(names)
	var moves []values
	seen := map[int64]bool{}
	for _, h := range hashes {
		if f := known[h]; f.dead {
			moves = append(moves, values{f.seq, t.seq(), !seen[f.lane]})
			seen[f.lane] = true
		}
	}
	t.change(nil, &t.sql.replay, moves)
}

// lanes are those that an applied request changed.
type lanes struct {
	lost     []int64 // a member left: another may be first now
	shuffled []int64 // a member came in anywhere
}

func (l *lanes) shorter(lane int64) {
	if lane != 0 {
		l.lost = append(l.lost, lane)
	}
}

// order makes the first work of each changed lane claimable.
func (t *transaction) order(l *lanes) {
	t.change(nil, &t.sql.promote, laneRows(l.lost))
	t.change(nil, &t.sql.fixLanes, laneRows(l.shuffled))
}

func laneRows(lanes []int64) []values {
	slices.Sort(lanes)
	return rowsOf(slices.Compact(lanes), func(lane *int64) values { return values{*lane} })
}

// found is work that is there, living or dead.
type found struct {
	seq  int64
	dead bool
	lane int64
}

// find looks work up by its hashes. What it returns is filled when that is done.
func (t *transaction) find(hashes []hash) map[hash]found {
	out := make(map[hash]found, len(hashes))
	rows := hashRows(hashes)
	t.lookUp(func(before int, row Row) error {
		var place int
		var f found
		if err := row.Scan(&place, &f.seq, &f.lane, &f.dead); err != nil {
			return err
		}
		out[rows[before+place-1][0].(hash)] = f
		return nil
	}, &t.sql.findWork, rows)
	return out
}

// lockMore locks lanes that only turned up when work was looked up by its ID. Since
// these locks come late, they can close a circle of waiting; PostgreSQL then ends one
// of the transactions, which is repeated.
func (t *transaction) lockMore(lanes []int64) {
	if locks := stripes(lanes); t.dialect == PostgreSQL && len(locks) > 0 {
		t.lock(locks)
	}
}
