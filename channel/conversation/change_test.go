package conversation_test

import (
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/conversation"
)

func TestEveryKindOfChangeIsListed(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("change.go")
	require.NoError(t, err)
	var want []conversation.ChangeKind
	for _, m := range regexp.MustCompile(`ChangeKind += "([a-z_]+)"`).FindAllStringSubmatch(string(source), -1) {
		want = append(want, conversation.ChangeKind(m[1]))
	}
	require.NotEmpty(t, want)
	require.Equal(t, want, conversation.ChangeKinds())
}
