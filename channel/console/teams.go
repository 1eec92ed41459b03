package console

import (
	"cmp"
	"slices"
	"strings"
)

// teams lists the teams that the actor may give conversations to, by name.
func (q *request) teams() []Team {
	if q.ofTeams == nil {
		q.ofTeams = []Team{}
		if q.Teams != nil {
			q.ofTeams = append(q.ofTeams, q.Teams(q.ctx(), q.actor)...)
		} else {
			for _, a := range q.agents() {
				for _, id := range a.Teams {
					if !slices.ContainsFunc(q.ofTeams, func(t Team) bool { return t.ID == id }) {
						q.ofTeams = append(q.ofTeams, Team{ID: id})
					}
				}
			}
		}
		for i := range q.ofTeams {
			q.ofTeams[i].Name = cmp.Or(q.ofTeams[i].Name, q.ofTeams[i].ID)
		}
		slices.SortFunc(q.ofTeams, func(a, b Team) int { return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.ID, b.ID)) })
	}
	return q.ofTeams
}

// team returns what is shown of a team.
func (q *request) team(id string) Team {
	for _, t := range q.teams() {
		if t.ID == id {
			return t
		}
	}
	return Team{id, id}
}
