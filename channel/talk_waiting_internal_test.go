package channel

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAValueIsMaskedAsItIsWhereItStandsInTheText(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ value, text, masked, want string }{
		"in its place":                     {"4539 1488", "pay with 4539 1488", "pay with XXXX XXXX", "XXXX XXXX"},
		"in one of its places":             {"4539", "4539 of 4539 1488", "4539 of XXXX XXXX", "XXXX"},
		"beside another without a gap":     {"45391488", "4539148803436467", "XXXXXXXXXXXX6467", "XXXXXXXX"},
		"a quantity stays":                 {"4", "4 pieces, 4539 1488", "4 pieces, XXXX XXXX", "4"},
		"a year that a number ends with":   {"2026", "2026, 4539 2026", "2026, XXXX XXXX", "XXXX"},
		"inside of a number and alone":     {"3914", "3914 and 45391488", "3914 and XXXXXXXX", "3914"},
		"a short one inside of a number":   {"17", "45391788", "XXXXXXXX", "17"},
		"that stands nowhere":              {"4540", "4539 1488", "XXXX XXXX", "4540"},
		"of another script":                {"٤٥٣٩", "no ٤٥٣٩ 1488", "no XXXX XXXX", "XXXX"},
		"with letters where digits follow": {"a 4539", "a 45391488", "a XXXXXXXX", "a XXXX"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.want, maskPart(tt.value, tt.text, []rune(tt.masked)))
		})
	}
}
