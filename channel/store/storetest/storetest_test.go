package storetest_test

import (
	"testing"

	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/kanava-go/kanava/channel/store/storetest"
)

func TestTheReferenceKeepsTheContract(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(*testing.T) (store.Store, func() store.Store) {
		s := memstore.New()
		return s, func() store.Store { return s }
	})
}
