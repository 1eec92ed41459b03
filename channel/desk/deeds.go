package desk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"iter"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/deskapi"
	"github.com/kanava-go/kanava/channel/explain"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store"
)

// Deeds returns who did what, the latest first: see [channel.Hub.Deeds]. The actor must administer the
// channel; without one, all channels. It ends with the first error.
//
// Every call that acts is noted once it is over, exports before anything is handed out. What was refused
// for another reason than a missing right is not, since nothing happened, and neither is reading
// conversations or marking them as read.
func (d *Desk) Deeds(ctx context.Context, actor access.Actor, q deskapi.DeedQuery) iter.Seq2[*deskapi.Deed, error] {
	return func(yield func(*deskapi.Deed, error) bool) {
		c := &call{AuditInfo: AuditInfo{Actor: actor, Action: access.ReadAudit}, verb: "read audit"}
		var err error
		defer d.endRead(ctx, c, &err)
		if err = d.administrates(c, q.Channel); err != nil {
			yield(nil, err)
			return
		}
		for deed, failed := range d.hub.Deeds(ctx, q) {
			if !yield(deed, failed) {
				return
			}
		}
	}
}

// noteWithin is how long it may take to note what was done, when the caller waits no more.
const noteWithin = 10 * time.Second

// noteDeed keeps what a call did. The call has done it already, so that it does not fail with it.
func (d *Desk) noteDeed(ctx context.Context, c *call, err error) {
	outcome, worth := outcomeOf(err)
	if c.noted || !worth || !notable(c) {
		return
	}
	deed := c.deed(outcome)
	if outcome == deskapi.Denied && !d.belongs(c.Actor, c.Channel) {
		deed.Channel = "" // who tries is none of this tenant's
	}
	if host := store.DeferredIn(ctx); host != nil && outcome != deskapi.Done {
		host.Add(nil, func() { d.keepDeed(host.Outside(), deed) }) // it was tried, whatever the host makes of it
		return
	}
	d.keepDeed(ctx, deed)
	if c.outside {
		d.keepAnyway(ctx, deed)
	}
}

// keepAnyway keeps what was done although the host rolls its transaction back.
func (d *Desk) keepAnyway(ctx context.Context, deed deskapi.Deed) {
	if host := store.DeferredIn(ctx); host != nil {
		host.Undo(func() { d.keepDeed(host.Outside(), deed) })
	}
}

func (d *Desk) keepDeed(ctx context.Context, deed deskapi.Deed) {
	after, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteWithin)
	defer cancel()
	if err := d.hub.NoteDeed(after, deed); err != nil && d.log != nil {
		d.log.LogAttrs(ctx, slog.LevelError, "desk: what was done could not be noted", slog.String("verb", deed.Verb), slog.Any("error", err))
	}
}

// noteEach is noteDeed for what was done to things of several channels: each hears of its own.
func (d *Desk) noteEach(ctx context.Context, c *call, of map[string]int, err error) {
	for _, on := range slices.Sorted(maps.Keys(of)) {
		one := *c
		one.Channel, one.n = on, of[on]
		d.noteDeed(ctx, &one, err)
	}
	c.noted = true
}

// notable says whether a call is worth a note: that of somebody with a name, which does more than read.
func notable(c *call) bool {
	return c.Actor.Kind != access.System && c.Actor.ID != "" && c.Action.Known() && c.Action != access.Read && c.Action != access.MarkRead
}

// belongs says whether an actor has any right on a channel.
func (d *Desk) belongs(actor access.Actor, on string) bool {
	if actor.On(on).Admin {
		return true
	}
	return slices.ContainsFunc(d.hub.Channels(), func(ch channel.Channel) bool {
		return ch.ID == on && policy(&ch).Best(actor).Source != access.NoSource
	})
}

// outcomeOf is how a call ended, if there is anything to note.
func outcomeOf(err error) (o deskapi.Outcome, worth bool) {
	switch {
	case err == nil:
		return deskapi.Done, true
	case errors.Is(err, access.ErrDenied):
		return deskapi.Denied, true
	}
	return deskapi.Failed, Explain(err).Class == explain.Fault
}

func (c *call) deed(o deskapi.Outcome) deskapi.Deed {
	return deskapi.Deed{
		Actor: author(c.Actor), Action: string(c.Action), Verb: c.verb, Outcome: o,
		Channel: c.Channel, Conversation: c.Conversation, Message: c.Message, N: c.n, Changes: c.changes,
	}
}

// moved is what changed of where a conversation stands, who has it and when it comes back.
func moved(before, after *conversation.Conversation) (list []deskapi.DeedChange) {
	for _, c := range []deskapi.DeedChange{
		{Path: "queue", From: string(before.State.Queue), To: string(after.State.Queue)},
		{Path: "agent", From: before.State.Assignee, To: after.State.Assignee},
		{Path: "team", From: before.Team, To: after.Team},
		{Path: "holder", From: string(before.Holder), To: string(after.Holder)},
		{Path: "returns", From: instant(before.State.ReturnAt), To: instant(after.State.ReturnAt)},
	} {
		if c.From != c.To {
			list = append(list, c)
		}
	}
	return list
}

// instant is a time as a deed has it, and "" if there is none.
func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// mostChanges is how many changes of settings are kept of one call.
const mostChanges = 200

// changed is what differs between two settings of a channel, ordered by path.
func changed(before, after *settings.Settings) (list []deskapi.DeedChange) {
	was, is := leavesOf(before), leavesOf(after)
	paths := maps.Clone(was)
	maps.Copy(paths, is)
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		if was[path] == is[path] || len(list) == mostChanges {
			continue
		}
		list = append(list, deskapi.DeedChange{Path: path, From: shown(path, was[path]), To: shown(path, is[path])})
	}
	return list
}

// leavesOf are the values of settings as JSON, by path.
func leavesOf(s *settings.Settings) map[string]string {
	leaves := map[string]string{}
	raw, err := json.Marshal(s)
	if err != nil { // what the hub has can be encoded, and refuses the rest
		return leaves
	}
	leavesIn(leaves, "", raw)
	return leaves
}

func leavesIn(leaves map[string]string, path string, raw json.RawMessage) {
	var under map[string]json.RawMessage
	if !bytes.HasPrefix(bytes.TrimSpace(raw), []byte("{")) || json.Unmarshal(raw, &under) != nil {
		leaves[path] = string(raw)
		return
	}
	for name, value := range under {
		leavesIn(leaves, strings.TrimPrefix(path+"."+name, "."), value)
	}
}

// shown is a value as a deed keeps it: numbers, switches, durations and roles. Other texts may be about people.
func shown(path, value string) string {
	switch text := strings.Trim(value, `"`); {
	case value == "", strings.HasPrefix(value, "["):
		return ""
	case !strings.HasPrefix(value, `"`):
		return value
	case access.Role(text).Known() && strings.HasPrefix(path, "desk.access."), strings.HasPrefix(path, "retention."):
		return text
	}
	return ""
}
