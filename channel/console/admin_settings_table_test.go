package console

import (
	"encoding"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/channel/settings"
)

// leaves lists the JSON paths of everything in a type that can be set.
func leaves(at string, t reflect.Type) (paths []string) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) {
		return []string{at}
	}
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "-" || !f.IsExported():
		case name == "" && f.Anonymous:
			paths = append(paths, leaves(at, f.Type)...)
		default:
			paths = append(paths, leaves(strings.TrimPrefix(at+"."+name, "."), f.Type)...)
		}
	}
	return paths
}

func TestTheFormHasEverySettingOnce(t *testing.T) {
	t.Parallel()
	want := leaves("", reflect.TypeFor[settings.Settings]())
	want = append(want, "desk.handover_team")
	want = append(want, leaves("desk.rules", reflect.TypeFor[rules.Settings]())...)
	var have []string
	for _, g := range settingGroups {
		for _, f := range g.fields {
			have = append(have, f.path)
		}
	}
	require.ElementsMatch(t, want, append(have, "id", "number", "desk"), "ID and number are fixed, access has a page of its own")
}

func TestEverySettingHasALabel(t *testing.T) {
	t.Parallel()
	q := &request{language: allWords(t).offered[0]}
	for _, g := range settingGroups {
		require.Contains(t, q.language.words, "group."+g.name)
		for _, f := range g.fields {
			require.NotContains(t, q.labelFor(f.path), ".", f.path)
			for _, value := range f.choices {
				require.NotContains(t, q.labelFor(f.path+"."+value), f.path+".")
			}
		}
	}
}

func TestWhatIsWrittenInAFormIsReadAsItWas(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind string
		text string
		want any
	}{
		{"text", " a b ", "a b"},
		{"text", "  ", nil},
		{"yes", "1", true},
		{"number", "25", int64(25)},
		{"span", "36h", "1d12h"},
		{"nanos", "72h", int64(72 * 3600 * 1e9)},
		{"lines", "a\r\n\n b c \n", []any{"a", "b c"}},
		{"hours", "09:00-12:00, 13:00-17:00", []any{"09:00-12:00", "13:00-17:00"}},
		{"json", `[{"date":"12-25"}]`, []any{map[string]any{"date": "12-25"}}},
	} {
		s := &setting{kind: c.kind}
		v, err := s.read(c.text)
		require.NoError(t, err, c.kind)
		require.Equal(t, c.want, v, c.kind)
	}
	for kind, text := range map[string]string{"number": "many", "span": "soon", "nanos": "5 days", "json": "{"} {
		_, err := (&setting{kind: kind}).read(text)
		require.Error(t, err, kind)
		require.Contains(t, allWords(t).offered[0].words, err.Error())
	}
}
