package step

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

type (
	encoded struct {
		Text   string `json:"text"`
		Word   word   `json:"word,omitempty"`
		Number int64  `json:"number,omitempty"`
		Small  int8
		Yes    bool           `json:"yes,omitempty"`
		At     time.Time      `json:"at,omitzero"`
		Always time.Time      `json:"always"`
		List   []string       `json:"list,omitempty"`
		Words  []word         `json:"words"`
		Ref    *inner         `json:"ref,omitempty"`
		Refs   []*encoded     `json:"refs"`
		Maybe  *bool          `json:"maybe"`
		Lists  [][]inner      `json:"lists,omitempty"`
		Inside inner          `json:"inside,omitzero"`
		Table  map[string]int `json:"table,omitempty"`
		Not    string         `json:"-"`
		hidden string
	}
	word  string
	twice struct {
		common
		other
		Own selfMade `json:"own"`
	}
	other struct{ ID string }
	hides struct {
		common
		ID int `json:"id"`
	}
	tagged struct {
		common `json:"common"`
	}
	embeds   struct{ *common }
	embedded struct{ word }
	named    struct {
		Of string `json:"<of>"`
	}
	dashed struct {
		Of string `json:"-,"` //nolint:staticcheck // what it is about
	}
	quoted struct {
		N int `json:"n,string"`
	}
	numbered struct{ N json.Number }
	floating struct {
		F float64 `json:"f,omitempty"`
		B []byte
		A [2]string
		U uint8
	}
	anything struct{ Any any }
	zeroed   struct {
		By  nought `json:"by,omitzero"`
		In  []nought
		Ref *nought `json:"ref,omitzero"`
	}
	noughts struct{ By, Also nought }
	both    struct {
		S string `json:"s,omitempty,omitzero"`
	}
	none   struct{}
	nought struct{ N int }
)

func (n *nought) IsZero() bool { return n.N == 7 }

func TestADocumentIsEncodedAsTheStandardLibraryDoesIt(t *testing.T) {
	t.Parallel()
	yes, at := true, time.Date(2026, 11, 30, 12, 0, 0, 120_000_000, time.FixedZone("", 2*3600))
	for name, doc := range map[string]any{
		"nothing in it": &encoded{}, "no field": &none{}, "a text": new(string), "no pointer": encoded{Text: "a"}, "nothing": nil,
		"a pointer to nothing": (*encoded)(nil), "a pointer to such": new(*encoded), "a list": &[]word{"a", "<"},
		"everything": &encoded{
			"text", "word", math.MinInt64, -1, true, at, at.UTC(), []string{"a", ""}, []word{}, &inner{Name: "n"},
			[]*encoded{nil, {Text: "deep"}}, &yes, [][]inner{nil, {}, {{}, {Note: "n"}}}, inner{Note: "n"}, map[string]int{"b": 1, "a": 2}, "not", "hidden",
		},
		"one in another": &whole{common: common{"id"}, Again: &whole{Tags: []string{"a"}}, Own: selfMade{"long", 1}, Owns: []selfMade{{}, {"<", 0}}},
		"a raw part":     &whole{Raw: json.RawMessage(" { \"a\" : \"<b>\u2028\" } ")},
		"a name twice":   &twice{common{"a"}, other{"b"}, selfMade{"c", 2}}, "a name that hides another": &hides{common{"a"}, 1},
		"an embedded one with a name": &tagged{common{"a"}}, "an embedded pointer": &embeds{&common{"a"}}, "an embedded text": &embedded{"a"},
		"an unusual name": &named{"a"}, "a dash for a name": &dashed{"a"}, "a number as a text": &quoted{1}, "a text as a number": &numbered{"1.5e3"},
		"what is asked for": &floating{1e21, []byte("ab"), [2]string{"<", ">"}, 200}, "anything": &anything{map[string]any{"a": []any{1, nil, "<"}}},
		"a zero of its own": &zeroed{nought{7}, []nought{{7}, {0}}, nil}, "no such zero": &zeroed{nought{}, nil, &nought{7}}, "zeros that are there": &noughts{},
		"two options": &both{}, "a year too late": &encoded{At: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)},
		"such a year in a list": &[]time.Time{at, time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)}, "an own JSON that fails": &anything{math.NaN()},
	} {
		asUsual(t, doc, name)
	}
}

// asUsual says that a document is encoded as the standard library does it.
func asUsual(t *testing.T, doc any, name string) {
	t.Helper()
	want, wantErr := json.Marshal(doc)
	for range 2 { // the second time with a buffer that was used
		got, err := Encode(doc)
		require.Equal(t, wantErr != nil, err != nil, name)
		if err == nil {
			require.Equal(t, string(want), string(got), name)
		}
	}
}

func FuzzATextIsEncodedAsTheStandardLibraryDoesIt(f *testing.F) {
	for _, text := range []string{"", "a", "ä€\U0001F600", "\x7f", "\u2028", "\u2029", "\xff", "\xe2\x80", "a\"b", `\`, "<", ">", "&", "\n\x00", "\ufffd"} {
		f.Add(text, int64(len(text)), 3)
	}
	f.Fuzz(func(t *testing.T, text string, seconds int64, zone int) {
		at := time.Unix(seconds, seconds%1e9).In(time.FixedZone("", zone))
		asUsual(t, &encoded{Text: text, Word: word(text), Number: seconds, At: at, List: []string{text, text}, Table: map[string]int{text: zone}}, text)
	})
}
