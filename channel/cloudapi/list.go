package cloudapi

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"maps"
	"net/http"
	"net/url"

	"github.com/kanava-go/kanava/channel/message"
)

// maxRestarts is how often one walk through a list starts over because its
// cursor died.
const maxRestarts = 2

// listing is a remote list.
type listing[T any] struct {
	op      string
	id      string
	account string // that the call counts against; empty means id
	free    bool   // counts against none
	edge    string
	query   url.Values
	// items takes a page apart; nil means {"data":[…]} with one item per element.
	items func(page []byte) ([]json.RawMessage, error)
	read  func(item []byte) (T, error) // nil means as T itself is read
	key   func(T) string               // identifies an item, to skip it after a restart
}

type wirePage struct {
	Data   json.RawMessage `json:"data"`
	Paging struct {
		Cursors struct {
			After string `json:"after"`
		} `json:"cursors"`
		Next string `json:"next"`
	} `json:"paging"`
}

// all walks a list page by page: the end is a page without "next", not a short
// or empty one. The address in "next" is not used, because it can hold the token.
//
// https://developers.facebook.com/docs/graph-api/results (checked September 2026)
func all[T any](ctx context.Context, c *Client, l listing[T]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var zero T
		seen := make(map[string]struct{})
		after, restarts := "", 0
		cursors := map[string]bool{} // since the last start
		for {
			items, next, err := page(ctx, c, l, after)
			// Cursors are short-lived, and the loop belongs to the caller, who may
			// take his time. What was shown already is skipped the second time.
			if stale(err) && after != "" && restarts < maxRestarts {
				restarts++
				after = ""
				clear(cursors)
				continue
			}
			if err != nil {
				yield(zero, err)
				return
			}
			for _, item := range items {
				if item.err == nil {
					k := l.key(item.value)
					if _, again := seen[k]; again && k != "" {
						continue
					}
					seen[k] = struct{}{}
				}
				if !yield(item.value, item.err) {
					return
				}
			}
			if next == "" {
				return
			}
			if next == after || cursors[next] {
				yield(zero, &elementError{op: l.op, cause: errLoop})
				return
			}
			after = next
			cursors[next] = true
		}
	}
}

var (
	errLoop    = errors.New("the list leads back to the same page")
	errElement = errors.New("one element of the list is not of the documented form")
)

// stale reports whether a cursor has died: templates and groups say so with
// 131059, the block list with 139102.
func stale(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && (e.Code == 131059 || e.Code == 139102)
}

// listed is one element of a page. Elements fail one by one: an odd template must
// not hide the others.
type listed[T any] struct {
	value T
	err   error // the element could not be read
}

// page fetches one page; next is the cursor to the page after it, empty at the
// end.
func page[T any](ctx context.Context, c *Client, l listing[T], after string) (items []listed[T], next string, err error) {
	q := maps.Clone(l.query)
	if q == nil {
		q = url.Values{}
	}
	if q.Get("limit") == "" {
		q.Set("limit", "100")
	}
	if after != "" {
		q.Set("after", after)
	}
	cl, err := c.managementCall(l.op, http.MethodGet, l.id, q, nil, l.edge)
	if err != nil {
		return nil, "", err
	}
	if l.account != "" {
		cl.permit.Account = l.account
	}
	if l.free {
		cl.permit = Permit{}
	}
	if l.edge == "" {
		cl.permit.Account = AppAccount // a list that belongs to no account
	}
	// A dead cursor is repeated by the walk, from the start.
	cl.fatal = stale
	cl.decode = func(_ int, body []byte) error {
		var w wirePage
		if refusalIn(body) || json.Unmarshal(body, &w) != nil {
			return errUnexpected
		}
		if w.Paging.Next != "" {
			if next = w.Paging.Cursors.After; next == "" {
				return errUnexpected
			}
		}
		items, err = elements(l, body, w.Data)
		return err
	}
	err = c.do(ctx, cl)
	return items, next, err
}

// elements takes a page apart.
func elements[T any](l listing[T], body []byte, data json.RawMessage) ([]listed[T], error) {
	var list []json.RawMessage
	if l.items != nil {
		var err error
		if list, err = l.items(body); err != nil {
			return nil, err
		}
	} else if json.Unmarshal(data, &list) != nil || list == nil {
		return nil, errUnexpected
	}
	read := l.read
	if read == nil {
		read = func(item []byte) (v T, err error) { return v, json.Unmarshal(item, &v) }
	}
	var out []listed[T]
	for _, raw := range list {
		item := listed[T]{}
		if v, err := read(raw); err == nil {
			item.value = v
		} else {
			item.err = &elementError{op: l.op, cause: errElement}
		}
		out = append(out, item)
	}
	return out, nil
}

// elementError reports an unreadable element of a list, or an endless list.
type elementError struct {
	op    string
	cause error
}

// Error names operation and cause.
func (e *elementError) Error() string { return "cloudapi: " + e.op + ": " + e.cause.Error() }

// Failure implements message.Failer.
func (e *elementError) Failure() message.Failure {
	return message.Failure{Class: message.ClassUnknown, Retry: message.Retry{Advice: message.RetryNever}, Title: "Unreadable list"}
}
