package opaque_test

import (
	"crypto/sha256"
	"encoding/base32"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/internal/opaque"
)

// IDs are part of the stored format.
func TestAnIDIsTheSameInEveryRelease(t *testing.T) {
	t.Parallel()
	require.Equal(t, "m_lzsdmd7iwddlil46ith7gkyg", opaque.ID("m_", "support", "wamid.1"))
	long := strings.Repeat("x", 1000)
	encoding := base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567")
	for _, parts := range [][]string{nil, {""}, {"", ""}, {"a"}, {"a", "b"}, {"ab"}, {long}, {long, "b", long}} {
		sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
		for _, prefix := range []string{"", "m_", strings.Repeat("p", 100)} {
			require.Equal(t, prefix+encoding.EncodeToString(sum[:15]), opaque.ID(prefix, parts...))
		}
	}
}

func TestRandomIDsAreOfOneFormAndDiffer(t *testing.T) {
	t.Parallel()
	a, b := opaque.Random("m_"), opaque.Random("m_")
	require.Regexp(t, "^m_[a-z2-7]{24}$", a)
	require.NotEqual(t, a, b)
}
