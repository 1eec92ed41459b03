package console

import (
	"cmp"
	"strings"
)

// byName sorts people as a list shows them.
func byName(a, b Agent) int {
	return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(a.ID, b.ID))
}
