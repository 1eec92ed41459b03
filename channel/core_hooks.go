package channel

import (
	"context"

	"github.com/kanava-go/kanava/channel/hooks"
)

// observer are the hooks as the hub calls them.
type observer struct{ hooks.Hooks }

// carry returns what is stored with work that ctx causes.
func (o *observer) carry(ctx context.Context) map[string]string {
	if o.Carry == nil {
		return nil
	}
	return o.Carry(ctx)
}

// resume returns the context of work with which that was stored.
func (o *observer) resume(ctx context.Context, carried map[string]string) context.Context {
	if o.Resume == nil || len(carried) == 0 {
		return ctx
	}
	return o.Resume(ctx, carried)
}

func (o *observer) deadLetter(ctx context.Context, i hooks.DeadLetterInfo) {
	if o.DeadLetter != nil {
		o.DeadLetter(ctx, i)
	}
}
