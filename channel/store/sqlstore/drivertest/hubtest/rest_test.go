package hubtest

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/store"
)

// rest waits until no queue of the hub has work to do now; again is called before each
// look. It fails with the state of the queues when that takes far too long.
func rest(t *testing.T, hub *channel.Hub, again func()) {
	t.Helper()
	var last []store.Backlog
	idle := func() bool {
		again()
		health, err := hub.Health(t.Context(), root)
		if err != nil {
			return false
		}
		last = health.Queues
		for _, q := range last {
			if q.Due > 0 {
				return false
			}
		}
		return true
	}
	for begin := time.Now(); !idle(); time.Sleep(10 * time.Millisecond) {
		require.Less(t, time.Since(begin), 5*time.Minute, fmt.Sprintf("the hub does not come to rest: %+v", last))
	}
}

// root administers everything.
var root = access.Actor{Kind: access.Agent, ID: "admin", Admin: true}
