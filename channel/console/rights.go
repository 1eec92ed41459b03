package console

import (
	"slices"

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
	return access.Check(q.policyOf(channel), q.actor.On(channel), action)
}

// policyOf returns who may do what on a channel; nobody anything if it cannot be read.
func (q *request) policyOf(id string) access.Policy {
	if p, ok := q.rights[id]; ok {
		return p
	}
	var p access.Policy
	if ch, err := q.Desk.Hub().Channel(q.ctx(), id); err == nil {
		if s, err := desk.SettingsOf(ch.Settings); err == nil {
			p = s.Access
		}
	}
	if q.rights == nil {
		q.rights = map[string]access.Policy{}
	}
	q.rights[id] = p
	return p
}

// forget has rights asked for again: a stream goes on for hours.
func (q *request) forget() { q.rights, q.people, q.channels = nil, nil, nil }

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
