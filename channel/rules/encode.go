package rules

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"time"

	"github.com/kanava-go/kanava/channel/duration"
)

// stateWire is the JSON form of a State: times in Unix seconds, members that are
// not set absent, so that the usual state takes about 250 bytes.
type stateWire struct {
	Queue        Queue  `json:"queue,omitempty"`
	Assignee     string `json:"agent,omitempty"`
	AssignedAt   int64  `json:"agent_since,omitempty"`
	OpenedAt     int64  `json:"opened,omitempty"`
	LastInbound  int64  `json:"in,omitempty"`
	LastOutbound int64  `json:"out,omitempty"`
	LastAgent    int64  `json:"person,omitempty"`
	Earlier      int64  `json:"person_before,omitempty"`
	LastAuto     int64  `json:"auto_at,omitempty"`
	WaitingSince int64  `json:"waiting,omitempty"`
	Unanswered   int64  `json:"unanswered,omitempty"`
	ResolvedAt   int64  `json:"resolved,omitempty"`
	ReturnAt     int64  `json:"return,omitempty"`
	ActiveAt     int64  `json:"active,omitempty"`
	HandedOver   int64  `json:"handed_over,omitempty"`
	Taken        bool   `json:"taken,omitempty"`
	Wrote        bool   `json:"wrote,omitempty"`
	WindowSince  int64  `json:"win_since,omitempty"`
	WindowUntil  int64  `json:"win_until,omitempty"`
	WindowDone   int64  `json:"win_done,omitempty"`
	Given        Given  `json:"given,omitempty"`
	Noticed      int64  `json:"noticed,omitempty"` // seconds
	AutoReplies  int    `json:"auto,omitempty"`
	BotUntil     int64  `json:"bot,omitempty"`
	RateSince    int64  `json:"rate_since,omitempty"`
	RateCount    int    `json:"rate,omitempty"`
	LastText     uint32 `json:"text,omitempty"`
	Repeats      int    `json:"repeats,omitempty"`
	Seen         string `json:"seen,omitempty"` // base64, 8 bytes an event, newest first
}

// MarshalJSON returns the compact form in which a State is stored. Parts of a
// second in times that a host set itself are dropped.
func (st State) MarshalJSON() ([]byte, error) {
	w := stateWire{
		Queue: st.Queue, Assignee: st.Assignee, AssignedAt: unix(st.AssignedAt),
		OpenedAt: unix(st.OpenedAt), LastInbound: unix(st.LastInbound),
		LastOutbound: unix(st.LastOutbound), LastAgent: unix(st.LastAgentReply), Earlier: unix(st.EarlierReply),
		LastAuto: unix(st.LastAutomatic), Unanswered: unix(st.UnansweredSince),
		WaitingSince: unix(st.WaitingSince), ResolvedAt: unix(st.ResolvedAt),
		ReturnAt: unix(st.ReturnAt), ActiveAt: unix(st.ActiveAt), HandedOver: unix(st.HandedOver), Taken: st.Taken, Wrote: st.Wrote,
		WindowSince: unix(st.WindowSince), WindowUntil: unix(st.WindowUntil), WindowDone: unix(st.WindowDone),
		Given: st.Given, Noticed: int64(st.Noticed / duration.Second), AutoReplies: st.AutoReplies,
		BotUntil: unix(st.BotUntil), RateSince: unix(st.RateSince), RateCount: st.RateCount,
		LastText: st.LastText, Repeats: st.Repeats,
	}
	var seen [8 * SeenEvents]byte
	n := 0
	for n < SeenEvents && st.Seen[n] != 0 {
		binary.BigEndian.PutUint64(seen[8*n:], st.Seen[n])
		n++
	}
	w.Seen = base64.RawStdEncoding.EncodeToString(seen[:8*n])
	return json.Marshal(w)
}

// UnmarshalJSON reads the form of [State.MarshalJSON]. Members it does not know
// are ignored, null leaves st unchanged. What no State encodes to, a queue of a
// later version included, is [ErrCorrupt] and leaves st unchanged.
func (st *State) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		return nil
	}
	var w stateWire
	if json.Unmarshal(b, &w) != nil {
		return ErrCorrupt // the cause would quote the input
	}
	var r timeReader
	v := State{
		Queue: w.Queue, Assignee: w.Assignee, AssignedAt: r.time(w.AssignedAt),
		OpenedAt: r.time(w.OpenedAt), LastInbound: r.time(w.LastInbound),
		LastOutbound: r.time(w.LastOutbound), LastAgentReply: r.time(w.LastAgent), EarlierReply: r.time(w.Earlier),
		LastAutomatic: r.time(w.LastAuto), UnansweredSince: r.time(w.Unanswered),
		WaitingSince: r.time(w.WaitingSince), ResolvedAt: r.time(w.ResolvedAt),
		ReturnAt: r.time(w.ReturnAt), ActiveAt: r.time(w.ActiveAt), HandedOver: r.time(w.HandedOver), Taken: w.Taken, Wrote: w.Wrote,
		WindowSince: r.time(w.WindowSince), WindowUntil: r.time(w.WindowUntil), WindowDone: r.time(w.WindowDone),
		Given: w.Given, Noticed: duration.Duration(w.Noticed) * duration.Second, AutoReplies: w.AutoReplies,
		BotUntil: r.time(w.BotUntil), RateSince: r.time(w.RateSince), RateCount: w.RateCount,
		LastText: w.LastText, Repeats: w.Repeats,
	}
	seen, err := base64.RawStdEncoding.Strict().DecodeString(w.Seen)
	if err != nil || len(seen)%8 != 0 || len(seen) > 8*SeenEvents {
		return ErrCorrupt
	}
	for i := range len(seen) / 8 {
		v.Seen[i] = binary.BigEndian.Uint64(seen[8*i:])
		r.bad = r.bad || v.Seen[i] == 0
	}
	known := w.Queue == QueueNone || w.Queue.Open() || w.Queue == QueueResolved
	inRange := w.Given&^givenAll == 0 && w.Noticed >= 0 && w.Noticed < int64(duration.Day/duration.Second) &&
		w.AutoReplies >= 0 && w.RateCount >= 0 && w.Repeats >= 0
	if r.bad || !known || !inRange {
		return ErrCorrupt
	}
	*st = v
	return nil
}

// timeReader turns Unix seconds into times and notes those that no event has.
type timeReader struct{ bad bool }

// maxUnix is the end of the year 9999, the last that JSON and databases share.
const maxUnix = 253402300799

func (r *timeReader) time(sec int64) time.Time {
	switch {
	case sec == 0:
		return time.Time{}
	case sec < 0 || sec > maxUnix:
		r.bad = true
		return time.Time{}
	default:
		return time.Unix(sec, 0).UTC()
	}
}

func unix(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}
