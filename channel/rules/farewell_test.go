package rules_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/rules"
)

func TestAFarewellIsSaidOncePerWindowToWhoCanHearIt(t *testing.T) {
	t.Parallel()
	text := rules.Content{Text: "How was it?"}
	farewell := func(st rules.State, rule rules.FarewellRule, now time.Time) (rules.State, bool) {
		st, fx := newRules(t, rules.Settings{Farewell: rule}).OnResolve(st, "", now)
		for _, e := range fx {
			if _, ok := e.(*rules.Farewell); ok {
				return st, true
			}
		}
		return st, false
	}
	st, _ := wrote(t, newRules(t, rules.Settings{}))
	on := rules.FarewellRule{Enabled: true, Content: text}
	after, said := farewell(st, on, t0.Add(time.Hour))
	require.True(t, said)
	after.Queue = rules.QueueNew // taken up again
	_, said = farewell(after, on, t0.Add(2*time.Hour))
	require.False(t, said, "twice in a window")
	_, said = farewell(st, rules.FarewellRule{Content: text}, t0.Add(time.Hour))
	require.False(t, said, "switched off")
	_, said = farewell(st, on, t0.Add(25*time.Hour))
	require.False(t, said, "a text when the window is closed")
	_, said = farewell(st, rules.FarewellRule{Enabled: true, Content: rules.Content{Template: "how_was_it"}}, t0.Add(25*time.Hour))
	require.True(t, said, "a template goes")
	silent := st
	silent.Wrote = false
	_, said = farewell(silent, on, t0.Add(time.Hour))
	require.False(t, said, "to nobody who never wrote")
	machine := st
	machine.BotUntil = t0.Add(2 * time.Hour)
	_, said = farewell(machine, on, t0.Add(time.Hour))
	require.False(t, said, "to no machine")
}
