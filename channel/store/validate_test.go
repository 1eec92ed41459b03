package store_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/store"
)

func TestAStoreIsToldWhatItMayNotAccept(t *testing.T) {
	t.Parallel()
	good := func() *store.Batch {
		return &store.Batch{
			Put:     []store.Record{{Kind: "a", Key: "1"}, {Kind: "a", Key: "2"}, {Kind: "b", Key: "1"}},
			Enqueue: []store.Work{{Queue: "q", ID: "1", Lane: "l"}},
			Done:    []store.Lease{{Queue: "q", ID: "1", Token: "t"}},
		}
	}
	require.NoError(t, good().Validate())
	require.NoError(t, (&store.Batch{}).Validate())
	for name, spoil := range map[string]func(b *store.Batch){
		"a record twice in one field": func(b *store.Batch) { b.Put[1].Key = "1" },
		"work twice in one field":     func(b *store.Batch) { b.Enqueue = append(b.Enqueue, b.Enqueue[0]) },
		"an empty kind":               func(b *store.Batch) { b.Add = []store.Record{{Key: "k", N: 1}} },
		"a bound without addition":    func(b *store.Batch) { b.Bound = []store.Bound{{Kind: "a", Key: "1", Max: 1}} },
		"an empty ID":                 func(b *store.Batch) { b.Drop = []store.WorkKey{{Queue: "q"}} },
		"a name that is too long":     func(b *store.Batch) { b.Put[0].Key = strings.Repeat("k", 513) },
		"a NUL in a lane":             func(b *store.Batch) { b.Enqueue[0].Lane = "l\x00" },
		"a claimant without a name":   func(b *store.Batch) { b.Release = []store.Claimant{{Queue: "q"}} },
		"a parent beyond UTF-8":       func(b *store.Batch) { b.Put[2].Parent = "\xff" },
	} {
		b := good()
		spoil(b)
		assert.Error(t, b.Validate(), name)
	}
	canary := good()
	canary.Put[0].Key = "+4915112345678\x00"
	assert.NotContains(t, canary.Validate().Error(), "4915112345678")

	require.NoError(t, store.Claim{Queue: "q", Lease: time.Second, Limit: 1}.Validate())
	assert.Error(t, store.Claim{Lease: time.Second, Limit: 1}.Validate(), "no queue")
	assert.Error(t, store.Claim{Queue: "q", Limit: 1}.Validate(), "no lease")
	assert.Error(t, store.Claim{Queue: "q", Lease: time.Second}.Validate(), "no limit")
	assert.Error(t, store.Claim{Queue: "q", Lease: time.Second, Limit: 1, PerGroup: 1}.Validate(), "PerGroup without Groups")
	assert.Error(t, store.Query{Kind: "k"}.Validate(), "no limit")
	assert.Error(t, store.Query{Limit: 1}.Validate(), "no kind")
	assert.Error(t, store.WorkQuery{Limit: -1}.Validate(), "neither queue nor limit")
}
