package rules_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/rules"
)

// TestNothingPersonalIsPrinted feeds one canary through every exit: names, phone
// numbers, wamids and texts reach no error, no log line and no stored state.
func TestNothingPersonalIsPrinted(t *testing.T) {
	t.Parallel()
	const canary = "Canary Person +15550100123"
	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, nil))

	s := everything()
	s.AutoReply.Away = text(canary)
	s.AutoReply.Loop.Marks = []string{canary}
	r := newRules(t, s)
	in := rules.Inbound{ID: canary, At: t0, Window: opened(t0), Text: canary, AllAway: true}
	reply := rules.Outbound{ID: canary + "out", At: t0, Agent: canary}
	st, fx := r.OnInbound(rules.State{}, in, t0)
	bare, err := json.Marshal(st)
	require.NoError(t, err)
	out.Write(bare)
	st, fx2 := r.OnAgentReply(st, reply, t0)
	for _, e := range append(fx, fx2...) {
		if _, ok := e.(*rules.AutoReply); !ok { // its text is the channel's own
			log.Info("effect", "effect", e)
		}
	}
	_, _, err1 := r.OnMove(st, canary, t0, t0)
	_, _, err2 := r.OnMove(st, canary, t0.Add(day), t0)
	_, _, err3 := r.OnMove(st, canary, t0.Add(-day), t0)
	_, _, err4 := r.OnAssign(rules.State{}, canary, t0)
	odd := rules.State{Queue: canary, Assignee: canary}
	for _, v := range []any{st, in, reply, odd, errors.Join(err1, err2, err3, err4)} {
		log.Info("value", "v", v)
		fmt.Fprintf(&out, "%v %+v %s\n", v, v, v)
		if _, isErr := v.(error); !isErr {
			fmt.Fprintf(&out, "%#v\n", v)
		}
	}

	s.Assign.OnReply, s.Hours.Zone, s.AutoReply.Away.Template, s.AutoReply.Away.Language = canary, canary, canary, canary
	s.AutoResolve.Reason = strings.Repeat(canary, 100)
	s.Hours.Holidays[0].Name = strings.Repeat(canary, 100)
	fmt.Fprintln(&out, s.Validate())
	for _, doc := range []string{
		`{"%s":1}`, `{"assign":{"%s":1}}`, `{"hours":{"week":{"mon":["%s"]}}}`, `{"hours":{"holidays":[{"date":"%s"}]}}`,
		`{"idle_close":{"after":"%s"}}`, `{"hours":"%s"}`, `{"auto_reply":{"max_per_window":"%s"}}`, `{"x %s`, `%s`, `{} %s`,
	} {
		_, err := rules.DecodeSettings(fmt.Appendf(nil, doc, canary))
		require.Error(t, err, doc)
		fmt.Fprintln(&out, err)
	}
	fmt.Fprintln(&out, json.Unmarshal(fmt.Appendf(nil, `{"queue":"%s"}`, canary), &st))
	fmt.Fprintln(&out, json.Unmarshal(fmt.Appendf(nil, `{"opened":15550100123000000000}`), &st))
	_, err = duration.Parse(canary)
	fmt.Fprintln(&out, err)

	require.NotContains(t, strings.ToLower(out.String()), "canary")
	require.NotContains(t, out.String(), "15550100123")
	require.Contains(t, out.String(), "text_len=", "the log must show something")
	require.Contains(t, out.String(), "hours.zone", "and the errors say where")
}
