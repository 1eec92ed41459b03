package step

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/kanava-go/kanava/channel/store"
)

// ErrNotFound says that something is not stored.
var ErrNotFound = errors.New("channel: not found")

// Get reads one document.
func Get[T any](ctx context.Context, s store.Store, kind, key string) (*T, error) {
	records, err := s.Get(ctx, kind, key)
	if err != nil {
		return nil, fmt.Errorf("channel: read %s: %w", kind, err)
	}
	if len(records) == 0 {
		return nil, fmt.Errorf("channel: read %s: %w", kind, ErrNotFound)
	}
	return Decode[T](records[0])
}

// List reads one page of documents.
func List[T any](ctx context.Context, s Lister, q store.Query) ([]*T, error) {
	records, err := s.List(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("channel: list %s: %w", q.Kind, err)
	}
	docs := make([]*T, 0, len(records))
	for _, r := range records {
		doc, err := Decode[T](r)
		if err != nil {
			return nil, err
		}
		docs = append(docs, doc)
	}
	return docs, nil
}

// Decode decodes the document of a record.
func Decode[T any](r store.Record) (*T, error) {
	doc := new(T)
	return doc, DecodeInto(&r, doc)
}

// Records reads everything that a query asks for in pages of q.Limit, none of them empty. The
// loop may delete what it has been given. It ends with the first error.
func Records(ctx context.Context, s Lister, q store.Query) iter.Seq2[[]store.Record, error] {
	return func(yield func([]store.Record, error) bool) {
		for {
			page, err := s.List(ctx, q)
			if err != nil {
				yield(nil, fmt.Errorf("channel: list %s: %w", q.Kind, err))
				return
			}
			full := len(page) == q.Limit
			if full {
				last := &page[len(page)-1]
				next := &store.Position{Sort: last.Sort, Key: last.Key}
				if q.Descending {
					q.Before = next
				} else {
					q.After = next
				}
			}
			if len(page) == 0 || !yield(page, nil) || !full {
				return
			}
		}
	}
}

// Works reads all work that a query asks for in pages of q.Limit, none of them empty. The loop may
// settle or drop what it has been given. It ends with the first error.
func Works(ctx context.Context, s store.Store, q store.WorkQuery) iter.Seq2[[]store.Work, error] {
	return func(yield func([]store.Work, error) bool) {
		for {
			page, err := s.Work(ctx, q)
			if err != nil {
				yield(nil, fmt.Errorf("channel: list work: %w", err))
				return
			}
			full := len(page) == q.Limit
			if full {
				q.After = page[len(page)-1].Seq
			}
			if len(page) == 0 || !yield(page, nil) || !full {
				return
			}
		}
	}
}

// Documents is [Records] with the documents decoded.
func Documents[T any](ctx context.Context, s Lister, q store.Query) iter.Seq2[[]*T, error] {
	return func(yield func([]*T, error) bool) {
		for page, err := range Records(ctx, s, q) {
			docs := make([]*T, 0, len(page))
			for i := 0; i < len(page) && err == nil; i++ {
				var doc *T
				doc, err = Decode[T](page[i])
				docs = append(docs, doc)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(docs, nil) {
				return
			}
		}
	}
}
