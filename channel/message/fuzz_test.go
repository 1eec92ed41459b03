package message_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/message"
)

// FuzzOutbound: whatever can be read can be written, and what was written reads
// back as the same bytes: storage is stable after one pass.
func FuzzOutbound(f *testing.F) {
	for _, g := range goldens(f) {
		f.Add([]byte(g.json))
	}
	f.Add([]byte(`{"type":"lane","lane":2}`))
	f.Add([]byte(`{"type":"interactive","interactive":{"type":"carousel","action":{"cards":[{"type":"product"},{}]}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var out message.Outbound
		if json.Unmarshal(data, &out) != nil {
			return
		}
		_ = out.Problems()
		_ = out.LogValue()
		first, err := json.Marshal(out)
		require.NoError(t, err)
		var again message.Outbound
		require.NoError(t, json.Unmarshal(first, &again), "%s", first)
		second, err := json.Marshal(again)
		require.NoError(t, err)
		require.True(t, bytes.Equal(first, second), "%s\n%s", first, second)
		require.Equal(t, out.Content.Kind(), again.Content.Kind())
	})
}

// FuzzClassify: every number gets an answer fit to be shown.
func FuzzClassify(f *testing.F) {
	f.Add(131047, 0, 400, false)
	f.Add(100, 2388024, 400, false)
	f.Add(0, 0, 502, true)
	f.Fuzz(func(t *testing.T, code, subcode, status int, transient bool) {
		got := message.Classify(code, subcode, status, transient)
		require.NotEmpty(t, got.Class)
		require.NotEmpty(t, got.Hint)
		require.NotEmpty(t, got.Title)
		require.NotEmpty(t, got.Retry.Advice)
		require.Equal(t, code, got.Code)
		if status == 0 {
			require.False(t, got.Uncertain)
		}
	})
}
