package sqlstore

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWithoutFTS5OnlyTheIndexOfWordsIsLeftOut(t *testing.T) {
	t.Parallel()
	made, left := map[string]bool{}, 0
	for _, m := range Migrations(SQLite) {
		for statement := range strings.SplitSeq(m.SQL, ";\n") {
			if onWords.MatchString(statement) {
				require.Contains(t, statement, "kanava_words", m.Name)
				left++
				continue
			}
			require.NotContains(t, statement, "USING fts5", m.Name)
			for line := range strings.Lines(statement) {
				if strings.HasPrefix(line, "CREATE TABLE ") {
					made[strings.Fields(line)[2]] = true
				}
			}
		}
	}
	require.NotZero(t, left)
	for _, table := range []string{"kanava_record", "kanava_task", "kanava_seen", "kanava_counter", "kanava_change", "kanava_entry"} {
		require.True(t, made[table], table)
	}
}
