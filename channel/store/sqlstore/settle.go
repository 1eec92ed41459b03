package sqlstore

import (
	"database/sql"
	"slices"

	"github.com/kanava-go/kanava/channel/store"
)

// applySettled applies what claimants report about their work.
func (t *transaction) applySettled(r *request, l *lanes) error {
	rows := func(hs []held) []values { return rowsOf(hs, func(h *held) values { return h.values }) }
	if err := t.expect(store.ErrLeaseLost, &t.sql.start, rows(r.start)); err != nil {
		return err
	}
	if len(r.done) > 0 {
		names := make([]hash, len(r.done))
		for i := range r.done {
			names[i] = r.done[i].hash
			l.shorter(r.done[i].lane)
		}
		if err := t.dropNames(names); err != nil {
			return err
		}
		if err := t.expect(store.ErrLeaseLost, &t.sql.done, rows(r.done)); err != nil {
			return err
		}
	}
	if err := t.expect(store.ErrLeaseLost, &t.sql.later, rows(r.later)); err != nil {
		return err
	}
	for i := range r.bury {
		l.shorter(r.bury[i].lane)
	}
	return t.expect(store.ErrLeaseLost, &t.sql.bury, rows(r.bury))
}

// dropNames removes the names of work that nobody must remember.
func (t *transaction) dropNames(hashes []hash) error {
	_, err := t.change(&t.sql.dropNames, hashRows(hashes))
	return err
}

// applyNamed replays and drops work.
func (t *transaction) applyNamed(r *request, l *lanes) error {
	if len(r.replay) > 0 {
		if err := t.applyReplay(r.replay, l); err != nil {
			return err
		}
	}
	if len(r.drop) == 0 {
		return nil
	}
	hashes := make([]hash, len(r.drop))
	for i := range r.drop {
		hashes[i] = r.drop[i].hash
	}
	found, err := t.find(hashes)
	if err != nil {
		return err
	}
	var seqs []int64
	for _, f := range found {
		if f.there {
			seqs = append(seqs, f.seq)
			l.shorter(f.lane)
		}
	}
	if err := t.lockMore(found); err != nil {
		return err
	}
	if err := t.dropNames(hashes); err != nil {
		return err
	}
	_, err = t.change(&t.sql.drop, rowsOf(seqs, func(seq *int64) values { return values{*seq} }))
	return err
}

// applyReplay puts dead letters at the end of their lanes, in the order of the request.
func (t *transaction) applyReplay(names []named, l *lanes) error {
	hashes := make([]hash, len(names))
	for i := range names {
		hashes[i] = names[i].hash
	}
	found, err := t.find(hashes)
	if err != nil {
		return err
	}
	if err := t.lockMore(found); err != nil {
		return err
	}
	type move struct {
		hash     hash
		from, to int64
		first    bool
	}
	var moves []move
	seen := map[int64]bool{}
	for _, h := range hashes {
		f, ok := found[h]
		if !ok || !f.there || !f.dead {
			continue
		}
		seq, err := t.seq()
		if err != nil {
			return err
		}
		moves = append(moves, move{h, f.seq, seq, !seen[f.lane]})
		seen[f.lane] = true
	}
	if len(moves) == 0 {
		return nil
	}
	_, err = t.change(&t.sql.replay, rowsOf(moves, func(m *move) values { return values{m.from, m.to, m.first} }))
	if err != nil {
		return err
	}
	_, err = t.change(&t.sql.rename, rowsOf(moves, func(m *move) values { return values{m.hash, m.to, false} }))
	return err
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
func (t *transaction) order(l *lanes) error {
	if _, err := t.change(&t.sql.promote, laneRows(l.lost)); err != nil {
		return err
	}
	_, err := t.change(&t.sql.fixLanes, laneRows(l.shuffled))
	return err
}

func laneRows(lanes []int64) []values {
	slices.Sort(lanes)
	return rowsOf(slices.Compact(lanes), func(lane *int64) values { return values{*lane} })
}

// found is what an ID means at present.
type found struct {
	seq   int64
	there bool // the work is still there, living or dead; false: the ID is only remembered
	dead  bool
	lane  int64
}

// find looks IDs up by their hashes.
func (t *transaction) find(hashes []hash) (map[hash]found, error) {
	out := make(map[hash]found, len(hashes))
	rows := hashRows(hashes)
	err := t.lookUp(func(before int, r *sql.Rows) error {
		var place int
		var f found
		var work, lane sql.NullInt64
		var dead sql.NullBool
		if err := r.Scan(&place, &f.seq, &work, &lane, &dead); err != nil {
			return err
		}
		f.there, f.lane, f.dead = work.Valid, lane.Int64, dead.Bool
		out[rows[before+place-1][0].(hash)] = f
		return nil
	}, &t.sql.findNames, rows)
	return out, err
}

// lockMore locks lanes that only turned up when work was looked up by its ID. Since
// these locks come late, they can close a circle of waiting; PostgreSQL then ends one
// of the transactions, which is repeated.
func (t *transaction) lockMore(more map[hash]found) error {
	if t.dialect == SQLite {
		return nil
	}
	var hashes []int64
	for _, f := range more {
		hashes = append(hashes, f.lane)
	}
	if locks := stripes(hashes); len(locks) > 0 {
		return t.lock(locks)
	}
	return nil
}
