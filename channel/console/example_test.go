package console_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/console"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store/memstore"
)

// A console is mounted like any other handler; who is signed in, the host's own session knows.
func Example() {
	agents, err := desk.New(desk.Config{Hub: channel.Config{
		Store: memstore.New(), Ticketing: &channeltest.Ticketing{}, Feed: true, Search: true,
		Channels: []channel.Channel{{
			Settings: settings.Settings{
				ID: "support", Name: "Support", Number: "106540352242922", Enabled: true,
				Desk: desk.Settings{Rules: rules.Default(), Access: access.Policy{AllUsers: access.Contributor}}.JSON(),
			},
			Sender: &channeltest.Wire{},
		}},
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	workspace, err := console.New(console.Config{
		Desk: agents, Prefix: "/console", Brand: "Harbour Bikes", Hosts: []string{"support.example.com"},
		Actor: func(r *http.Request) (access.Actor, error) {
			user, _, ok := r.BasicAuth() // a host has sessions
			if !ok {
				return access.Actor{}, errors.New("nobody is signed in")
			}
			return access.Actor{Kind: access.Agent, ID: user}, nil
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	mux := http.NewServeMux()
	mux.Handle("/console/", workspace)
	// Beside the hub: go workspace.Run(ctx)

	ask := func(host, user string) {
		r := httptest.NewRequest(http.MethodGet, "http://"+host+"/console/", nil)
		if user != "" {
			r.SetBasicAuth(user, "")
		}
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		fmt.Println(w.Code, strings.Contains(w.Body.String(), `id="workspace"`))
	}
	ask("support.example.com", "alice")
	ask("support.example.com", "")
	ask("elsewhere.example.com", "alice")
	// Output:
	// 200 true
	// 401 false
	// 421 false
}
