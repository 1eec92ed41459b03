package channel

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/store"
)

// lastBatch is a store that keeps what was committed last.
type lastBatch struct {
	store.Store
	batch *store.Batch
	tell  []store.Change // its own: a step uses its lists again
	index []store.Entry
}

func (s *lastBatch) Get(context.Context, string, ...string) ([]store.Record, error) { return nil, nil }

func (s *lastBatch) Commit(_ context.Context, b *store.Batch) (store.Committed, error) {
	s.batch, s.tell, s.index = b, append([]store.Change(nil), b.Tell...), append([]store.Entry(nil), b.Index...)
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

	b = commit(store.Batch{Put: []store.Record{put(1, []byte(`{"delivery":{"read_at":"2026-11-02T09:00:00Z"},`+string(body("Hello"))[1:]))}})
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

func TestADocumentInHandSaysWhatItsJSONSays(t *testing.T) {
	t.Parallel()
	for kind, doc := range map[string]func() any{
		kindMessage:      func() any { return new(messageRecord) },
		kindCustomer:     func() any { return new(conversation.Customer) },
		kindConversation: func() any { return new(conversation.Conversation) },
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			told, found := 0, 0
			for seed := range 60 {
				saved, read := &lastBatch{}, &lastBatch{}
				inHand, asJSON := newNoted(saved, true, true, func() {}), newNoted(read, true, true, func() {})
				steps := &step.Steps{
					Store: inHand, Commit: inHand.commit,
					Now: func(context.Context) time.Time { return time.Now() }, Wake: func(string) {}, Took: func(time.Duration) {},
				}
				d := doc()
				fill(reflect.ValueOf(d).Elem(), seed)
				require.NoError(t, steps.Do(t.Context(), nil, func(u *step.Step) error {
					_, err := u.Load(kind, "k", nil)
					return errors.Join(err, u.Save(kind, "k", "", 0, d))
				}))
				body, err := json.Marshal(d)
				require.NoError(t, err)
				_, err = asJSON.Commit(t.Context(), &store.Batch{Put: []store.Record{{Kind: kind, Key: "k", Body: body}}})
				require.NoError(t, err)
				require.Equal(t, read.tell, saved.tell)
				require.Equal(t, read.index, saved.index)
				told += len(saved.tell)
				found += len(saved.index)
			}
			require.Positive(t, told)
			require.Positive(t, found)
		})
	}
}

func TestADocumentInHandIsNotReadAgain(t *testing.T) {
	t.Parallel()
	last := &lastBatch{}
	noted := newNoted(last, true, true, func() {})
	put := []store.Record{
		{Kind: kindMessage, Key: "m", Body: []byte(`no JSON`)}, {Kind: "other", Key: "o"}, {Kind: kindMessage, Key: "stub", Body: []byte(`no JSON`)},
	}
	hello := &messageRecord{Message: conversation.Message{Channel: "support", Direction: conversation.Inbound, Text: "Hello"}}
	_, err := noted.commit(t.Context(), &store.Batch{Put: put}, []step.Saved{{Doc: hello}, {}, {Doc: new(standIn)}})
	require.NoError(t, err)
	require.Equal(t, []store.Change{{Kind: kindMessage, Key: "m", Group: "support"}}, last.tell)
	require.Equal(t, []store.Entry{{Kind: kindMessage, Key: "m", Group: "support", Text: "Hello"}}, last.index)
}
