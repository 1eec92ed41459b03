package sqlstore

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhatIsSearchedForIsNoPartOfTheStatement(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`'; DROP TABLE kanava_entry; --`, `\`, `$1`, "%s%d", "\x00", "ä日本"} {
		said := literal(text)
		require.Regexp(t, `^convert_from\(decode\('[0-9a-f]*', 'hex'\), 'UTF8'\)$`, said)
		require.Equal(t, 1, strings.Count(said, "decode"))
	}
}
