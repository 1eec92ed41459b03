package console

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/access"
)

// verbsOf finds what calls of a desk are called where they are made.
var verbsOf = regexp.MustCompile(`verb(?:: | = )"([^"]+)"|(?:act|withMessage|onDead|settleMany|consent)\(ctx, actor, (?:access\.\w+, )?"([^"]+)"`)

// looks are the verbs of calls that are not noted.
var looks = regexp.MustCompile(`^(read|list (conv|mess|proc|unc)|preview|find|health|report|spending|mark|open file|set presence|search|inbox|count|feed|answers)`)

func TestEveryRightAndEveryDeedHasAName(t *testing.T) {
	t.Parallel()
	words := allWords(t).offered[0].words
	for _, action := range access.Actions() {
		require.Contains(t, words, "right."+string(action))
	}
	files, err := filepath.Glob("../desk/*.go")
	require.NoError(t, err)
	found := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		for _, m := range verbsOf.FindAllStringSubmatch(string(text), -1) {
			if verb := m[1] + m[2]; !looks.MatchString(verb) {
				found++
				require.Contains(t, words, "deed."+verb, name)
			}
		}
	}
	require.Greater(t, found, 25)
	for _, r := range []access.Reason{
		access.ByRole, access.ByAccount, access.BySystem, access.UnknownAction, access.UnknownActor, access.NoIdentity, access.NoGrant, access.RoleTooLow,
		access.AdminOnly, access.NotARule,
	} {
		require.Contains(t, words, "because."+string(r))
	}
}

func TestNoSentenceStandsTwice(t *testing.T) {
	t.Parallel()
	keys := regexp.MustCompile(`(?m)^\s*"([^"]+)":`)
	for _, tag := range Languages() {
		files, err := filepath.Glob("locales/*." + tag + ".json")
		require.NoError(t, err)
		seen := map[string]string{}
		for _, name := range files {
			text, err := os.ReadFile(name)
			require.NoError(t, err)
			for _, m := range keys.FindAllStringSubmatch(string(text), -1) {
				require.NotContains(t, seen, m[1], name)
				seen[m[1]] = name
			}
		}
		require.Greater(t, len(seen), 500)
	}
}
