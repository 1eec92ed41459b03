package hubtest

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/channel/store"
)

// rest waits until no queue of the hub has work to do now; again is called before each
// look. It fails with the state of the queues when that takes far too long.
func rest(t *testing.T, hub *channel.Hub, again func()) {
	t.Helper()
	var last []store.Backlog
	idle := func() bool {
		again()
		health, err := hub.Health(t.Context())
		if err != nil {
			return false
		}
		last = health.Work
		for _, q := range last {
			if q.Due > 0 {
				return false
			}
		}
		return true
	}
	for begin := time.Now(); !idle(); time.Sleep(10 * time.Millisecond) {
		require.Less(t, time.Since(begin), 5*time.Minute, fmt.Sprintf("the hub does not come to rest: %+v", last))
	}
}

// agent is who answers.
var agent = conversation.Author{Kind: conversation.Agent, ID: "agent"}

// colleague is the same agent as a desk knows him.
var colleague = access.Actor{Kind: access.Agent, ID: "agent"}

// forms are the ways in which a host has a hub.
var forms = []form{{"alone", false}, {"with a desk", true}}

type form struct {
	name string
	desk bool
}

// hubOf makes a hub alone, or with a desk on each of its channels.
func hubOf(withDesk bool, cfg channel.Config) (*channel.Hub, error) {
	if !withDesk {
		return channel.New(cfg)
	}
	d, err := deskOf(cfg)
	if err != nil {
		return nil, err
	}
	return d.Hub(), nil
}

func deskOf(cfg channel.Config) (*desk.Desk, error) {
	for i := range cfg.Channels {
		cfg.Channels[i].Desk = desk.Settings{Rules: rules.Default(), Access: access.Policy{AllUsers: access.Supervisor}}.JSON()
	}
	return desk.New(desk.Config{Hub: cfg})
}
