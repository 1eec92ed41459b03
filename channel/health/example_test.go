package health_test

import (
	"fmt"
	"time"

	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/health"
)

// The alarms that are worth waking somebody for, out of what Hub.Health returns.
func ExampleReport() {
	now := time.Date(2026, 11, 29, 9, 0, 0, 0, time.UTC)
	alarms := func(r *health.Report) {
		living := 0
		for i := range r.Processes {
			if r.Processes[i].Living(now) {
				living++
			}
		}
		switch {
		case living == 0:
			fmt.Println("nobody works on the store")
		case r.Ticketing != nil:
			fmt.Println("the ticket system is out since", r.Ticketing.Since.Format(time.TimeOnly))
		case r.Delay.Std() > time.Minute:
			fmt.Println("work waits for", r.Delay)
		case r.Dead > 0:
			fmt.Println("dead letters:", r.Dead)
		default:
			fmt.Println("all is well")
		}
	}
	r := &health.Report{Processes: []health.Process{{ID: "a", Seen: now.Add(-time.Second), Every: duration.Duration(time.Second)}}}
	alarms(r)
	r.Dead = 2
	alarms(r)
	r.Delay = duration.Duration(5 * time.Minute)
	alarms(r)
	r.Processes[0].Seen = now.Add(-time.Minute) // it was killed
	alarms(r)
	// Output:
	// all is well
	// dead letters: 2
	// work waits for 5m
	// nobody works on the store
}
