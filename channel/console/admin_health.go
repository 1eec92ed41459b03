package console

import (
	"cmp"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/health"
)

// operations are the state of everything that the actor administers.
type operations struct {
	*health.Report
	Alarms    []alarm
	Numbers   []number
	Processes []process
	Whole     bool // the actor sees what all channels share
	Retry     bool
	Now       time.Time
}

// number is the state of a channel with its name.
type number struct {
	health.Channel
	Name    string
	Quality string // good, middling or bad; "" = not known
	Living  bool   // some process has it
	Delay   time.Duration
}

type process struct {
	health.Process
	State  string   // living, stopped, lost or silent
	Behind bool     // it does not hear of changed settings
	Named  []string // its channels, by name
}

// health shows the state of numbers, work and processes. With part set only what changes.
func (q *request) health() error {
	report, err := q.Desk.Health(q.ctx(), q.actor)
	if err != nil {
		return err
	}
	o := operations{Report: report, Whole: q.everywhere(access.ReadHealth), Now: q.now, Retry: !q.ReadOnly}
	names := map[string]string{}
	for _, r := range q.mine() {
		names[r.ID] = r.Name
	}
	var heard int64 // what the living have heard of settings
	for i := range report.Processes {
		if p := &report.Processes[i]; p.Living(q.now) {
			heard = max(heard, p.Settings)
		}
	}
	for i := range report.Processes {
		p := &report.Processes[i]
		one := process{Process: *p, State: stateOf(p, q.now)}
		one.Behind = one.State == "living" && p.Settings < heard
		for _, id := range p.Channels {
			one.Named = append(one.Named, cmp.Or(names[id], id))
		}
		o.Processes = append(o.Processes, one)
	}
	for i := range report.Channels {
		c := &report.Channels[i]
		n := number{Channel: *c, Name: names[c.ID], Quality: qualities[c.Standing.Quality]}
		for _, w := range c.Work {
			if !w.OldestDue.IsZero() && w.Queue != "check" {
				n.Delay = max(n.Delay, q.now.Sub(w.OldestDue))
			}
		}
		o.Numbers = append(o.Numbers, n)
		o.Alarms = append(o.Alarms, alarmsOf(&n, q.now)...)
	}
	if o.Whole {
		o.Alarms = append(sharedAlarms(report, q.now), o.Alarms...)
	}
	if q.FormValue("part") != "" {
		return q.fragment("health-part", o)
	}
	return q.office("tab.health", "health", o)
}

// qualities are the ratings of a number, as Meta and older webhooks name them.
var qualities = map[string]string{
	"GREEN": "good", "UNFLAGGED": "good", "YELLOW": "middling", "RED": "bad", "FLAGGED": "bad",
}

// stateOf says whether a process is at work.
func stateOf(p *health.Process, now time.Time) string {
	switch {
	case !p.Stopped.IsZero():
		return "stopped"
	case !p.Lost.IsZero():
		return "lost"
	case p.Living(now):
		return "living"
	}
	return "silent"
}

// alarm is something that an operator should look at: the sentence for it is alarm.Key, and what can be
// done about it do.alarm.Key.
type alarm struct {
	Key     string
	Channel string // its name; "" = what all share
	Count   int
	Since   time.Time
	Lasts   time.Duration
	Bad     bool // at once
	Detail  string
}

// From when on something is an alarm.
const (
	longDelay   = time.Minute
	tokenEnds   = 14 * 24 * time.Hour
	upkeepStays = 2 * time.Hour
	clockOff    = 5 * time.Second
	choreStays  = 24 * time.Hour
)

// sharedAlarms are those about what all channels share.
func sharedAlarms(r *health.Report, now time.Time) (list []alarm) {
	add := func(on bool, a alarm) {
		if on {
			list = append(list, a)
		}
	}
	living := 0
	for i := range r.Processes {
		p := &r.Processes[i]
		switch stateOf(p, now) {
		case "living":
			living++
		case "lost", "silent":
			list = append(list, alarm{Key: "process", Since: p.Seen, Detail: p.Name})
		}
		ahead := max(time.Duration(p.Ahead), -time.Duration(p.Ahead))
		add(ahead > clockOff && p.Living(now), alarm{Key: "clock", Lasts: ahead, Detail: p.Name})
	}
	add(living == 0 && !r.Running, alarm{Key: "idle", Bad: true})
	add(time.Duration(r.Delay) > longDelay, alarm{Key: "delay", Lasts: time.Duration(r.Delay), Bad: true})
	add(r.Ticketing != nil, outAlarm(r.Ticketing, ""))
	add(r.Attachments != nil, outAlarm(r.Attachments, ""))
	add(r.Dead > 0, alarm{Key: "dead", Count: r.Dead})
	add(r.NotCovered > 0, alarm{Key: "not_covered", Count: r.NotCovered})
	add(!r.Upkeep.IsZero() && now.Sub(r.Upkeep) > upkeepStays, alarm{Key: "upkeep", Since: r.Upkeep})
	return list
}

// alarmsOf are those about one number.
func alarmsOf(n *number, now time.Time) (list []alarm) {
	add := func(on bool, a alarm) {
		if a.Channel = n.Name; on {
			list = append(list, a)
		}
	}
	add(n.Outage != nil, outAlarm(n.Outage, n.Name))
	add(n.Ticketing != nil, outAlarm(n.Ticketing, n.Name))
	add(!n.Enabled, alarm{Key: "disabled"})
	if n.Budget != nil {
		spent := n.Budget.Remaining <= 0
		add(spent, alarm{Key: "budget_spent", Bad: true})
		add(!spent && n.Budget.Low(), alarm{Key: "budget_low"})
	}
	add(n.Quality == "bad", alarm{Key: "quality", Bad: true})
	switch n.Standing.NameStatus {
	case "DECLINED", "REJECTED", "EXPIRED":
		add(true, alarm{Key: "name"})
	}
	end := n.Standing.TokenExpires
	add(!end.IsZero() && !end.After(now), alarm{Key: "token_ended", Since: end, Bad: true})
	add(end.After(now) && end.Sub(now) < tokenEnds, alarm{Key: "token", Lasts: end.Sub(now)})
	add(n.Uncertain > 0, alarm{Key: "uncertain", Count: n.Uncertain, Since: n.OldestUncertain})
	add(n.Templates > 0 && n.Sendable == 0, alarm{Key: "templates"})
	for _, c := range n.Chores {
		add(!c.Failed.IsZero() && now.Sub(c.At) > choreStays, alarm{Key: "chore", Since: c.Failed, Detail: strings.TrimSpace(c.Name + " " + c.Reason)})
	}
	return list
}

func outAlarm(o *health.Outage, on string) alarm {
	if o == nil {
		return alarm{}
	}
	return alarm{Key: "outage_" + string(o.Kind), Channel: on, Since: o.Since, Detail: o.Reason, Bad: true}
}

// retry ends the pauses of a channel, or of all of them.
func (q *request) retry() error {
	if err := q.change(); err != nil {
		return err
	}
	on := strings.TrimSpace(q.FormValue("channel"))
	if on == "" && !q.everywhere(access.ReplayDeadLetters) {
		return channel.ErrNotFound
	}
	if err := q.Desk.RetryNow(q.ctx(), q.actor, on); err != nil {
		return err
	}
	return q.back("admin/health", "retried", 0)
}
