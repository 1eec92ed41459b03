package access_test

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/kanava-go/kanava/channel/access"
)

// The policy of a channel, as an admin page stores it: everybody may look, the
// billing team may answer, one supervisor sees the reports.
func ExampleDecide() {
	var policy access.Policy
	err := json.Unmarshal([]byte(`{
		"users":     {"u-17": "supervisor"},
		"teams":     {"billing": "contributor"},
		"all_users": "viewer"
	}`), &policy)
	if err != nil {
		fmt.Println(err)
	}

	agent := access.Actor{Kind: access.Agent, ID: "u-42", Teams: []string{"billing"}}
	for _, action := range []access.Action{access.Note, access.Reply, access.Report, access.ManageSettings} {
		d := access.Decide(policy, agent, action)
		fmt.Println(action, d.Allowed, d.Reason, d.Grant.Source)
	}
	// Output:
	// note true by_role team
	// reply true by_role team
	// report false role_too_low team
	// manage_settings false admin_only
}

func ExampleCheck() {
	policy := access.Policy{AllUsers: access.Viewer}
	agent := access.Actor{Kind: access.Agent, ID: "u-42"}

	err := access.Check(policy, agent, access.Reply)
	fmt.Println(err)
	if denied, ok := errors.AsType[*access.DeniedError](err); ok {
		fmt.Println("ask for the role of", denied.Need)
	}
	// Output:
	// access: deny reply to agent: role is viewer, contributor needed
	// ask for the role of contributor
}

func ExamplePolicy_Validate() {
	policy := access.Policy{
		Users:    map[string]access.Role{"u-42": "owner"},
		AllTeams: "all",
	}
	fmt.Println(policy.Validate())
	// Output:
	// access: validate policy: users: a role is none of viewer, contributor, supervisor
	// access: validate policy: all_teams: a role is none of viewer, contributor, supervisor
}
