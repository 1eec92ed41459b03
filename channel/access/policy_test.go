package access_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/access"
)

// problems flattens what Validate joined.
func problems(err error) []access.PolicyError {
	if err == nil {
		return nil
	}
	var out []access.PolicyError
	for _, e := range err.(interface{ Unwrap() []error }).Unwrap() {
		if p, ok := errors.AsType[*access.PolicyError](e); ok {
			out = append(out, *p)
		}
	}
	return out
}

func TestValidateReportsEveryProblem(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", access.MaxIDLen+1)
	policy := access.Policy{
		Users:    map[string]access.Role{"ann": access.Viewer, "ben": "owner", "": access.Viewer},
		Teams:    map[string]access.Role{long: access.Viewer, "night": access.NoRole},
		Bots:     map[string]access.Role{"\xff": "VIEWER"},
		AllUsers: "everyone",
		AllTeams: " viewer",
	}
	require.Empty(t, cmp.Diff([]access.PolicyError{
		{Field: "users", ID: "", Rule: access.RuleEmptyID},
		{Field: "users", ID: "ben", Rule: access.RuleRole},
		{Field: "teams", ID: "night", Rule: access.RuleRole},
		{Field: "teams", ID: long, Rule: access.RuleLongID},
		{Field: "bots", ID: "\xff", Rule: access.RuleUTF8},
		{Field: "bots", ID: "\xff", Rule: access.RuleRole},
		{Field: "all_users", Rule: access.RuleRole},
		{Field: "all_teams", Rule: access.RuleRole},
	}, problems(policy.Validate())))
}

func TestValidateAcceptsGoodPolicies(t *testing.T) {
	t.Parallel()
	require.NoError(t, access.Policy{}.Validate())
	require.NoError(t, access.Policy{
		Users:    map[string]access.Role{strings.Repeat("é", 127): access.Supervisor},
		AllUsers: access.Viewer,
		AllTeams: access.Contributor,
	}.Validate())
}

func TestPolicySurvivesJSON(t *testing.T) {
	t.Parallel()
	policy := access.Policy{
		Users:    map[string]access.Role{"ann": access.Viewer, "zed": "of-a-later-version"},
		Teams:    map[string]access.Role{"billing": access.Contributor},
		Bots:     map[string]access.Role{"faq": access.Contributor},
		AllTeams: access.Viewer,
	}
	b, err := json.Marshal(policy)
	require.NoError(t, err)
	require.Equal(t, `{"users":{"ann":"viewer","zed":"of-a-later-version"},"teams":{"billing":"contributor"},`+
		`"bots":{"faq":"contributor"},"all_teams":"viewer"}`, string(b))
	var back access.Policy
	require.NoError(t, json.Unmarshal(b, &back))
	require.Empty(t, cmp.Diff(policy, back))

	b, err = json.Marshal(access.Policy{})
	require.NoError(t, err)
	require.Equal(t, `{}`, string(b))
}

func TestCloneSharesNothing(t *testing.T) {
	t.Parallel()
	policy := access.Policy{
		Users: map[string]access.Role{"ann": access.Viewer},
		Teams: map[string]access.Role{"billing": access.Viewer},
		Bots:  map[string]access.Role{"faq": access.Viewer},
	}
	clone := policy.Clone()
	require.Empty(t, cmp.Diff(policy, clone))
	clone.Users["ann"], clone.Teams["billing"], clone.Bots["faq"] = access.Supervisor, access.Supervisor, access.Supervisor
	require.Equal(t, access.Viewer, policy.Users["ann"])
	require.Equal(t, access.Viewer, policy.Teams["billing"])
	require.Equal(t, access.Viewer, policy.Bots["faq"])
}

func TestErrorsSayWhatIsNeeded(t *testing.T) {
	t.Parallel()
	policy := access.Policy{Users: map[string]access.Role{"ann": access.Viewer}}
	ann := access.Actor{Kind: access.Agent, ID: "ann"}
	tests := []struct {
		name   string
		actor  access.Actor
		action access.Action
		want   string
	}{
		{"role too low", ann, access.Reply, "access: deny reply to agent: role is viewer, contributor needed"},
		{"no role", access.Actor{Kind: access.Bot, ID: "faq"}, access.Report, "access: deny report to bot: no role on this channel, supervisor needed"},
		{"admin only", ann, access.Erase, "access: deny erase to agent: account admin needed"},
		{"no identifier", access.Actor{Kind: access.Agent}, access.Read, "access: deny read to agent: actor has no identifier"},
		{"zero actor", access.Actor{}, access.Read, "access: deny read to unknown: kind of actor not known"},
		{"unknown action", ann, "fly", "access: deny unknown action to agent: no such action"},
		{"not a rule", access.Actor{Kind: access.System}, access.Tag, "access: deny tag to system: not something a rule does"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			require.EqualError(t, access.Check(policy, tt.actor, tt.action), tt.want)
		})
	}
	require.EqualError(t, access.Decision{}.Err(), "access: deny unknown action to unknown: not permitted")
}

// TestNothingPersonalIsPrinted feeds one canary through every exit.
func TestNothingPersonalIsPrinted(t *testing.T) {
	t.Parallel()
	const canary = "Canary.Person+15550100123@example.com"
	actor := access.Actor{Kind: canary, ID: canary, Teams: []string{canary}}
	policy := access.Policy{
		Users: map[string]access.Role{canary: canary, "": canary, canary + "\xff": canary, canary + strings.Repeat("x", 300): canary},
		Teams: map[string]access.Role{canary: canary}, Bots: map[string]access.Role{canary: canary},
		AllUsers: canary, AllTeams: canary,
	}
	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, nil))
	for _, kind := range []access.ActorKind{canary, access.Agent, access.Bot, access.System} {
		actor.Kind = kind
		for _, action := range append(access.Actions(), canary) {
			d := access.Decide(policy, actor, action)
			err := d.Err()
			log.Info("decided", "decision", d, "actor", actor, "policy", policy, "err", err)
			fmt.Fprintf(&out, "%v %+v %#v %s\n", actor, actor, actor, err)
		}
	}
	fmt.Fprintf(&out, "%v %+v %#v %s\n", policy, policy, policy, policy)
	fmt.Fprintln(&out, policy.Validate())
	require.NotContains(t, strings.ToLower(out.String()), "canary")
	require.NotContains(t, out.String(), "15550100123")
	require.Contains(t, out.String(), "id_hash=", "the log must show something")
}

func FuzzPolicyJSON(f *testing.F) {
	for _, seed := range []string{
		`{}`, `null`, `[]`, `{"users":{"ann":"viewer"}}`, `{"users":{"ann":"owner"},"all_users":"supervisor"}`,
		`{"users":null,"teams":{"":"viewer"},"bots":{"\ud800":"viewer"},"all_teams":"x"}`,
		`{"users":{"ann":"viewer","ann":"supervisor"}}`, `{"users":{"ann":1}}`,
		`{"users":{"` + strings.Repeat("x", access.MaxIDLen+1) + `":"viewer"},"all_users":"viewer"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var policy access.Policy
		if json.Unmarshal(data, &policy) != nil {
			return
		}
		err := policy.Validate()
		b, merr := json.Marshal(policy)
		require.NoError(t, merr)
		var back access.Policy
		require.NoError(t, json.Unmarshal(b, &back))
		if err == nil {
			again, merr := json.Marshal(back)
			require.NoError(t, merr)
			require.Equal(t, string(b), string(again))
		}
		for id, role := range policy.Users {
			d := access.Decide(policy, access.Actor{Kind: access.Agent, ID: id}, access.Read)
			named := id != "" && len(id) <= access.MaxIDLen
			require.Equal(t, named && (role.Known() || policy.AllUsers.Known()), d.Allowed)
		}
	})
}
