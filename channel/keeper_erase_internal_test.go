package channel

import (
	"reflect"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/internal/fixtures"
	"github.com/kanava-go/kanava/webhook"
)

// identitiesIn are those that stand anywhere in a payload.
func identitiesIn(v reflect.Value) (ids []webhook.Identity) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			return identitiesIn(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			ids = append(ids, identitiesIn(v.Index(i))...)
		}
	case reflect.Struct:
		if id, ok := v.Interface().(webhook.Identity); ok {
			return []webhook.Identity{id}
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				ids = append(ids, identitiesIn(v.Field(i))...)
			}
		}
	}
	return ids
}

// Every kind of item occurs in a fixture: one that is new and names people is found by it.
func TestWhoeverAnItemNamesIsFoundWhenTheyAreErased(t *testing.T) {
	t.Parallel()
	named := map[string]bool{}
	for _, f := range fixtures.All() {
		d, err := webhook.Parse(f.Body)
		require.NoError(t, err, f.Name)
		for ev := range d.Events() {
			found := aliasesOf(ev, ev.Number.ID, true)
			for _, id := range identitiesIn(reflect.ValueOf(ev.Payload)) {
				w := who{Identity: id}
				w.tidy()
				keys := w.strong(ev.Number.ID)
				if phone := w.phone(ev.Number.ID); phone != "" {
					keys = append(keys, phone)
				}
				for _, key := range keys {
					named[reflect.TypeOf(ev.Payload).Elem().Name()] = true
					assert.True(t, slices.Contains(found, key), "%s: %T", f.Name, ev.Payload)
				}
			}
		}
	}
	require.Greater(t, len(named), 10)
}
