package guides

import (
	"context"
	"fmt"
	"net/http"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/desk"
)

// policy is who may do what on one channel.
var policy = access.Policy{
	AllUsers: access.Viewer,
	Teams:    map[string]access.Role{"support": access.Contributor},
	Users:    map[string]access.Role{"robin": access.Supervisor},
}

// actor is who is signed in, as your own sessions say.
func actor(r *http.Request, session func(*http.Request) (user string, teams []string, admin bool)) access.Actor {
	user, teams, admin := session(r)
	return access.Actor{Kind: access.Agent, ID: user, Teams: teams, Admin: admin}
}

// mayAnswer says whether an actor may answer on a channel, and from where the right comes.
func mayAnswer(a access.Actor) bool {
	d := access.Decide(policy, a, access.Reply)
	return d.Allowed
}

// audited is a desk that tells of each act and each refusal.
func audited(hub channel.Config) (*desk.Desk, error) {
	return desk.New(desk.Config{
		Hub: hub,
		Audit: func(_ context.Context, i desk.AuditInfo, err error) {
			fmt.Println(i.Actor.ID, i.Action, i.Channel, channel.CauseOf(err))
		},
	})
}
