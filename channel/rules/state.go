package rules

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/kanava-go/kanava/channel/duration"
)

// State is what the rules must remember of one conversation. A host keeps it
// beside the conversation, passes it in with each event and stores what comes
// back together with the effects. The zero State is that of a customer who has
// never been in touch.
//
// A State is a comparable value without pointers: copy it freely, compare it with
// ==. Its times are whole seconds in UTC, the zero time meaning "never" or "not
// set". It holds no words and no name of a customer, only hashes. A host may read
// every field; it should leave writing to [Rules].
type State struct {
	Queue    Queue
	Assignee string // the host's identifier of the agent who owns it; "" = nobody

	AssignedAt     time.Time // since when the assignee owns it
	OpenedAt       time.Time // when the conversation began
	LastInbound    time.Time // latest message of the customer, by Meta's timestamp
	LastOutbound   time.Time // latest answer of an agent or bot
	LastAgentReply time.Time // latest answer of a person
	EarlierReply   time.Time // the same in the conversations before this one
	LastAutomatic  time.Time // latest automatic message
	// WaitingSince is the earliest message of the customer that no agent and no bot has
	// answered. UnansweredSince is the earliest after which nothing of ours arrived: an
	// automatic message ends it too, while the customer still waits. It is what counts for
	// whoever asks for some answer within 24 hours.
	WaitingSince, UnansweredSince time.Time
	ResolvedAt                    time.Time // when it was resolved, if it is
	ReturnAt                      time.Time // when a pending conversation comes back to new by itself
	ActiveAt                      time.Time // latest activity by our own clock; ages count from here

	// HandedOver is when people got the conversation from a bot; zero if a bot has it, or never had.
	HandedOver time.Time

	// Taken says that a person took the conversation on, by an answer or as its owner, since it
	// began or was taken up again.
	Taken bool

	// Wrote says that the customer has written at least once, in this
	// conversation or in one before.
	Wrote bool

	// The window as the rules have seen it: since when it has been open
	// without a break, when it closes, and the closing time for which
	// nothing is left to be told.
	WindowSince, WindowUntil, WindowDone time.Time

	Given       Given             // automatic messages sent in this window
	Noticed     duration.Duration // smallest closing notice told since it was (re)opened; 0 = none
	AutoReplies int               // automatic replies in this conversation

	// What recognises machines: until when one is suspected, how many texts
	// since when, the hash of the last text and how often it came in a row.
	BotUntil  time.Time
	RateSince time.Time
	RateCount int
	LastText  uint32
	Repeats   int

	// Seen are hashes of the latest events, newest first; 0 = none.
	Seen [SeenEvents]uint64
}

// SeenEvents is of how many messages, the latest, a repetition is recognised. A host drops
// older repetitions itself, by the identifier of the message.
const SeenEvents = 8

// Given is a set of automatic messages.
type Given uint8

// Members of a [Given].
const (
	GivenFirstContact Given = 1 << iota
	GivenOutOfHours
	GivenAway
	GivenReminder
	GivenFollowUp
	GivenUntaken
	GivenFarewell

	givenReplies = GivenFirstContact | GivenOutOfHours | GivenAway
	givenAll     = givenReplies | GivenReminder | GivenFollowUp | GivenUntaken | GivenFarewell
)

// autoKinds is how many kinds of automatic reply there are.
const autoKinds = 3

// Has reports whether all members of g2 are in g.
func (g Given) Has(g2 Given) bool { return g&g2 == g2 }

// successor is the state with which the customer's next conversation begins:
// what belongs to the customer and the window stays, the rest starts afresh.
func (st State) successor(q Queue, at time.Time) State {
	return State{
		Queue:    q,
		OpenedAt: at,
		Wrote:    st.Wrote,

		EarlierReply: later(st.EarlierReply, st.LastAgentReply),
		WindowSince:  st.WindowSince,
		WindowUntil:  st.WindowUntil,
		WindowDone:   st.WindowDone,
		Given:        st.Given,
		BotUntil:     st.BotUntil,
		RateSince:    st.RateSince,
		RateCount:    st.RateCount,
		LastText:     st.LastText,
		Repeats:      st.Repeats,
		Seen:         st.Seen,
	}
}

// assign makes to the owner, or nobody if it is "".
func (st *State) assign(to string, now time.Time) {
	st.Assignee, st.AssignedAt, st.Taken = to, now, to != ""
	if to == "" {
		st.AssignedAt = time.Time{}
	}
}

// reopen takes a resolved conversation up again; agents who find it again are
// told again when its window is about to close.
func (st *State) reopen() {
	st.Queue, st.ResolvedAt, st.Noticed, st.Taken = QueueNew, time.Time{}, 0, st.Assignee != ""
}

// base is the activity from which ages count. States that a host made itself,
// for conversations older than its use of this package, may lack ActiveAt.
func (st *State) base() time.Time {
	if !st.ActiveAt.IsZero() {
		return st.ActiveAt
	}
	return later(st.OpenedAt, later(st.LastInbound, st.LastOutbound))
}

func (st *State) touch(now time.Time) { st.ActiveAt = later(st.ActiveAt, now) }

// knows reports whether the event with this key was among the latest.
func (st *State) knows(key uint64) bool {
	if key == 0 {
		return false
	}
	for _, k := range st.Seen {
		if k == key {
			return true
		}
	}
	return false
}

// forget makes st as if it had never known the event.
func (st *State) forget(key uint64) {
	if key == 0 {
		return
	}
	kept := 0
	for _, k := range st.Seen {
		if k != key {
			st.Seen[kept] = k
			kept++
		}
	}
	clear(st.Seen[kept:])
}

func (st *State) remember(key uint64) {
	if key != 0 {
		copy(st.Seen[1:], st.Seen[:])
		st.Seen[0] = key
	}
}

// eventKey hashes an event's identifier, because a wamid contains a phone number.
func eventKey(id string) uint64 {
	if id == "" {
		return 0
	}
	const offset, prime = 14695981039346656037, 1099511628211
	h := uint64(offset)
	for i := range len(id) {
		h = (h ^ uint64(id[i])) * prime
	}
	return max(h, 1)
}

// String describes the state for a log: no owner, no hashes.
func (st State) String() string {
	queue := string(st.Queue)
	if st.Queue != QueueNone && !st.Queue.Open() && st.Queue != QueueResolved {
		queue = "unknown"
	}
	return fmt.Sprintf("rules.State(queue=%q assigned=%t waiting=%t auto_replies=%d bot=%t)",
		queue, st.Assignee != "", !st.WaitingSince.IsZero(), st.AutoReplies, !st.BotUntil.IsZero())
}

// GoString is [State.String], so that %#v shows no more.
func (st State) GoString() string { return st.String() }

// LogValue implements [slog.LogValuer] with [State.String].
func (st State) LogValue() slog.Value { return slog.StringValue(st.String()) }

// whole is t as a State keeps it: UTC, whole seconds, comparable with ==.
func whole(t time.Time) time.Time { return time.Unix(t.Unix(), 0).UTC() }

// later returns the later of two times.
func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// earliest returns the earlier of two due times, zero meaning never.
func earliest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
