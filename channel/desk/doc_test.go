package desk_test

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/desk"
)

func TestTheDocumentationNamesEveryMethod(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("doc.go")
	require.NoError(t, err)
	_, list, ok := strings.Cut(string(source), "# What there is")
	require.True(t, ok)
	for m := range reflect.TypeFor[*desk.Desk]().Methods() {
		require.Regexp(t, regexp.MustCompile(`\b`+m.Name+`\b`), list)
	}
}
