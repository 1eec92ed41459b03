package storetest_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/kanava-go/kanava/channel/store"
)

// mapSearch applies f to every search.
func mapSearch(s *faulty, f func(*store.SearchQuery)) {
	s.search = func(ctx context.Context, q store.SearchQuery) ([]store.Hit, error) {
		f(&q)
		return s.Store.(store.Searcher).Search(ctx, q)
	}
}

// inboxBreaks are about the optional interfaces Follower and Searcher.
var inboxBreaks = []struct {
	store, caught string
	break_        func(s *faulty)
}{
	{"tells a part of a commit", "what batches tell is followed from cursor to cursor", func(s *faulty) {
		s.follow = func(ctx context.Context, after string, limit int) ([]store.Change, string, error) {
			changes, next, err := s.Store.(store.Follower).Follow(ctx, after, limit)
			return changes[:min(limit, len(changes))], next, err
		}
	}},
	{"forgets the place when nothing is new", "a cursor is good in another process", func(s *faulty) {
		s.follow = func(ctx context.Context, after string, limit int) ([]store.Change, string, error) {
			changes, next, err := s.Store.(store.Follower).Follow(ctx, after, limit)
			if len(changes) == 0 {
				next = ""
			}
			return changes, next, err
		}
	}},
	{"finds only the newest entries", "of hundreds of entries each is found, whatever was indexed or deleted before and after it", func(s *faulty) {
		s.search = func(ctx context.Context, q store.SearchQuery) ([]store.Hit, error) {
			newest, _ := s.Store.(store.Searcher).Search(ctx, store.SearchQuery{Kind: q.Kind, Groups: q.Groups, Text: "word", Limit: 1})
			hits, err := s.Store.(store.Searcher).Search(ctx, q)
			return slices.DeleteFunc(hits, func(h store.Hit) bool { return len(newest) > 0 && h.Position+1000 < newest[0].Position }), err
		}
	}},
	{"tells before it writes", "a batch that fails tells nothing", func(s *faulty) {
		s.commit = func(ctx context.Context, b *store.Batch) (store.Committed, error) {
			if len(b.Tell) > 0 {
				if _, err := s.Store.Commit(ctx, &store.Batch{Tell: b.Tell}); err != nil {
					return store.Committed{}, err
				}
				b.Tell = nil
			}
			return s.Store.Commit(ctx, b)
		}
	}},
	{"counts in the order of beginning", "followers miss nothing of concurrent commits", func(s *faulty) {
		// Numbers are given out when a commit begins, and appear when it ends.
		var mu sync.Mutex
		var last int
		ended := map[int][]store.Change{}
		s.commit = func(ctx context.Context, b *store.Batch) (store.Committed, error) {
			mu.Lock()
			last++
			n := last
			mu.Unlock()
			time.Sleep(time.Duration(n%3) * time.Millisecond)
			mu.Lock()
			defer mu.Unlock()
			ended[n] = b.Tell
			return s.Store.Commit(ctx, b)
		}
		s.follow = func(_ context.Context, after string, limit int) (changes []store.Change, next string, err error) {
			mu.Lock()
			defer mu.Unlock()
			at, _ := strconv.Atoi(after)
			for n := at + 1; n <= last && limit > 0; n++ {
				if told, ok := ended[n]; ok {
					changes, at, limit = append(changes, told...), n, limit-1
				}
			}
			return changes, strconv.Itoa(at), nil
		}
	}},
	{"begins at the beginning", "the latest cursor is behind everything and before what comes", func(s *faulty) {
		s.latest = func(context.Context) (string, error) { return "0", nil }
	}},
	{"takes any cursor for the beginning", "cursors that are none are refused", func(s *faulty) {
		s.follow = func(ctx context.Context, after string, limit int) ([]store.Change, string, error) {
			changes, next, err := s.Store.(store.Follower).Follow(ctx, after, limit)
			if errors.Is(err, store.ErrCursor) {
				return s.Store.(store.Follower).Follow(ctx, "", limit)
			}
			return changes, next, err
		}
	}},
	{"knows ASCII only", "words and their beginnings are found in any script", func(s *faulty) {
		mapBatch(s, func(_ context.Context, b *store.Batch) {
			b.Index = slices.Clone(b.Index)
			for i := range b.Index {
				b.Index[i].Text = strings.ToValidUTF8(strings.Map(func(r rune) rune {
					if r > 0x7f {
						return ' '
					}
					return r
				}, b.Index[i].Text), "")
			}
		})
	}},
	{"minds accents", "words and their beginnings are found in any script", func(s *faulty) {
		s.search = func(ctx context.Context, q store.SearchQuery) ([]store.Hit, error) {
			if strings.Contains(q.Text, "lodz") { // stands in the text with accents
				return nil, nil
			}
			return s.Store.(store.Searcher).Search(ctx, q)
		}
	}},
	{"ends texts at a NUL", "what is no word parts words, a long word counts by its beginning, and of many words the first count", func(s *faulty) {
		mapBatch(s, func(_ context.Context, b *store.Batch) {
			b.Index = slices.Clone(b.Index)
			for i := range b.Index {
				b.Index[i].Text, _, _ = strings.Cut(b.Index[i].Text, "\x00")
			}
		})
	}},
	{"searches everywhere", "what is found is of the kind and the groups asked for", func(s *faulty) {
		mapSearch(s, func(q *store.SearchQuery) { q.Groups = nil })
	}},
	{"begins each page anew", "what is found comes page by page, the newest first", func(s *faulty) {
		s.search = func(ctx context.Context, q store.SearchQuery) ([]store.Hit, error) {
			hits, err := s.Store.(store.Searcher).Search(ctx, q)
			slices.Reverse(hits)
			return hits, err
		}
	}},
	{"finds what was deleted", "what is indexed again or deleted is not found any more", func(s *faulty) {
		mapBatch(s, func(_ context.Context, b *store.Batch) {
			b.Index = slices.DeleteFunc(slices.Clone(b.Index), func(e store.Entry) bool { return len(e.Words()) == 0 })
		})
	}},
	{"indexes before it writes", "a batch that fails is not found", func(s *faulty) {
		s.commit = func(ctx context.Context, b *store.Batch) (store.Committed, error) {
			if len(b.Index) > 0 {
				if _, err := s.Store.Commit(ctx, &store.Batch{Index: b.Index}); err != nil {
					return store.Committed{}, err
				}
				b.Index = nil
			}
			return s.Store.Commit(ctx, b)
		}
	}},
	{"searches for anything", "searches without an answer are refused", func(s *faulty) {
		s.search = func(ctx context.Context, q store.SearchQuery) ([]store.Hit, error) {
			hits, err := s.Store.(store.Searcher).Search(ctx, q)
			if errors.Is(err, store.ErrSearch) {
				return nil, nil
			}
			return hits, err
		}
	}},
}
