package layers

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// rooms are the rooms of package channel, each with the floor it is on. A file belongs to the room
// that its name begins with. Uses run down: a file may use its own room and lower floors, and
// rooms of one floor know nothing of each other.
var rooms = map[string]int{
	"doc":    0,
	"format": 0, // the stored format

	"core": 1, // store, clock, log, hooks, channels, settings, what the processes share, masks, outages

	"money": 2, // budgets, costs, messaging limits

	"talk": 3, // people, their conversations and messages, what the host is told; the scene of a desk

	"outbox": 4, // what may be sent, and putting it where it is sent from

	"intake":   5, // accepted items and what they do
	"dispatch": 5, // sending, and what became of it
	"teller":   5, // the calls of the ticketing
	"files":    5, // fetching the customers' files
	"keeper":   5, // retention, erasing, exporting, upkeep

	"hub": 6, // exported methods, and what brings the rooms together
}

func roomOf(file string) string {
	room, _, _ := strings.Cut(strings.TrimSuffix(file, ".go"), "_")
	return room
}

// upUse says that a file uses what is not below it.
func upUse(u use) bool {
	from, to := roomOf(u.from), roomOf(u.to)
	return from != to && rooms[to] >= rooms[from] && rooms[to] > 0
}

// Run with -v it draws the uses: which room uses which, how often, and which files it has.
func TestUsesRunDownInsideChannel(t *testing.T) {
	t.Parallel()
	files, uses := usesWithin(t, filepath.Join("..", "..", "channel"))
	require.NotEmpty(t, uses)
	has := map[string][]string{}
	for _, f := range files {
		room := roomOf(f)
		if _, ok := rooms[room]; !ok {
			t.Errorf("channel/%s is in no room: let its name begin with one of the table", f)
		}
		has[room] = append(has[room], f)
	}
	arrows, between, up := map[string]int{}, map[string]bool{}, 0
	for _, u := range uses {
		between[u.from+" "+u.to] = true
		if from, to := roomOf(u.from), roomOf(u.to); from != to {
			arrows[fmt.Sprintf("%-8s → %s", from, to)]++
		}
		if upUse(u) {
			up++
			t.Errorf("channel/%s uses %s of %s, which is not below it", u.at, u.name, u.to)
		}
	}
	for _, room := range slices.Sorted(maps.Keys(rooms)) {
		if len(has[room]) == 0 {
			t.Errorf("room %s has no files", room)
		}
		t.Logf("floor %d %-8s %2d files", rooms[room], room, len(has[room]))
	}
	for _, arrow := range slices.Sorted(maps.Keys(arrows)) {
		t.Logf("%s %d", arrow, arrows[arrow])
	}
	t.Logf("%d files, %d arrows between files, %d between rooms, %d up", len(files), len(between), len(arrows), up)
}

func TestAnUpUseIsSeen(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		from, to string
		up       bool
	}{
		{"intake_apply.go", "talk_tell.go", false},
		{"intake_apply.go", "intake_status.go", false},
		{"hub.go", "dispatch_send.go", false},
		{"core.go", "format.go", false},
		{"format.go", "core.go", true},
		{"talk_tell.go", "intake_apply.go", true},
		{"intake_apply.go", "keeper_erase.go", true},
		{"core_channels.go", "hub.go", true},
		{"money_cost.go", "talk_tell.go", true},
	} {
		require.Equal(t, tt.up, upUse(use{from: tt.from, to: tt.to}), "%s → %s", tt.from, tt.to)
	}
}
