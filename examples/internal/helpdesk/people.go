package helpdesk

import (
	"context"
	"errors"
	"net/http"

	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/console"
)

// person is somebody who may sit at the console. A real helpdesk takes the actor from its login.
type person struct {
	access.Actor
	name, team, can string
}

// people are those of the demonstration, one for each role; the first one sits there at first.
var people = []person{
	{access.Actor{Kind: access.Agent, ID: "you", Admin: true, Teams: []string{"workshop"}}, "You", "Workshop", "supervisor and administrator"},
	{access.Actor{Kind: access.Agent, ID: "lee", Teams: []string{"workshop"}}, "Lee", "Workshop", "contributor"},
	{access.Actor{Kind: access.Agent, ID: "vera", Teams: []string{"sales"}}, "Vera", "Sales", "viewer: may only look"},
}

// roles are what they may do.
var roles = access.Policy{Users: map[string]access.Role{"you": access.Supervisor, "lee": access.Contributor, "vera": access.Viewer}}

var errNobody = errors.New("helpdesk: nobody is signed in")

const personCookie = "helpdesk_person"

// actor is whoever signed in, or, where nobody has to, whoever sits at the console: with a real number always
// the first one.
func (a *app) actor(r *http.Request) (access.Actor, error) {
	if a.signIn != nil {
		if actor, ok := a.signIn.check(r); ok {
			return actor, nil
		}
		return access.Actor{}, errNobody
	}
	if cookie, err := r.Cookie(personCookie); err == nil && a.phone != nil {
		for _, p := range people {
			if p.ID == cookie.Value {
				return p.Actor, nil
			}
		}
	}
	return people[0].Actor, nil
}

// sit lets somebody else sit down.
func (a *app) sit(w http.ResponseWriter, r *http.Request) {
	http.SetCookie(w, &http.Cookie{Name: personCookie, Value: r.FormValue("person"), Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
	w.WriteHeader(http.StatusNoContent)
}

// colleagues are shown with their names, and may be given conversations.
func (a *app) colleagues(context.Context, access.Actor) []console.Agent {
	staff := people
	if a.signIn != nil {
		staff = a.signIn.people
	}
	var all []console.Agent
	for _, p := range staff {
		all = append(all, console.Agent{ID: p.ID, Name: p.name, Team: p.team, Admin: p.Admin, Teams: p.Teams})
	}
	return all
}

// teams may be given conversations, too.
func teams(context.Context, access.Actor) []console.Team {
	return []console.Team{{ID: "workshop", Name: "Workshop"}, {ID: "sales", Name: "Sales"}}
}

// agentName is what customers may call them.
func agentName(_, id string) string {
	for _, p := range people[1:] {
		if p.ID == id {
			return p.name
		}
	}
	return ""
}

// macros are the prepared answers.
func macros(context.Context, access.Actor, string) []console.Macro {
	return []console.Macro{
		{ID: "hours", Title: "Opening hours", Text: "We are open from Monday to Saturday, 9:00 to 18:00."},
		{
			ID: "solved", Title: "Did we solve it?", Text: "Did we solve it? If anything is left, just write.",
			Shorthand: "&((template=[[how_did_we_do]] language=[[en]]))&",
		},
		{ID: "price", Title: "Price of a check", Text: "The check is free. Repairs start at 25, and we ask you before we begin."},
	}
}

// roles are what they may do: those of the demonstration, or of the password file.
func (a *app) roles() access.Policy {
	if a.signIn != nil {
		return a.signIn.roles
	}
	return roles
}
