package access_test

import (
	"fmt"
	"testing"

	"github.com/kanava-go/kanava/channel/access"
)

var (
	sink     access.Decision
	sinkBool bool
)

// benchCase is a policy of a large helpdesk and an agent in four teams whose
// right comes from the last of them.
func benchCase() (access.Policy, access.Actor) {
	p := access.Policy{
		Users: make(map[string]access.Role), Teams: make(map[string]access.Role),
		Bots: make(map[string]access.Role), AllTeams: access.Viewer,
	}
	for i := range 1000 {
		p.Users[fmt.Sprintf("user-%04d", i)] = access.Viewer
	}
	for i := range 50 {
		p.Teams[fmt.Sprintf("team-%02d", i)] = access.Viewer
	}
	p.Teams["team-07"] = access.Contributor
	return p, access.Actor{
		Kind: access.Agent, ID: "user-0500",
		Teams: []string{"team-01", "team-02", "team-03", "team-07"},
	}
}

func BenchmarkDecide(b *testing.B) {
	policy, actor := benchCase()
	for _, bb := range []struct {
		name   string
		actor  access.Actor
		action access.Action
	}{
		{"permitted", actor, access.Reply},
		{"refused", actor, access.Report},
		{"admin_only", actor, access.ManageSettings},
		{"system", access.Actor{Kind: access.System}, access.Resolve},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				sink = access.Decide(policy, bb.actor, bb.action)
			}
		})
	}
	// The usual approach: collect the roles held in a set, then look the action
	// up in the permission set of each.
	b.Run("baseline_sets", func(b *testing.B) {
		may := make(map[access.Role]map[access.Action]bool)
		for _, role := range []access.Role{access.Viewer, access.Contributor, access.Supervisor} {
			may[role] = make(map[access.Action]bool)
			for _, action := range access.Actions() {
				may[role][action] = role.May(action)
			}
		}
		b.ReportAllocs()
		for b.Loop() {
			sinkBool = setDecide(may, policy, actor, access.Reply)
		}
	})
}

func setDecide(may map[access.Role]map[access.Action]bool, p access.Policy, a access.Actor, action access.Action) bool {
	held := map[access.Role]bool{p.Users[a.ID]: true, p.AllUsers: true}
	for _, team := range a.Teams {
		held[p.Teams[team]] = true
		held[p.AllTeams] = true
	}
	for role := range held {
		if may[role][action] {
			return true
		}
	}
	return false
}
