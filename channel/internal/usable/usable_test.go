package usable_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/internal/usable"
)

func TestWhatCannotBeKeptIsRefusedByName(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text string
		ok   bool
	}{
		"nothing":                   {"", true},
		"as long as it may be":      {"äöü4567", true}, // 10 bytes
		"a byte longer":             {"äöü45678", false},
		"the beginning of a letter": {"\xc3", false},
		"a NUL":                     {"a\x00b", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := usable.Text("key", c.text, 10)
			if c.ok {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, usable.Err)
			require.ErrorContains(t, err, "key")
			require.False(t, strings.Contains(err.Error(), c.text))
		})
	}
}
