// Package deskapi is what a channel and its desk say to each other. A [Desk] takes part in the steps of
// the channel and changes the [Scene] that it is given; what it keeps beside them, as margins, counters
// and deeds, has its words here too.
//
// Hosts that have a ticket system of their own need nothing of it. Package desk is a Desk; whoever
// writes another one gives it to channel.Config.Desk, and uses what channel's documentation lists for a
// desk: Hub.Step where an agent acts, Hub.SetMargin, Hub.NoteDeed and what reads them.
package deskapi
