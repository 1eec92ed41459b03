// Package console is the agents' workspace of a [desk.Desk] as an http.Handler: the inbox, the talks
// and the customers, in the browser.
//
//	c, err := console.New(console.Config{
//		Desk:   d,                                           // its hub keeps a feed: channel.Config.Feed
//		Actor:  func(r *http.Request) (access.Actor, error) { … }, // who is signed in, by the host
//		Prefix: "/console", Hosts: []string{"support.example.com"},
//	})
//	mux.Handle("/console/", c)
//	err = c.Run(ctx) // beside the hub: tells open pages what happens
//
// The host vouches for who asks, as everywhere at a desk; the console shows what the actor's rights
// permit and the desk refuses the rest, whatever a page sends. Nothing is kept in the console: any
// number of processes may serve it on one store.
//
// Whoever administers channels, or answers for them, finds pages of their own there: reports with charts,
// spending, the settings of a channel, how far its number is connected, who may do what on it and who did
// what, templates, the state of numbers, work and processes, and dead letters. Each shows the channels on which the actor has the right for it, and no others.
//
// # Security
//
// The zero Config refuses: without Actor there is no console, and without Hosts it answers under the
// names of this machine only, so that no foreign name can be pointed at it. Requests that change
// something must come from a page of the console: they need a Sec-Fetch-Site or an Origin that says
// so. Pages carry a Content-Security-Policy under which only the console's own scripts run, and no
// other site may frame them unless FrameAncestors names it. Files of customers are found by their
// message, with the rights on it, and are never served as anything that a browser would run.
//
// # How it is made
//
// Pages are rendered on the server by html/template. After that they are patched: one stream of
// server-sent events for each page carries rows, messages and counts as fragments with an id, which
// replace what has the same id. Event ids are cursors of the hub's feed, so that after a break a page
// gets what it missed, from whichever process.
//
// Every page stands in one table (see pages.go) and is rendered by one function, with sentences of one
// catalogue (locales/) and one stylesheet, whose colours and sizes are variables.
package console
