package desk

import (
	"context"
	"iter"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
)

// Feed is [channel.Hub.Feed] for an actor: news of the channels that the actor may read, as the
// rights are when each of them is told, whatever q.Wanted says. Of what was erased everybody hears. Who is
// in which conversation, and how far the actor has read, is no news: see [Desk.Around] and [Desk.Seen].
func (d *Desk) Feed(ctx context.Context, actor access.Actor, q channel.FeedQuery) iter.Seq2[*conversation.News, error] {
	wanted := q.Wanted
	q.Wanted = func(on string) bool {
		return d.reads(ctx, actor, on) && (wanted == nil || wanted(on))
	}
	return d.hub.Feed(ctx, q)
}

// reads says whether an actor may read on a channel.
func (d *Desk) reads(ctx context.Context, actor access.Actor, on string) bool {
	ch, err := d.hub.Channel(ctx, on)
	return err == nil && access.Check(policy(&ch), actor, access.Read) == nil
}

// readable returns the channels that an actor may read, of those in only, or of all if it is nil.
func (d *Desk) readable(ctx context.Context, actor access.Actor, only []string) []string {
	if only == nil {
		for _, ch := range d.hub.Channels() {
			only = append(only, ch.ID)
		}
	}
	list := []string{}
	for _, id := range only {
		if d.reads(ctx, actor, id) {
			list = append(list, id)
		}
	}
	return list
}

// Search is [channel.Hub.Search] on the channels that the actor may read. If these are others than when the
// page before was read, the error matches store.ErrCursor: then begin anew.
func (d *Desk) Search(ctx context.Context, actor access.Actor, q channel.SearchQuery) (*conversation.Found, error) {
	q.Channels = d.readable(ctx, actor, q.Channels)
	return d.hub.Search(ctx, q)
}
