package sqlstore

import (
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/kanava-go/kanava/channel/store"
	"github.com/stretchr/testify/require"
)

func FuzzStringsAreReadBackByEncodingJSON(f *testing.F) {
	for _, s := range []string{"", "a", `"\/`, "\x00\x01\x1f\x7f", "ä🙂", "\xff\xfe", "\u2028", "a\xe2\x82", strings.Repeat("x", 100)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		encoded := appendString([]byte("before "), s)
		encoded = encoded[len("before "):]
		require.True(t, utf8.Valid(encoded))
		var got string
		require.NoError(t, json.Unmarshal(encoded, &got))
		want := strings.ReplaceAll(strings.ToValidUTF8(eachByte(s), "\uFFFD"), "\x00", "\uFFFD")
		require.Equal(t, want, got)
	})
}

func TestTextIsStoredAsValuesAsItIsAsJSON(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "a", "\x00", "\xff\xfe", "a\xe2\x82", "ä🙂\x00\xffz", "\uFFFD"} {
		var viaJSON string
		require.NoError(t, json.Unmarshal(appendString(nil, s), &viaJSON))
		require.Equal(t, viaJSON, storableText(s), "%q", s)
	}
}

// eachByte separates bytes that are not UTF-8 so that ToValidUTF8 replaces each of them.
func eachByte(s string) string {
	var b strings.Builder
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		if r == utf8.RuneError && n == 1 {
			b.WriteString("\uFFFD")
		} else {
			b.WriteString(s[:n])
		}
		s = s[n:]
	}
	return b.String()
}

func FuzzTokensFromOutsideAreRefusedOrRead(f *testing.F) {
	for _, s := range []string{"", ".", "..", "1.2.x", token{35, -1, "SECRET"}.String(), "zzzzzzzzzzzzzzzz.1.x", "1.1.\xff", "1.1.a.b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := parseToken(s)
		if ok {
			again, ok := parseToken(got.String())
			require.True(t, ok)
			require.Equal(t, got, again)
		}
		_, err := newRequest(&store.Batch{Done: []store.Lease{{Queue: "q", ID: "i", Token: s}}})
		require.NoError(t, err)
	})
}

func TestARequestIsValidJSON(t *testing.T) {
	t.Parallel()
	lease := store.Lease{Queue: `q"`, ID: "i\\", Token: token{7, 9, "S"}.String()}
	r, err := newRequest(&store.Batch{
		Put:     []store.Record{{Kind: "k", Key: `"`, Parent: "p", Sort: -1, Body: []byte(`{"a":"\u0000"}`)}, {Kind: "k", Key: "b", Version: 4}},
		Add:     []store.Record{{Kind: "k", Key: `"`, N: -5}},
		Delete:  []store.RecordKey{{Kind: "k", Key: "\n"}},
		Enqueue: []store.Work{{Queue: "q", ID: `"`, Lane: `l"`, Body: []byte(`1`), Due: time.UnixMicro(5)}},
		Start:   []store.Lease{lease},
		Later:   []store.Postponed{{Lease: lease, Reason: "\"\x00", Body: []byte(`""`)}},
		Bury:    []store.Buried{{Lease: lease, Reason: "r"}},
	})
	require.NoError(t, err)
	all := combine([]*request{r})
	d := postgresDialect(false, false)
	statements := newStatements(d)
	rows := func(s *rowStatement, rs []row) string {
		return jsonRows(s.columns, rowsOf(rs, func(r *row) values { return r.values }))
	}
	helds := func(s *rowStatement, hs []held) string {
		return jsonRows(s.columns, rowsOf(hs, func(h *held) values { return h.values }))
	}
	works := []newWork{{enqueued: &all.enqueue[0], seq: 3, first: true}}
	for what, doc := range map[string]string{
		"put new": rows(&statements.putNew, all.putNew), "put old": rows(&statements.putOld, all.putOld),
		"delete":  rows(&statements.deleteRecords, all.del),
		"add":     jsonRows(statements.add.columns, rowsOf(all.add, (*addition).values)),
		"enqueue": jsonRows(statements.insertWork.columns, workRows(works)),
		"start":   helds(&statements.start, all.start), "later": helds(&statements.later, all.later), "bury": helds(&statements.bury, all.bury),
		"hashes": jsonRows(statements.findWork.columns, hashRows([]hash{{1}, {}})), "strings": jsonStrings([]string{`"`, ""}),
		"numbers": jsonInts([]int64{1, -2}), "nothing": jsonInts(nil),
	} {
		require.True(t, json.Valid([]byte(doc)), "%s: %s", what, doc)
	}
}

func TestAdditionsToOneRecordBecomeOne(t *testing.T) {
	t.Parallel()
	add := func(key string, n int64) *request {
		r, err := newRequest(&store.Batch{Add: []store.Record{{Kind: "k", Key: key, Parent: "p", N: n}}})
		require.NoError(t, err)
		return r
	}
	all := combine([]*request{add("b", 1), add("a", 2), add("b", 3)})
	require.Equal(t, []addition{{"k", "a", "p", 0, 2, 1}, {"k", "b", "p", 0, 4, 2}}, all.add)
}

func TestRequestsShareATransactionOnlyIfTheyTouchDifferentThings(t *testing.T) {
	t.Parallel()
	record := store.Record{Kind: "k", Key: "a"}
	work := store.WorkKey{Queue: "q", ID: "a"}
	lease := store.Lease{Queue: "q", ID: "a", Token: "1.0.x"}
	kinds := map[string]store.Batch{
		"put":     {Put: []store.Record{record}},
		"add":     {Add: []store.Record{record}},
		"delete":  {Delete: []store.RecordKey{{Kind: "k", Key: "a"}}},
		"enqueue": {Enqueue: []store.Work{{Queue: "q", ID: "a"}}},
		"done":    {Done: []store.Lease{lease}},
		"drop":    {Drop: []store.WorkKey{work}},
		"replay":  {Replay: []store.WorkKey{work}},
		"forget":  {Forget: time.Unix(1, 0)},
		"other": {
			Put: []store.Record{{Kind: "a", Key: "k"}, {Kind: "k", Key: "b"}}, Drop: []store.WorkKey{{Queue: "a", ID: "q"}},
		},
	}
	records, works := []string{"put", "add", "delete"}, []string{"enqueue", "done", "drop", "replay"}
	for first, a := range kinds {
		for second, b := range kinds {
			ra, err := newRequest(&a)
			require.NoError(t, err)
			rb, err := newRequest(&b)
			require.NoError(t, err)
			both := func(names []string) bool { return slices.Contains(names, first) && slices.Contains(names, second) }
			clash := both(records) && (first != "add" || second != "add") || both(works) || first == second && first == "forget"
			if first == "other" && second == "other" {
				clash = true
			}
			var f footprint
			require.True(t, f.joins(ra))
			require.Equal(t, !clash, f.joins(rb), "%s beside %s", second, first)
		}
	}
}

func TestLanesAndNamesHaveHashes(t *testing.T) {
	t.Parallel()
	require.Zero(t, laneHash("q", ""))
	require.Positive(t, laneHash("q", "l"))
	require.Equal(t, laneHash("q", "l"), laneHash("q", "l"), "hashes are stored, so they must not depend on the process")
	require.EqualValues(t, 2883612865453360621, laneHash("in", "100|555"), "hashes are stored, so they must not change")
	require.NotEqual(t, laneHash("q", "l"), laneHash("ql", ""))
	require.NotEqual(t, nameHash("q", "l"), nameHash("ql", ""))
	a, b, other := nameHash("q", "a"), nameHash("q", "b"), nameHash("r", "a")
	require.NotEqual(t, a, b)
	require.Equal(t, a[:2], b[:2], "the names of a queue stand together")
	require.NotEqual(t, a[:2], other[:2])
	require.Equal(t, "425c7b0da1b1c6fe76b1ad7971201924", hex.EncodeToString(a[:]), "hashes are stored, so they must not change")
	require.Equal(t, []int64{1, 3}, stripes([]int64{7, 0, 3, 6, 3 + 2*lockStripes}))
}

func TestSQLiteReleases(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"3.44.0": false, "3.51.2": false, "3.51.3": true, "3.51.9": true, "3.52.0": false, "3.53.0": true, "3.53.3": true,
		"4.0.0": true, "": false, "nonsense": false, "3.54": true,
	} {
		require.Equal(t, want, soundSQLite(versionNumber(text)), text)
	}
}
