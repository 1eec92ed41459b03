package window_test

import (
	"database/sql"
	"database/sql/driver"
	"encoding"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/window"
)

var (
	_ encoding.BinaryMarshaler   = window.State{}
	_ encoding.BinaryAppender    = window.State{}
	_ encoding.BinaryUnmarshaler = (*window.State)(nil)
	_ json.Marshaler             = window.State{}
	_ json.Unmarshaler           = (*window.State)(nil)
	_ driver.Valuer              = window.State{}
	_ sql.Scanner                = (*window.State)(nil)
)

func TestEveryEncodingRoundTrips(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(4, 6))
	now := at(t, "2026-11-22T12:00:00Z")
	o := window.Options{ReactionOpens: true, CallPermissionReplyOpens: true, UnsupportedOpens: true, ChangeOpens: true}
	for range 2000 {
		s := observeAll(o, randomEvents(r, now, r.IntN(8)), now)

		b, err := s.MarshalBinary()
		require.NoError(t, err)
		require.Len(t, b, window.EncodedLen)
		require.LessOrEqual(t, len(b), 32)
		var got window.State
		require.NoError(t, got.UnmarshalBinary(b))
		require.Equal(t, s, got)

		j, err := json.Marshal(s)
		require.NoError(t, err)
		got = window.State{}
		require.NoError(t, json.Unmarshal(j, &got))
		require.Equal(t, s, got)

		v, err := s.Value()
		require.NoError(t, err)
		require.True(t, driver.IsValue(v))
		for _, column := range []any{v, b, string(b), j, string(j)} {
			got = window.State{}
			require.NoError(t, got.Scan(column))
			require.Equal(t, s, got)
		}
	}
}

func TestStoredFormsStayReadable(t *testing.T) {
	t.Parallel()
	// Golden forms of version 1: databases hold them.
	s := fold(window.Options{},
		ad(t, "2026-11-01T10:00:00Z"),
		answer(t, "2026-11-01T10:00:00Z", "2026-11-01T15:00:00Z"),
		stated(t, "2026-11-01T15:00:00Z", "2026-11-08T15:00:00Z"))

	const text = `{"last":1793527200,"kind":"message","referral":1793527200,` +
		`"free_entry":{"referral":1793527200,"start":1793545200,"until":1793804400},"free_entry_stated":1794150000}`
	j, err := json.Marshal(s)
	require.NoError(t, err)
	require.Equal(t, text, string(j))

	const raw = "0101" + "6ae70da0" + "6ae70da0" + "6ae70da0" + "6ae753f0" + "6aeb4870" + "6af08e70"
	b, err := s.MarshalBinary()
	require.NoError(t, err)
	require.Equal(t, raw, hex.EncodeToString(b))

	j, err = json.Marshal(window.State{})
	require.NoError(t, err)
	require.Equal(t, "{}", string(j))
}

func TestScanOfNullIsTheZeroState(t *testing.T) {
	t.Parallel()
	s := fold(window.Options{}, event(t, window.KindCall, "2026-11-01T10:00:00Z"))
	require.NoError(t, s.Scan(nil))
	require.True(t, s.IsZero())
	require.EqualError(t, s.Scan(int64(7)), "window: scan state: unsupported column type int64")
}

func TestDecodingRefusesWhatNoStateEncodesTo(t *testing.T) {
	t.Parallel()
	bin := func(version, code byte, times ...uint32) []byte {
		b := []byte{version, code}
		for i := range 6 {
			var v uint32
			if i < len(times) {
				v = times[i]
			}
			b = binary.BigEndian.AppendUint32(b, v)
		}
		return b
	}
	const x = 1793527200
	tests := []struct {
		name string
		in   []byte
		want error
	}{
		{"empty", nil, window.ErrCorrupt},
		{"version of the future", bin(2, 0), window.ErrVersion},
		{"version only", []byte{1}, window.ErrCorrupt},
		{"a byte short", bin(1, 0)[:25], window.ErrCorrupt},
		{"a byte long", append(bin(1, 0), 0), window.ErrCorrupt},
		{"time without kind", bin(1, 0, x), window.ErrCorrupt},
		{"kind without time", bin(1, 1), window.ErrCorrupt},
		{"time in 1970", bin(1, 1, 5), window.ErrCorrupt},
		{"estimate without start", bin(1, 1, x, x, x), window.ErrCorrupt},
		{"start before its ad message", bin(1, 1, x, x, x, x-1, x+5), window.ErrCorrupt},
		{"start a day after its ad message", bin(1, 1, x, x, x, x+86400, x+90000), window.ErrCorrupt},
		{"end before the start", bin(1, 1, x, x, x, x+2, x+1), window.ErrCorrupt},
		{"estimate for an unknown ad message", bin(1, 1, x, 0, x, x+2, x+3), window.ErrCorrupt},
		{"JSON of another type", []byte(`{"last":"1793527200"}`), window.ErrCorrupt},
		{"JSON cut short", []byte(`{"last":17935`), window.ErrCorrupt},
		{"JSON with a negative time", []byte(`{"last":-1,"kind":"call"}`), window.ErrCorrupt},
		{"JSON in milliseconds", []byte(`{"last":1793527200000,"kind":"call"}`), window.ErrCorrupt},
		{"JSON with a fraction", []byte(`{"last":1793527200.5,"kind":"call"}`), window.ErrCorrupt},
		{"JSON with a kind and no time", []byte(`{"kind":"call"}`), window.ErrCorrupt},
		{"JSON with a huge number", []byte(`{"last":1e400,"kind":"call"}`), window.ErrCorrupt},
	}
	before := fold(window.Options{}, event(t, window.KindCall, "2026-11-01T10:00:00Z"))
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := before
			require.ErrorIs(t, s.Scan(tt.in), tt.want)
			require.Equal(t, before, s, "a failed decode must leave the state alone")
		})
	}
}

func TestKindsOfALaterVersionAreTolerated(t *testing.T) {
	t.Parallel()
	var s window.State
	require.NoError(t, s.UnmarshalJSON([]byte(`{"last":1793527200,"kind":"telepathy","new_member":{"a":[1]}}`)))
	require.Equal(t, window.KindOther, s.Kind())
	require.True(t, s.OpenAt(time.Unix(1793527200, 0)))

	b, err := s.MarshalBinary()
	require.NoError(t, err)
	b[1] = 99
	var got window.State
	require.NoError(t, got.UnmarshalBinary(b))
	require.Equal(t, s, got)

	require.NoError(t, got.UnmarshalJSON([]byte("null")))
	require.Equal(t, s, got, "null must change nothing")
}

func TestNothingQuotesItsInput(t *testing.T) {
	t.Parallel()
	const canary = "15550001234"
	for _, in := range []string{
		`{"last":` + canary + `,"kind":"call"}`,
		`{"last":` + canary + canary + canary + `,"kind":"call"}`,
		`{"last":"` + canary + `"}`,
		`{"` + canary + `":`,
		canary,
		"\x01" + canary,
	} {
		var s window.State
		err := s.Scan(in)
		require.Error(t, err)
		require.NotContains(t, err.Error(), canary)
	}
	// An unknown kind is free text from outside: it is not kept.
	var s window.State
	require.NoError(t, s.Scan(`{"last":1793527200,"kind":"`+canary+`"}`))
	require.NotContains(t, s.String(), canary)
	e := window.Event{Kind: canary, At: time.Unix(1793527200, 0), Referral: canary}
	require.False(t, strings.Contains(window.Options{}.Observe(s, e, e.At).String(), canary))
	require.NotContains(t, s.Permits(window.Send{Kind: canary}, e.At).Err().Error(), canary)
}

func TestStatesCompareInDiffs(t *testing.T) {
	t.Parallel()
	s := fold(window.Options{}, event(t, window.KindCall, "2026-11-01T10:00:00Z"))
	require.Empty(t, cmp.Diff(s, s))
	require.NotEmpty(t, cmp.Diff(s, window.State{}))
	require.Equal(t, "last inbound 2026-11-01T10:00:00Z (call)", s.String())
	require.Equal(t, "never opened", window.State{}.String())
}
