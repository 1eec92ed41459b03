package kafkalog

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kgo"
)

func TestEveryWayToLoseRecordsIsNamed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, setting, value string
		replicas             int
		unsafe               bool
	}{
		{"as it is created here", "retention.ms", "1209600000", 3, false},
		{"kept for ever", "retention.ms", "-1", 3, false},
		{"kept for a day", "retention.ms", "86400000", 3, true},
		{"bounded in bytes", "retention.bytes", "1000000", 3, true},
		{"unbounded in bytes", "retention.bytes", "-1", 3, false},
		{"compacted", "cleanup.policy", "compact", 3, true},
		{"compacted as well", "cleanup.policy", "compact,delete", 3, true},
		{"led by anybody", "unclean.leader.election.enable", "true", 3, true},
		{"acknowledged by one", "min.insync.replicas", "1", 3, true},
		{"acknowledged by all", "min.insync.replicas", "3", 3, false},
		{"acknowledged by nobody knows how many", "min.insync.replicas", "", 3, true},
		{"on two brokers", "retention.ms", "-1", 2, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := settings{"min.insync.replicas": "2", "cleanup.policy": "delete", "unclean.leader.election.enable": "false"}
			s[c.setting] = c.value
			if problems := unsafe(c.replicas, s); c.unsafe {
				require.Len(t, problems, 1)
			} else {
				require.Empty(t, problems)
			}
		})
	}
}

func TestNothingBehindWhatIsNotDoneIsCommitted(t *testing.T) {
	t.Parallel()
	w := newWindow(t.Context())
	var entries []*entry
	for _, offset := range []int64{10, 11, 15, 16} { // offsets have gaps
		e, first := w.add(&kgo.Record{Offset: offset, Key: []byte("7")}, false)
		require.True(t, first)
		entries = append(entries, e)
	}
	require.Nil(t, w.finish(entries[1]))
	require.Nil(t, w.finish(entries[3]))
	require.EqualValues(t, 11, w.finish(entries[0]).Offset)
	require.EqualValues(t, 16, w.finish(entries[2]).Offset)
	require.Empty(t, w.entries)
}

func TestOneLinePerNumber(t *testing.T) {
	t.Parallel()
	w := newWindow(t.Context())
	add := func(number string) (*entry, bool) { return w.add(&kgo.Record{Key: []byte(number)}, true) }
	a1, first := add("7")
	require.True(t, first)
	a2, first := add("7")
	require.False(t, first, "it waits")
	_, first = add("8")
	require.True(t, first, "another number does not")
	a3, _ := add("7")
	require.Same(t, a2, w.next(a1))
	require.Same(t, a3, w.next(a2))
	require.Nil(t, w.next(a3))
	_, first = add("7")
	require.True(t, first, "the line had ended")
}

func TestAPartitionDoesNotRunTooFarAhead(t *testing.T) {
	t.Parallel()
	w := newWindow(t.Context())
	turn := func() string { pause, resume := w.turn(); return fmt.Sprint(pause, resume) }
	var entries []*entry
	for range maxAhead {
		require.Equal(t, "false false", turn())
		e, _ := w.add(&kgo.Record{}, false)
		entries = append(entries, e)
	}
	require.Equal(t, "true false", turn())
	require.Equal(t, "false false", turn(), "once")
	for _, e := range entries[:maxAhead/2] {
		require.Equal(t, "false false", turn())
		w.finish(e)
	}
	require.Equal(t, "false true", turn())
	require.Equal(t, "false false", turn(), "once")
}

func TestAPartitionThatComesBackIsFetchedAgain(t *testing.T) {
	t.Parallel()
	client, err := kgo.NewClient(kgo.SeedBrokers("localhost:1")) // nobody is asked
	require.NoError(t, err)
	defer client.Close()
	l := &Log{cfg: Config{Topic: "kanava"}}
	r := &runner{log: l, ctx: t.Context(), client: client, windows: map[int32]*window{}}
	for _, partition := range []int32{3, 7} {
		w := r.window(partition)
		for range maxAhead {
			w.add(&kgo.Record{}, false)
		}
		r.turn(w, partition)
	}
	paused := func() []int32 { return client.PauseFetchPartitions(nil)["kanava"] }
	require.ElementsMatch(t, []int32{3, 7}, paused())
	r.release([]int32{3})
	require.Equal(t, []int32{7}, paused(), "what another process got is not paused when it comes back")
	r.release(r.all())
	require.Empty(t, paused())
}
