package channel

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/message"
)

// everyPart calls f for every value that can be set in v, and fills pointers, lists and maps before.
func everyPart(v reflect.Value, f func(v reflect.Value)) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		everyPart(v.Elem(), f)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() && v.Type() != reflect.TypeFor[time.Time]() {
				everyPart(v.Field(i), f)
			}
		}
		f(v)
	case reflect.Slice:
		if v.Len() == 0 {
			v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		}
		for i := range v.Len() {
			everyPart(v.Index(i), f)
		}
	default:
		f(v)
	}
}

// write sets a part to the nth of its values.
func write(v reflect.Value, n int) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(string(rune('a' + n)))
	case reflect.Bool:
		v.SetBool(n == 0)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(int64(n + 1))
	case reflect.Uint8: // of a raw JSON: two digits
		v.SetUint(uint64('1' + n))
	case reflect.Float64:
		v.SetFloat(float64(n) + 0.5)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.Unix(int64(1_800_000_000+n), 0).UTC()))
		}
	}
}

// What the host is shown is the host's: whatever it writes into it, at any depth, nobody else sees.
func TestACopyOfADocumentSharesNothingWithIt(t *testing.T) {
	t.Parallel()
	t.Run("conversation", sharesNothing[conversation.Conversation])
	t.Run("customer", sharesNothing[conversation.Customer])
	t.Run("message", sharesNothing[conversation.Message])
}

func sharesNothing[T any](t *testing.T) {
	t.Parallel()
	doc, own := new(T), new(T)
	everyPart(reflect.ValueOf(doc).Elem(), func(v reflect.Value) { write(v, 0) })
	before, err := json.Marshal(doc)
	require.NoError(t, err)
	step.Copy(own, doc)
	require.Equal(t, doc, own)
	everyPart(reflect.ValueOf(own).Elem(), func(v reflect.Value) { write(v, 1) })
	after, err := json.Marshal(doc)
	require.NoError(t, err)
	require.Equal(t, string(before), string(after))
	require.NotEqual(t, doc, own)
}

// A text of which nothing is masked takes a shorter way, with the same end.
func TestATextIsMaskedAsAnyOtherContent(t *testing.T) {
	t.Parallel()
	ch := &Channel{}
	for _, body := range []string{
		"", "hello", "4111 1111 1111 1111", "pay with 4111111111111111 today", "my PIN is 1234", "order 12345678",
		"broken \xff utf-8", "4111\xff111111111111", "<b>&amp;</b>", "card 5555 5555 5555 4444\ncvv 123", "+358 40 123 4567",
	} {
		for _, out := range []message.Outbound{
			{To: message.Recipient{Phone: "358401234567"}, Content: &message.Text{Body: body, PreviewURL: true}},
			{To: message.Recipient{BSUID: "US.4111111111111111"}, Content: &message.Text{Body: body}, Lane: message.LaneNotify},
			{Content: &message.Text{Body: body}, Category: message.Utility, TemplateName: "4111 1111 1111 1111"},
		} {
			short, long := out, out
			masked, err := ch.redactOutbound(&short)
			require.NoError(t, err)
			full, err := rewrite(&long, func(_, s string) string { return ch.redactText(s) })
			require.NoError(t, err)
			require.Equal(t, full, masked, body)
			require.Equal(t, long, short, body)
		}
	}
}
