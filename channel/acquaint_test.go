package channel_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAContactBesideSomebodyElsesItemIsNoDeadLetter(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{}, func(t *testing.T, l *lab) {
		it := kim.text(time.Now(), "wamid.1", "hello")
		it.value["contacts"] = append(kim.contacts(), stranger(1).contacts()...)
		l.post(it)
		l.pass(5 * time.Second)
		require.Empty(t, l.letters("in"))
		require.Equal(t, "hello", l.messages(l.conversation().ID)[0].Text)
		require.EqualValues(t, 1, l.report(dawn, dawn).Total("events_messages"), "and it was seen")
	})
}
