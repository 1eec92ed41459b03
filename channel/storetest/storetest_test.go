package storetest_test

import (
	"testing"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/memstore"
	"github.com/kanava-go/kanava/channel/storetest"
)

func TestTheReferenceKeepsTheContract(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(*testing.T) (channel.Store, func() channel.Store) {
		s := memstore.New()
		return s, func() channel.Store { return s }
	})
}
