package access_test

import (
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/access"
)

// rights is the table of rights written out a second time, by hand, so that a
// slip in the code has to be made twice. v, c, s, a, r: viewer, contributor,
// supervisor, account admin, the hub's rules.
var rights = map[access.Action]string{
	access.Read:              "vcs.r",
	access.MoveQueue:         "vcs.r",
	access.Resolve:           "vcs.r",
	access.Reopen:            "vcs.r",
	access.Tag:               "vcs..",
	access.Note:              "vcs..",
	access.Topic:             "vcs..",
	access.Reply:             ".cs.r",
	access.SendTemplate:      ".cs.r",
	access.Notify:            ".cs..",
	access.MarkRead:          ".cs..",
	access.Assign:            ".cs.r",
	access.CancelQueued:      ".cs.r",
	access.Resend:            ".cs.r",
	access.RecordConsent:     ".cs.r",
	access.Report:            "..s..",
	access.Block:             "..s..",
	access.ManageSettings:    "...a.",
	access.ReadHealth:        "...a.",
	access.ReadDeadLetters:   "...a.",
	access.ReplayDeadLetters: "...a.",
	access.DropDeadLetters:   "...a.",
	access.ReadAudit:         "...a.",
	access.Erase:             "...a.",
	access.Export:            "...a.",
}

func TestTableOfRights(t *testing.T) {
	t.Parallel()
	require.Len(t, access.Actions(), len(rights))
	policy := access.Policy{Users: map[string]access.Role{
		"v": access.Viewer, "c": access.Contributor, "s": access.Supervisor,
	}}
	actors := []access.Actor{
		{Kind: access.Agent, ID: "v"},
		{Kind: access.Agent, ID: "c"},
		{Kind: access.Agent, ID: "s"},
		{Kind: access.Agent, ID: "a", Admin: true},
		{Kind: access.System},
	}
	for _, action := range access.Actions() {
		row, ok := rights[action]
		require.True(t, ok, "%s is not in the table", action)
		for i, actor := range actors {
			d := access.Decide(policy, actor, action)
			require.Equal(t, row[i] != '.', d.Allowed, "%s by column %d: %+v", action, i, d)
			require.Equal(t, d.Allowed, d.Err() == nil)
		}
	}
}

func TestDecide(t *testing.T) {
	t.Parallel()
	policy := access.Policy{
		Users:    map[string]access.Role{"ann": access.Viewer, "sue": access.Supervisor, "odd": "owner"},
		Teams:    map[string]access.Role{"billing": access.Contributor, "night": access.Viewer, "": access.Supervisor},
		Bots:     map[string]access.Role{"faq": access.Contributor},
		AllTeams: access.Viewer,
	}
	agent := func(id string, teams ...string) access.Actor {
		return access.Actor{Kind: access.Agent, ID: id, Teams: teams}
	}
	tests := []struct {
		name   string
		policy access.Policy
		actor  access.Actor
		action access.Action
		want   access.Decision // Action and Kind are filled in
	}{
		{
			"a user's own role permits", policy, agent("ann"), access.Tag,
			access.Decision{Allowed: true, Reason: access.ByRole, Grant: access.Grant{Source: access.FromUser, Role: access.Viewer}},
		},
		{
			"a role that is too low says which one is held", policy, agent("ann"), access.Reply,
			access.Decision{Reason: access.RoleTooLow, Grant: access.Grant{Source: access.FromUser, Role: access.Viewer}},
		},
		{
			"the higher of user and team wins", policy, agent("ann", "night", "billing"), access.Reply,
			access.Decision{Allowed: true, Reason: access.ByRole, Grant: access.Grant{Source: access.FromTeam, Role: access.Contributor, Team: "billing"}},
		},
		{
			"among equals the most specific grant is named", policy, agent("ann", "night"), access.Read,
			access.Decision{Allowed: true, Reason: access.ByRole, Grant: access.Grant{Source: access.FromUser, Role: access.Viewer}},
		},
		{
			"all teams reaches a member of a team without a grant", policy, agent("kim", "stock"), access.Read,
			access.Decision{Allowed: true, Reason: access.ByRole, Grant: access.Grant{Source: access.FromAllTeams, Role: access.Viewer}},
		},
		{
			"all teams does not reach an agent without a team", policy, agent("kim"), access.Read,
			access.Decision{Reason: access.NoGrant},
		},
		{
			"an empty team name is no team", policy, agent("kim", ""), access.Read,
			access.Decision{Reason: access.NoGrant},
		},
		{
			"all users reaches every agent", access.Policy{AllUsers: access.Contributor}, agent("kim"), access.Reply,
			access.Decision{Allowed: true, Reason: access.ByRole, Grant: access.Grant{Source: access.FromAllUsers, Role: access.Contributor}},
		},
		{
			"no switch reaches a bot", access.Policy{AllUsers: access.Supervisor, AllTeams: access.Supervisor},
			access.Actor{Kind: access.Bot, ID: "faq", Teams: []string{"billing"}}, access.Read,
			access.Decision{Reason: access.NoGrant},
		},
		{
			"a bot acts by its own entry", policy, access.Actor{Kind: access.Bot, ID: "faq"}, access.SendTemplate,
			access.Decision{Allowed: true, Reason: access.ByRole, Grant: access.Grant{Source: access.FromBot, Role: access.Contributor}},
		},
		{
			"a bot named like a user has none of the user's rights", policy, access.Actor{Kind: access.Bot, ID: "sue"}, access.Read,
			access.Decision{Reason: access.NoGrant},
		},
		{
			"a user named like a bot has none of the bot's rights", policy, agent("faq"), access.Read,
			access.Decision{Reason: access.NoGrant},
		},
		{
			"a team's grant is not a user's", policy, agent("billing"), access.Read,
			access.Decision{Reason: access.NoGrant},
		},
		{
			"an unknown role confers nothing", policy, agent("odd"), access.Read,
			access.Decision{Reason: access.NoGrant},
		},
		{
			"an unknown switch confers nothing", access.Policy{AllUsers: "everyone"}, agent("kim"), access.Read,
			access.Decision{Reason: access.NoGrant},
		},
		{
			"a supervisor may not change settings", policy, agent("sue"), access.ManageSettings,
			access.Decision{Reason: access.AdminOnly},
		},
		{
			"an admin changes settings of a channel without a policy", access.Policy{}, access.Actor{Kind: access.Agent, ID: "root", Admin: true}, access.ManageSettings,
			access.Decision{Allowed: true, Reason: access.ByAccount, Grant: access.Grant{Source: access.FromAccount}},
		},
		{
			"a bot may be trusted as an admin", access.Policy{}, access.Actor{Kind: access.Bot, ID: "privacy", Admin: true}, access.Erase,
			access.Decision{Allowed: true, Reason: access.ByAccount, Grant: access.Grant{Source: access.FromAccount}},
		},
		{
			"an admin without a role cannot read conversations", policy, access.Actor{Kind: access.Agent, ID: "root", Admin: true}, access.Read,
			access.Decision{Reason: access.NoGrant},
		},
		{
			"an admin without an identifier is nobody", policy, access.Actor{Kind: access.Agent, Admin: true}, access.ManageSettings,
			access.Decision{Reason: access.NoIdentity},
		},
		{
			"the rules resolve without a grant", access.Policy{}, access.Actor{Kind: access.System}, access.Resolve,
			access.Decision{Allowed: true, Reason: access.BySystem, Grant: access.Grant{Source: access.FromSystem}},
		},
		{
			"the rules do not erase customers", access.Policy{}, access.Actor{Kind: access.System, ID: "retention", Admin: true}, access.Erase,
			access.Decision{Reason: access.NotARule},
		},
		{
			"the zero actor is refused", policy, access.Actor{}, access.Read,
			access.Decision{Reason: access.UnknownActor},
		},
		{
			"an unknown kind of actor is refused", access.Policy{AllUsers: access.Supervisor}, access.Actor{Kind: "root", ID: "sue", Admin: true}, access.Read,
			access.Decision{Reason: access.UnknownActor},
		},
		{
			"an agent without an identifier is refused whatever the switches say", access.Policy{AllUsers: access.Supervisor, Users: map[string]access.Role{"": access.Supervisor}},
			access.Actor{Kind: access.Agent}, access.Read,
			access.Decision{Reason: access.NoIdentity},
		},
		{
			"the zero action is refused", policy, agent("sue"), "",
			access.Decision{Reason: access.UnknownAction},
		},
		{
			"an action of a later version is refused", policy, agent("sue"), "read_all",
			access.Decision{Reason: access.UnknownAction},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.want.Action, tt.want.Kind = tt.action, tt.actor.Kind
			got := access.Decide(tt.policy, tt.actor, tt.action)
			require.Empty(t, cmp.Diff(tt.want, got))
			err := access.Check(tt.policy, tt.actor, tt.action)
			if got.Allowed {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, access.ErrDenied)
			denied, ok := errors.AsType[*access.DeniedError](err)
			require.True(t, ok)
			require.Equal(t, got.Reason, denied.Reason)
			require.Equal(t, tt.action.NeedsRole(), denied.Need)
		})
	}
}

func TestBest(t *testing.T) {
	t.Parallel()
	policy := access.Policy{
		Users:    map[string]access.Role{"": access.Supervisor, "ann": access.Supervisor},
		Bots:     map[string]access.Role{"": access.Supervisor},
		AllUsers: access.Viewer,
	}
	ann := access.Actor{Kind: access.Agent, ID: "ann"}
	require.Equal(t, access.Grant{Source: access.FromUser, Role: access.Supervisor}, policy.Best(ann))
	for _, kind := range []access.ActorKind{"", access.Agent, access.Bot, access.System, "root"} {
		require.Zero(t, policy.Best(access.Actor{Kind: kind, Admin: true}), "%q without an identifier", kind)
	}
	require.Zero(t, policy.Best(access.Actor{Kind: access.System, ID: "ann"}))
}

func TestRoles(t *testing.T) {
	t.Parallel()
	ordered := []access.Role{access.NoRole, access.Viewer, access.Contributor, access.Supervisor}
	for i, held := range ordered {
		for j, need := range ordered {
			require.Equal(t, j > 0 && i >= j, held.Covers(need), "%q covers %q", held, need)
		}
		require.False(t, held.Covers("owner"))
		require.False(t, access.Role("owner").Covers(held))
		require.Equal(t, i > 0, held.Known())
		require.False(t, held.May(access.ManageSettings))
		require.False(t, held.May("no such action"))
	}
	require.False(t, access.Action("no such action").Known())
	require.True(t, access.Erase.NeedsAdmin())
	require.False(t, access.Reply.NeedsAdmin())
}

// A tiny world, so that random policies and actors meet often.
var (
	ids   = []string{"", "ann", "ben", "faq"}
	teams = []string{"", "billing", "night"}
	roles = []access.Role{access.NoRole, access.Viewer, access.Contributor, access.Supervisor, "owner"}
	kinds = []access.ActorKind{"", access.Agent, access.Bot, access.System, "root"}
)

func pick[T any](rng *rand.Rand, of []T) T { return of[rng.IntN(len(of))] }

func randomPolicy(rng *rand.Rand) access.Policy {
	grants := func(keys []string) map[string]access.Role {
		m := make(map[string]access.Role)
		for range rng.IntN(3) {
			m[pick(rng, keys)] = pick(rng, roles)
		}
		return m
	}
	return access.Policy{
		Users: grants(ids), Teams: grants(teams), Bots: grants(ids),
		AllUsers: pick(rng, roles), AllTeams: pick(rng, roles),
	}
}

func randomActor(rng *rand.Rand) access.Actor {
	a := access.Actor{Kind: pick(rng, kinds), ID: pick(rng, ids), Admin: rng.IntN(4) == 0}
	for range rng.IntN(3) {
		a.Teams = append(a.Teams, pick(rng, teams))
	}
	return a
}

// TestRightsOnlyAddUp raises one random grant of a random policy at a time: no
// decision may turn from yes to no, and a raise never reaches beyond the role.
func TestRightsOnlyAddUp(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	better := map[access.Role][]access.Role{
		access.NoRole:      {access.Viewer, access.Contributor, access.Supervisor},
		"owner":            {access.Viewer, access.Contributor, access.Supervisor},
		access.Viewer:      {access.Contributor, access.Supervisor},
		access.Contributor: {access.Supervisor},
		access.Supervisor:  {access.Supervisor},
	}
	turned := 0
	for range 50_000 {
		before, actor := randomPolicy(rng), randomActor(rng)
		after := before.Clone()
		raise := func(m map[string]access.Role, keys []string) {
			k := pick(rng, keys)
			m[k] = pick(rng, better[m[k]])
		}
		switch rng.IntN(6) {
		case 0:
			raise(after.Users, ids)
		case 1:
			raise(after.Teams, teams)
		case 2:
			raise(after.Bots, ids)
		case 3:
			after.AllUsers = pick(rng, better[after.AllUsers])
		case 4:
			after.AllTeams = pick(rng, better[after.AllTeams])
		case 5: // joining a team is a grant too
			joined := actor
			joined.Teams = append([]string{pick(rng, teams)}, actor.Teams...)
			for _, action := range access.Actions() {
				if access.Decide(before, actor, action).Allowed {
					require.True(t, access.Decide(before, joined, action).Allowed, "joining a team cost %s", action)
				}
			}
		}
		for _, action := range access.Actions() {
			was, is := access.Decide(before, actor, action), access.Decide(after, actor, action)
			if was.Allowed {
				require.True(t, is.Allowed, "%s was lost: %#v %#v", action, before, actor)
			} else if is.Allowed {
				turned++
			}
		}
	}
	require.Greater(t, turned, 1000, "the test must also see rights appear")
}

func TestHigherRoleNeverMayLess(t *testing.T) {
	t.Parallel()
	for _, action := range access.Actions() {
		held := false
		for _, role := range []access.Role{access.NoRole, access.Viewer, access.Contributor, access.Supervisor} {
			may := role.May(action)
			require.False(t, held && !may, "%s may not %s, a lower role may", role, action)
			held = may
		}
	}
}

// TestZeroPolicyPermitsNobody: what remains under the zero policy is exactly what
// the host's own code vouches for.
func TestZeroPolicyPermitsNobody(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 4))
	for range 20_000 {
		actor, action := randomActor(rng), pick(rng, append(access.Actions(), "", "fly"))
		d := access.Decide(access.Policy{}, actor, action)
		vouched := actor.Kind == access.System && rights[action] != "" && rights[action][4] == 'r' ||
			actor.Admin && actor.ID != "" && (actor.Kind == access.Agent || actor.Kind == access.Bot) && action.NeedsAdmin()
		require.Equal(t, vouched, d.Allowed, "%s by %v", action, actor)
		require.False(t, access.Decide(randomPolicy(rng), access.Actor{}, action).Allowed)
		require.False(t, access.Decide(randomPolicy(rng), actor, "").Allowed)
	}
}

// TestOrderOfTeamsDoesNotMatter: the same teams in another order give the same
// answer and the same role.
func TestOrderOfTeamsDoesNotMatter(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 6))
	for range 20_000 {
		policy, actor, action := randomPolicy(rng), randomActor(rng), pick(rng, access.Actions())
		actor.Teams = append(actor.Teams, "billing", "night", "")
		one := access.Decide(policy, actor, action)
		rng.Shuffle(len(actor.Teams), func(i, j int) {
			actor.Teams[i], actor.Teams[j] = actor.Teams[j], actor.Teams[i]
		})
		two := access.Decide(policy, actor, action)
		require.Equal(t, one.Allowed, two.Allowed)
		require.Equal(t, one.Grant.Role, two.Grant.Role)
	}
}

func TestDecideDoesNotAllocate(t *testing.T) {
	policy, actor := benchCase()
	for _, action := range []access.Action{access.Reply, access.Report, access.ManageSettings} {
		require.Zero(t, testing.AllocsPerRun(100, func() { sink = access.Decide(policy, actor, action) }))
	}
	require.Zero(t, testing.AllocsPerRun(100, func() { _ = access.Check(policy, actor, access.Reply) }))
}
