package channel

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Otherwise its items would be claimed and given back without end, and it would wait for ever
// for the moment in which nobody has one in hand.
func TestNothingOfANumberThatComesHomeIsClaimed(t *testing.T) {
	t.Parallel()
	h := &intake{&core{}}
	h.fleet.lost = map[string]bool{"1": true, "2": true}
	require.Equal(t, []string{"#1", "#2"}, h.taking())
	h.fleet.homecoming = map[string]bool{"1": true}
	require.Equal(t, []string{"#2"}, h.taking())
}
