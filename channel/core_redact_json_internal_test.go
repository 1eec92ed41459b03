package channel

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/message"
)

func TestEscapesHideNoCardInMetadata(t *testing.T) {
	t.Parallel()
	ch := &Channel{}
	for raw, want := range map[string]string{
		`{"n":"4111 1111 1111 1111","cvv":"123"}`:                         `{"n":"XXXX XXXX XXXX 1111","cvv":"XXX"}`,
		`{"n": "4111\n1111\n1111\n1111"}`:                                 `{"n":"XXXX\nXXXX\nXXXX\n1111"}`,
		`{"n":"card\t4111\t1111\r1111\r1111"}`:                            `{"n":"card\tXXXX\tXXXX\rXXXX\r1111"}`,
		`{"n":"4111\u00a01111\u00a01111\u00a01111"}`:                      "{\"n\":\"XXXX\u00a0XXXX\u00a0XXXX\u00a01111\"}",
		`{"n":"4111\u20111111\u20111111\u20111111"}`:                      "{\"n\":\"XXXX\u2011XXXX\u2011XXXX\u20111111\"}",
		`["\u0034\u0031\u003111111111\u00311111"]`:                        `["XXXXXXXXXXXX1111"]`,
		`{"n":"http:\/\/x 4111-1111-1111-1111"}`:                          `{"n":"http://x XXXX-XXXX-XXXX-1111"}`,
		`{"4111\u00a01111\u00a01111\u00a01111":"\ud83d\ude42"}`:           "{\"XXXX\u00a0XXXX\u00a0XXXX\u00a01111\":\"🙂\"}",
		`{"a":"4111 1111 1111 1111","b":"\"\\\u0022\u005c\ud83dx\u0000"}`: `{"a":"XXXX XXXX XXXX 1111","b":"\"\\\"\\\ud83dx\u0000"}`,
		`{"order": "4539148803436467", "b": "\n\u00e9"}`:                  `{"order": "4539148803436467", "b": "\n\u00e9"}`, // as it came
	} {
		got, err := ch.metadata(json.RawMessage(raw))
		require.NoError(t, err, raw)
		var is, should any
		require.NoError(t, json.Unmarshal(got, &is), "%s", got)
		require.NoError(t, json.Unmarshal([]byte(want), &should), want)
		require.Equal(t, should, is, raw)
	}
	_, err := ch.metadata(json.RawMessage(`{"n":4111111111111111}`))
	require.ErrorIs(t, err, ErrUnusable)
	_, err = ch.metadata(json.RawMessage(`{"n":"\u00`))
	require.ErrorIs(t, err, ErrUnusable)
}

// A print that depended on the digits would tell the card to whoever tries them all.
func TestThePrintOfAnAnswerDoesNotDependOnTheDigitsOfACard(t *testing.T) {
	t.Parallel()
	printOf := func(body string) string {
		r := Reply{Key: "k", Content: &message.Text{Body: body}}
		p, err := r.print(&Channel{})
		require.NoError(t, err)
		return p
	}
	for _, between := range []string{" ", "\n", "\t", "\u00a0"} {
		one := strings.Join([]string{"4111", "1111", "1111", "1111"}, between)
		other := strings.Join([]string{"4012", "1111", "1111", "1111"}, between)
		require.Equal(t, printOf(one), printOf(other), "%q", between)
		require.NotEqual(t, printOf(one), printOf(one+"!"))
	}
}
