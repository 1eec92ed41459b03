package console

import (
	"slices"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/desk"
)

// may says whether the actor may do something on a channel: what is not permitted is not shown. The
// desk decides again when it is asked to do it.
func (q *request) may(channel string, action access.Action) bool {
	return q.must(channel, action) == nil
}

// must is may as an error.
func (q *request) must(channel string, action access.Action) error {
	if q.ReadOnly && action != access.Read {
		return errReadOnly
	}
	for _, r := range q.mine() {
		if r.ID == channel && r.May(action) {
			return nil
		}
	}
	return access.ErrDenied
}

// mine are the channels on which the actor may do anything.
func (q *request) mine() []desk.ChannelRights {
	if q.rights == nil {
		list, err := q.Desk.MyChannels(q.ctx(), q.actor)
		if err != nil { // then nothing is permitted
			q.Logger.Error("console: the rights cannot be read", "error", err)
		}
		q.rights = append([]desk.ChannelRights{}, list...)
	}
	return q.rights
}

// readable are the channels that the actor may read, by name.
func (q *request) readable() []desk.ChannelRights {
	list := slices.DeleteFunc(slices.Clone(q.mine()), func(r desk.ChannelRights) bool { return !r.May(access.Read) })
	slices.SortFunc(list, func(a, b desk.ChannelRights) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// channelName names a channel where the actor may read several.
func (q *request) channelName(id string) string {
	all := q.readable()
	i := slices.IndexFunc(all, func(r desk.ChannelRights) bool { return r.ID == id })
	if i < 0 || len(all) == 1 {
		return ""
	}
	return all[i].Name
}

// forget has the host asked again who that is, and the rights, once a second: a stream goes on for hours,
// and somebody may have signed out meanwhile. What it tells is read through the desk, which asks each time.
func (q *request) forget() error {
	if q.now.Sub(q.asked) < time.Second {
		return nil
	}
	actor, err := q.Actor(q.Request)
	if err != nil || nameOf(&actor) != nameOf(&q.actor) {
		return errGone
	}
	q.actor, q.rights, q.people, q.ofTeams, q.asked = actor, nil, nil, nil, q.now
	return nil
}

// agents lists the people whom the actor may give conversations to.
func (q *request) agents() []Agent {
	if q.Agents == nil {
		return nil
	}
	return slices.SortedFunc(slices.Values(q.Agents(q.ctx(), q.actor)), byName)
}

// agent returns what is shown of somebody who works here.
func (q *request) agent(id string) Agent {
	if q.people == nil {
		q.people = map[string]Agent{}
		for _, a := range q.agents() {
			q.people[a.ID] = a
		}
	}
	a, ok := q.people[id]
	if !ok || a.Name == "" {
		a.ID, a.Name = id, id
	}
	return a
}

func (q *request) nameOf(id string) string { return q.agent(id).Name }
