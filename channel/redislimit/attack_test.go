package redislimit_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/redislimit"
)

// What was written by a clock two hours ahead is read by one that is right: a failover to another
// server.
func TestAServerWhoseClockIsBehindNeitherStopsANumberNorSetsItFree(t *testing.T) {
	t.Parallel()
	addr := shared(t)
	l := process(t, addr, redislimit.Config{Timeout: patience, Limits: cloudapi.Limits{Throughput: 40}})
	_, err := l.Acquire(t.Context(), cloudapi.Permit{Number: "7"})
	require.NoError(t, err)
	client := connect(t, addr)
	keys, err := client.Do(t.Context(), client.B().Keys().Pattern("kanava:test:"+t.Name()+"*").Build()).AsStrSlice()
	require.NoError(t, err)
	require.Len(t, keys, 1)
	ahead := strconv.FormatInt(time.Now().Add(2*time.Hour).UnixMicro(), 10)
	require.NoError(t, client.Do(t.Context(), client.B().Hset().Key(keys[0]).FieldValue().
		FieldValue("tat", ahead).FieldValue("slow", "30").FieldValue("since", ahead).Build()).Error())
	g := storm(t, 80, "7", []cloudapi.Limiter{l, process(t, addr, redislimit.Config{Timeout: patience, Limits: cloudapi.Limits{Throughput: 40}})})
	g.keeps(t, 40)
}

// A server that lost its data hears from those who ask what a number may do.
func TestAServerThatLostItsDataLearnsFromThoseWhoAsk(t *testing.T) {
	t.Parallel()
	s := startRedis(t)
	l := process(t, s.addr(), redislimit.Config{Timeout: patience, Limits: cloudapi.Limits{Throughput: 1000}})
	l.Observe(t.Context(), cloudapi.Permit{Number: "7"}, cloudapi.Observation{Throughput: 20})
	s.kill()
	s.start(t)
	require.Eventually(t, func() bool {
		_, err := l.Acquire(t.Context(), cloudapi.Permit{Number: "7", Recipient: "first", MaxWait: patience})
		return err == nil
	}, patience, 20*time.Millisecond)
	storm(t, 60, "7", []cloudapi.Limiter{l}).keeps(t, 20)
}
