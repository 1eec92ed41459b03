package rules_test

import (
	"fmt"
	"time"

	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/window"
)

// One conversation from the first message to the resolution, with the rules a
// channel starts with.
func Example() {
	r, err := rules.New(rules.Default())
	if err != nil {
		fmt.Println(err)
		return
	}
	var (
		st  rules.State
		win window.State
		fx  []rules.Effect
		now = time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)
	)
	tell := func(fx []rules.Effect) {
		for _, e := range fx {
			switch e := e.(type) {
			case *rules.NewConversation:
				fmt.Println(now.Format("Jan _2 15:04"), "new conversation:", e.Why)
			case *rules.Assign:
				fmt.Println(now.Format("Jan _2 15:04"), "assign to", e.To, "because:", e.Why)
			case *rules.MoveQueue:
				fmt.Println(now.Format("Jan _2 15:04"), "move to", e.To, "because:", e.Why)
			case *rules.ClosingNotice:
				fmt.Println(now.Format("Jan _2 15:04"), "window closes in", e.Before)
			case *rules.Resolve:
				fmt.Println(now.Format("Jan _2 15:04"), "resolve because:", e.Why)
			default:
				fmt.Printf("%s %T\n", now.Format("Jan _2 15:04"), e)
			}
		}
	}

	// A customer writes, an agent answers and puts the conversation aside.
	win = window.Options{}.Observe(win, window.Event{Kind: window.KindMessage, At: now}, now)
	st, fx = r.OnInbound(st, rules.Inbound{ID: "wamid.1", At: now, Window: win, Text: "Is the lamp in stock?"}, now)
	tell(fx)
	st, fx = r.OnAgentReply(st, rules.Outbound{ID: "m-1", At: now, Agent: "kim"}, now)
	tell(fx)
	st, fx, err = r.OnMove(st, rules.QueuePending, time.Time{}, now)
	tell(fx)
	if err != nil {
		fmt.Println(err)
	}

	// From here on only time passes: one timer at a time.
	for {
		due, ok := r.NextDue(st, win)
		if !ok {
			break
		}
		now = due
		st, fx = r.OnTimer(st, win, now)
		tell(fx)
	}
	// Output:
	// Nov  2 10:00 new conversation: first_message
	// Nov  2 10:00 assign to kim because: answered
	// Nov  2 10:00 move to pending because: by_hand
	// Nov  3 06:00 window closes in 4h
	// Nov  3 09:00 window closes in 1h
	// Dec  2 10:00 resolve because: auto_resolve
	// Dec  2 10:00 *rules.Unassign
}

// An automatic reply out of hours says when the channel opens again.
func ExampleRules_OnInbound() {
	day := []rules.Span{{From: rules.Clock(9, 0), To: rules.Clock(17, 0)}}
	r, err := rules.New(rules.Settings{
		Hours: rules.Hours{Zone: "Europe/Helsinki", Week: rules.Week{Mon: day, Tue: day}},
		AutoReply: rules.AutoReplyRules{OutOfHours: rules.AutoReplyRule{
			Enabled: true, Content: rules.Content{Text: "We open at {{opens.time}}."},
		}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	now := time.Date(2026, 11, 3, 19, 30, 0, 0, time.UTC) // Tuesday evening
	win := window.Options{}.Observe(window.State{}, window.Event{Kind: window.KindMessage, At: now}, now)
	st := rules.State{Queue: rules.QueueNew}
	for _, id := range []string{"wamid.1", "wamid.2"} {
		var fx []rules.Effect
		st, fx = r.OnInbound(st, rules.Inbound{ID: id, At: now, Window: win, Text: "Anybody there?"}, now)
		fmt.Println(len(fx), "effects")
		for _, e := range fx {
			if reply, ok := e.(*rules.AutoReply); ok {
				fmt.Println(reply.Text, reply.Why, reply.OpensAt)
			}
		}
	}
	// Output:
	// 1 effects
	// We open at {{opens.time}}. out_of_hours 2026-11-09 07:00:00 +0000 UTC
	// 0 effects
}

// A pending conversation comes back by itself at a set time.
func ExampleRules_OnMove() {
	r, err := rules.New(rules.Settings{})
	if err != nil {
		fmt.Println(err)
		return
	}
	now := time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)
	st := rules.State{Queue: rules.QueueNew}
	st, _, err = r.OnMove(st, rules.QueuePending, now.AddDate(0, 0, 7), now)
	if err != nil {
		fmt.Println(err)
	}
	due, _ := r.NextDue(st, window.State{})
	st, fx := r.OnTimer(st, window.State{}, due)
	fmt.Println(due.Format(time.DateOnly), st.Queue, fx[0].(*rules.MoveQueue).Why)
	// Output:
	// 2026-11-09 new return_time
}

// Two customers turn out to be the same person: the conversation that an agent has in
// hand goes on, and what was sent automatically in either counts as sent.
func ExampleState_Merge() {
	day := time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)
	known := rules.State{Queue: rules.QueuePending, Assignee: "kim", AssignedAt: day, OpenedAt: day}
	fresh := rules.State{Queue: rules.QueueNew, OpenedAt: day.Add(time.Hour), Given: rules.GivenOutOfHours}

	st := known.Merge(fresh)
	fmt.Println(st.Queue, st.Assignee, st.OpenedAt.Equal(day), st.Given.Has(rules.GivenOutOfHours))
	fmt.Println(st == fresh.Merge(known))
	// Output:
	// new kim true true
	// true
}
