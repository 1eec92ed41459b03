package console

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/settings"
)

// rolesPage is who may do what on a channel, and why.
type rolesPage struct {
	Channels []choice
	Channel  string
	Roles    []access.Role
	Rights   []right
	Grants   []grant
	All      []grant // the switches
	People   []member
	Teams    []team
	Known    []Agent // to choose from
	TeamIDs  []Team
	Asked    question
	Answer   *verdict // nil: nothing was asked
	Changes  bool     // whether grants may be changed
	Is       string   // which settings the form was made of
	Wrong    []string
}

// right is what roles permit of an action.
type right struct {
	Action access.Action
	By     []bool // in the order of rolesPage.Roles, and of an administrator at the end
}

// grant is an entry of the policy of a channel.
type grant struct {
	Kind string // users, teams, bots, or a switch: all_users, all_teams
	ID   string
	Name string // as people know it; "" is the ID
	Role access.Role
}

// member is somebody who works here, as they are on a channel.
type member struct {
	Agent
	Best  access.Grant
	Admin bool
}

type team struct {
	Name    string
	Members []string
}

// question is whether somebody may do something.
type question struct {
	Who, Kind, Action string
}

// verdict is the answer, as package access decides.
type verdict struct {
	access.Decision
	Name string
}

// channelRoles are the roles from least to most.
var channelRoles = []access.Role{access.Viewer, access.Contributor, access.Supervisor}

// grantKinds are the maps of a policy, as its JSON names them.
var grantKinds = []string{"users", "teams", "bots"}

// roles shows who may do what on a channel.
func (q *request) roles() error {
	list := q.channelsFor(access.ManageSettings, q.FormValue("channel"))
	on, err := pick(list, q.FormValue("channel"))
	if err != nil {
		return err
	}
	s, err := q.settingsFor(on)
	if err != nil {
		return err
	}
	own, err := desk.SettingsOf(s)
	if err != nil {
		return err
	}
	return q.rolesForm(&s, own.Access, grantsOf(own.Access), nil)
}

// rolesForm shows the page, with what was typed and what is wrong with it.
func (q *request) rolesForm(s *settings.Settings, policy access.Policy, grants []grant, wrong []string) (err error) {
	p := rolesPage{
		Channels: q.channelsFor(access.ManageSettings, s.ID), Channel: s.ID, Roles: channelRoles, Changes: !q.ReadOnly, Wrong: wrong,
		Asked: question{q.FormValue("who"), q.FormValue("kind"), q.FormValue("action")}, Known: q.agents(), TeamIDs: q.teams(),
	}
	if p.Is, err = fingerprint(s); err != nil {
		return err
	}
	for _, action := range access.Actions() {
		r := right{Action: action}
		for _, role := range channelRoles {
			r.By = append(r.By, role.May(action))
		}
		p.Rights = append(p.Rights, right{action, append(r.By, action.NeedsAdmin())})
	}
	for _, g := range grants {
		switch g.Kind {
		case "users":
			g.Name = q.nameOf(g.ID)
		case "teams":
			g.Name = q.team(g.ID).Name
		}
		if strings.HasPrefix(g.Kind, "all_") {
			p.All = append(p.All, g)
		} else {
			p.Grants = append(p.Grants, g)
		}
	}
	members := map[string][]string{}
	for _, a := range p.Known {
		actor := a.actor().On(s.ID)
		p.People = append(p.People, member{a, policy.Best(actor), actor.Admin})
		for _, t := range a.teams() {
			members[t] = append(members[t], q.nameOf(a.ID))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		p.Teams = append(p.Teams, team{q.team(name).Name, members[name]})
	}
	if p.Asked.Who != "" {
		actor := access.Actor{Kind: access.Agent, ID: p.Asked.Who}
		if p.Asked.Kind == string(access.Bot) {
			actor.Kind = access.Bot
		} else if i := slices.IndexFunc(p.Known, func(a Agent) bool { return a.ID == p.Asked.Who }); i >= 0 {
			actor = p.Known[i].actor()
		}
		p.Answer = &verdict{access.Decide(policy, actor.On(s.ID), access.Action(p.Asked.Action)), q.nameOf(p.Asked.Who)}
	}
	if len(wrong) > 0 {
		q.status = http.StatusUnprocessableEntity
	}
	return q.office("tab.roles", "roles", p)
}

// grantsOf are the entries of a policy, ordered by kind and ID.
func grantsOf(p access.Policy) (list []grant) {
	for i, of := range []map[string]access.Role{p.Users, p.Teams, p.Bots} {
		for _, id := range slices.Sorted(maps.Keys(of)) {
			list = append(list, grant{Kind: grantKinds[i], ID: id, Role: of[id]})
		}
	}
	return append(list, grant{Kind: "all_users", Role: p.AllUsers}, grant{Kind: "all_teams", Role: p.AllTeams})
}

// saveRoles gives and takes roles. What people are in which teams, and who administers, is the host's.
func (q *request) saveRoles() error {
	if err := q.change(); err != nil {
		return err
	}
	old, err := q.settingsOf()
	if err != nil {
		return err
	}
	is, err := fingerprint(&old)
	if err != nil {
		return err
	}
	policy, typed, wrong := q.typedPolicy()
	if q.FormValue("is") != is {
		wrong = append(wrong, q.language.say("set.changed"))
	}
	if len(wrong) == 0 {
		own, err := desk.SettingsOf(old)
		if err != nil {
			return err
		}
		own.Access = policy
		set := old
		set.Desk = own.JSON()
		if err := q.Desk.UpdateSettings(q.ctx(), q.actor, set); err != nil {
			return err
		}
		return q.back("admin/roles", "saved", 0, "channel")
	}
	return q.rolesForm(&old, policy, typed, wrong)
}

// typedPolicy is the policy that a form has, and what is wrong with it. A row without a role is taken away.
func (q *request) typedPolicy() (p access.Policy, typed []grant, wrong []string) {
	_ = q.FormValue("id") // reads the form
	kinds, ids, given := q.Form["of"], q.Form["id"], q.Form["role"]
	byKind := map[string]map[string]access.Role{}
	for i := range min(len(kinds), len(ids), len(given)) {
		g := grant{Kind: kinds[i], ID: strings.TrimSpace(ids[i]), Role: access.Role(given[i])}
		if g.ID == "" || g.Role == access.NoRole || !slices.Contains(grantKinds, g.Kind) {
			continue
		}
		typed = append(typed, g)
		if byKind[g.Kind] == nil {
			byKind[g.Kind] = map[string]access.Role{}
		}
		if _, twice := byKind[g.Kind][g.ID]; twice {
			wrong = append(wrong, q.language.say("roles.wrong.twice")+" "+g.ID)
		}
		byKind[g.Kind][g.ID] = g.Role
	}
	p = access.Policy{
		Users: byKind["users"], Teams: byKind["teams"], Bots: byKind["bots"],
		AllUsers: access.Role(q.FormValue("all_users")), AllTeams: access.Role(q.FormValue("all_teams")),
	}
	typed = append(typed, grant{Kind: "all_users", Role: p.AllUsers}, grant{Kind: "all_teams", Role: p.AllTeams})
	if err := p.Validate(); err != nil {
		for _, one := range problemsOf(err) {
			wrong = append(wrong, strings.TrimSpace(q.language.word("roles.wrong", string(one.Rule))+" "+one.ID))
		}
	}
	return p, typed, wrong
}

// problemsOf takes the problems of a policy apart.
func problemsOf(err error) (list []*access.PolicyError) {
	if all, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range all.Unwrap() {
			list = append(list, problemsOf(e)...)
		}
	} else if one, ok := errors.AsType[*access.PolicyError](err); ok {
		list = append(list, one)
	}
	return list
}

// actor is somebody as the host says they are.
func (a *Agent) actor() access.Actor {
	return access.Actor{Kind: access.Agent, ID: a.ID, Teams: a.Teams, Admin: a.Admin, AdminOf: a.AdminOf}
}

// teams are the IDs of the teams that somebody is in, or the name that a team is shown with.
func (a *Agent) teams() []string {
	if len(a.Teams) == 0 && a.Team != "" {
		return []string{a.Team}
	}
	return a.Teams
}

// roleChoice is a field in which a role is chosen.
type roleChoice struct {
	*rolesPage
	Name, Label string
	Role        access.Role
}

func roleRow(p rolesPage, name, label string, role any) roleChoice {
	now, _ := role.(access.Role) // "" is none
	return roleChoice{&p, name, label, now}
}
