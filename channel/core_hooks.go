package channel

import (
	"context"
	"maps"

	"github.com/kanava-go/kanava/channel/hooks"
)

// observer are the hooks as the hub calls them.
type observer struct{ hooks.Hooks }

// carry returns what is stored with work that ctx causes. Work that begins at once has it as it is: a worker
// may read it while the host does something else to its own.
func (o *observer) carry(ctx context.Context) map[string]string {
	if o.Carry == nil {
		return nil
	}
	return maps.Clone(o.Carry(ctx))
}

// resume returns the context of work with which that was stored.
func (o *observer) resume(ctx context.Context, carried map[string]string) context.Context {
	if o.Resume == nil || len(carried) == 0 {
		return ctx
	}
	return o.Resume(ctx, maps.Clone(carried))
}

func (o *observer) deadLetter(ctx context.Context, i hooks.DeadLetterInfo) {
	if o.DeadLetter != nil {
		o.DeadLetter(ctx, i)
	}
}
