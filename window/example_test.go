package window_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/kanava-go/kanava/window"
)

// Can I answer this customer now, and until when?
func Example() {
	now := time.Date(2026, 11, 22, 15, 0, 0, 0, time.UTC)
	written := time.Date(2026, 11, 21, 18, 30, 0, 0, time.UTC) // the webhook's timestamp

	var opts window.Options
	var st window.State // as stored for this business number and user
	st = opts.Observe(st, window.Event{Kind: window.KindMessage, At: written}, now)

	d := st.Permits(window.Send{Kind: window.SendText}, now)
	fmt.Println("free-form text:", d.Allowed, "until", d.ClosesAt().Format(time.DateTime))
	fmt.Println("phase:", st.Phase(now), "with", st.Remaining(now), "left")
	next, _ := st.NextChange(now)
	fmt.Println("look again at", next.Format(time.DateTime))
	// Output:
	// free-form text: true until 2026-11-22 18:30:00
	// phase: closing_4h with 3h30m0s left
	// look again at 2026-11-22 17:30:00
}

func ExampleState_Permits() {
	now := time.Date(2026, 11, 22, 15, 0, 0, 0, time.UTC)
	st := window.Options{}.Observe(window.State{},
		window.Event{Kind: window.KindCall, At: now.Add(-30 * time.Hour)}, now)

	err := st.Permits(window.Send{Kind: window.SendText}, now).Err()
	fmt.Println(errors.Is(err, window.ErrClosed))
	if closed, ok := errors.AsType[*window.ClosedError](err); ok {
		fmt.Println("closed since", now.Sub(closed.ClosedAt))
	}
	d := st.Permits(window.Send{Kind: window.SendTemplate, Category: window.CategoryUtility}, now)
	fmt.Println(d.Allowed, d.Reason)
	// Output:
	// true
	// closed since 6h0m0s
	// true template
}

func ExampleState_Merge() {
	now := time.Date(2026, 11, 22, 15, 0, 0, 0, time.UTC)
	opts := window.Options{}
	// Two machines saw different messages of the same user, in any order.
	a := opts.Observe(window.State{}, window.Event{Kind: window.KindMessage, At: now.Add(-time.Hour)}, now)
	b := opts.Observe(window.State{}, window.Event{Kind: window.KindReply, At: now.Add(-2 * time.Hour)}, now)

	fmt.Println(a.Merge(b) == b.Merge(a), a.Merge(b))
	// Output:
	// true last inbound 2026-11-22T14:00:00Z (message)
}
