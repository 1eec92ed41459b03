package desk

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
)

// Feed is [channel.Hub.Feed] for an actor: news of the channels that the actor may read, as the
// rights are when each of them is told, whatever q.Wanted says. Of what was erased everybody hears. Who is
// in which conversation, and how far the actor has read, is no news: see [Desk.Around] and [Desk.Seen].
func (d *Desk) Feed(ctx context.Context, actor access.Actor, q channel.FeedQuery) iter.Seq2[*conversation.News, error] {
	return func(yield func(*conversation.News, error) bool) {
		q, wanted := q, q.Wanted
		var fault error // that the rights are not known: nothing of a page is passed then
		q.Wanted = func(on string) bool {
			may, err := d.reads(ctx, actor, on)
			if err != nil {
				fault = fmt.Errorf("desk: feed: %w", err)
			}
			return may && (wanted == nil || wanted(on))
		}
		for n, err := range d.hub.Feed(ctx, q) {
			if fault != nil {
				yield(nil, fault)
				return
			}
			if !yield(n, err) {
				return
			}
		}
	}
}

// reads says whether an actor may read on a channel.
func (d *Desk) reads(ctx context.Context, actor access.Actor, on string) (bool, error) {
	ch, err := d.hub.Channel(ctx, on)
	if errors.Is(err, channel.ErrNoChannel) {
		return false, nil
	}
	return err == nil && access.Check(policy(&ch), actor, access.Read) == nil, err
}

// readable returns the channels that an actor may read, of those in only, or of all if it is nil.
func (d *Desk) readable(ctx context.Context, actor access.Actor, only []string) ([]string, error) {
	if only == nil {
		for _, ch := range d.hub.Channels() {
			only = append(only, ch.ID)
		}
	}
	list := []string{}
	for _, id := range only {
		may, err := d.reads(ctx, actor, id)
		if err != nil {
			return nil, err
		}
		if may {
			list = append(list, id)
		}
	}
	return list, nil
}

// Search is [channel.Hub.Search] on the channels that the actor may read. If these are others than when the
// page before was read, the error matches store.ErrCursor: then begin anew.
func (d *Desk) Search(ctx context.Context, actor access.Actor, q channel.SearchQuery) (*conversation.Found, error) {
	channels, err := d.readable(ctx, actor, q.Channels)
	if err != nil {
		return nil, fmt.Errorf("desk: search: %w", err)
	}
	q.Channels = channels
	return d.hub.Search(ctx, q)
}
