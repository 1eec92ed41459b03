package channel

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/store"
)

// lastBatch is a store that keeps what was committed last.
type lastBatch struct {
	store.Store
	batch *store.Batch
}

func (s *lastBatch) Commit(_ context.Context, b *store.Batch) (store.Committed, error) {
	s.batch = b
	return store.Committed{}, nil
}

func TestWhatACommitSaysOfItsRecordsIsToldAndIndexed(t *testing.T) {
	t.Parallel()
	last, told := &lastBatch{}, 0
	noted := newNoted(last, true, true, func() { told++ })
	commit := func(b store.Batch) *store.Batch {
		t.Helper()
		_, err := noted.Commit(t.Context(), &b)
		require.NoError(t, err)
		return last.batch
	}
	body := func(text string) []byte {
		return []byte(`{"channel":"support","direction":"in","text":"` + text + `","attachments":[{"name":"bill.pdf"},{}]}`)
	}
	put := func(version int64, body []byte) store.Record {
		return store.Record{Kind: kindMessage, Key: "m", Version: version, Body: body}
	}
	ofHost := []store.Change{{Kind: "host", Key: "h"}}
	change := store.Change{Kind: kindMessage, Key: "m", Group: "support"}
	entry := store.Entry{Kind: kindMessage, Key: "m", Group: "support", Text: "Hello\nbill.pdf"}

	first := put(0, body("Hello"))
	b := commit(store.Batch{Put: []store.Record{first, {Kind: "other", Key: "o", Body: []byte(`{"channel":"support"}`)}}, Tell: ofHost[:1:1]})
	require.Equal(t, append(slices.Clone(ofHost), change), b.Tell)
	require.Equal(t, []store.Entry{entry}, b.Index)
	require.Len(t, b.Put, 2)
	copy(first.Body, strings.Repeat("x", len(first.Body))) // nothing that was said depends on the document any more
	require.Equal(t, change, b.Tell[1])
	require.Equal(t, []store.Entry{entry}, b.Index)

	b = commit(store.Batch{Put: []store.Record{put(1, []byte(`{"delivery":{"read_at":"now"},`+string(body("Hello"))[1:]))}})
	require.Equal(t, []store.Change{change}, b.Tell)
	require.Empty(t, b.Index, "the words are the same")
	b = commit(store.Batch{Put: []store.Record{put(5, body("Hello"))}})
	require.Len(t, b.Index, 1, "somebody else wrote it meanwhile")
	b = commit(store.Batch{Put: []store.Record{put(6, []byte(`{"channel":"sales",`+string(body("Hello"))[len(`{"channel":"support",`):]))}})
	require.Equal(t, "sales", b.Index[0].Group, "the same words in another channel")
	b = commit(store.Batch{Put: []store.Record{put(7, []byte(`{"channel":"sales","direction":"in"}`))}})
	require.Equal(t, []store.Entry{{Kind: kindMessage, Key: "m", Group: "sales"}}, b.Index, "words that were there have gone")
	b = commit(store.Batch{Delete: []store.RecordKey{{Kind: kindMessage, Key: "m"}, {Kind: "other", Key: "o"}}})
	require.Equal(t, []store.Change{{Kind: kindMessage, Key: "m"}}, b.Tell)
	require.Equal(t, 6, told)

	for name, silent := range map[string][]byte{
		"a stand-in": []byte(`{"channel":"support","text":"Hello"}`), "a reaction": []byte(`{"channel":"support","direction":"out","target":"m","text":"+"}`),
		"no document": []byte(`{`), "nothing": nil,
	} {
		b = commit(store.Batch{Put: []store.Record{put(0, silent)}})
		require.Empty(t, b.Tell, name)
		require.Empty(t, b.Index, name)
	}
	require.Equal(t, 6, told)
	b = commit(store.Batch{Put: []store.Record{put(0, []byte(`{"channel":"support","direction":"in"}`))}})
	require.Len(t, b.Tell, 1)
	require.Empty(t, b.Index, "a new record without words")
}
