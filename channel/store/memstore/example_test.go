package memstore_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
)

// A store has records with versions, and work in lanes: what a hub is built on, and all that a store of your own has to do.
func Example() {
	ctx, now := context.Background(), time.Now()
	s := memstore.New()
	_, err := s.Commit(ctx, &store.Batch{
		Put: []store.Record{{Kind: "conversation", Key: "c1", Body: []byte(`{"customer":"robin"}`)}},
		Enqueue: []store.Work{
			{Queue: "out", ID: "m1", Lane: "c1", Body: []byte(`"hello"`)},
			{Queue: "out", ID: "m2", Lane: "c1", Body: []byte(`"are you there?"`)},
		},
	})
	fmt.Println("committed:", err == nil)

	// Somebody who read version 1 and somebody who read it, too: the second one is told.
	change := &store.Batch{Put: []store.Record{{Kind: "conversation", Key: "c1", Version: 1, Body: []byte(`{}`)}}}
	_, first := s.Commit(ctx, change)
	_, second := s.Commit(ctx, change)
	fmt.Println(first, errors.Is(second, store.ErrConflict))

	// A lane hands out one piece of work at a time.
	claim := store.Claim{Queue: "out", Now: now, Lease: time.Minute, Limit: 10}
	works, err := s.Claim(ctx, claim)
	fmt.Println(len(works), string(works[0].Body), err)
	_, err = s.Commit(ctx, &store.Batch{Done: []store.Lease{works[0].Lease()}})
	fmt.Println("settled:", err == nil)
	works, err = s.Claim(ctx, claim)
	fmt.Println(len(works), string(works[0].Body), err)
	// Output:
	// committed: true
	// <nil> true
	// 1 "hello" <nil>
	// settled: true
	// 1 "are you there?" <nil>
}
