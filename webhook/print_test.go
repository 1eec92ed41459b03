package webhook_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/kanava-go/kanava/webhook"
)

// print renders a delivery in a stable form for golden files: every field that is
// set, with its type where an interface hides it.
func print(d *webhook.Delivery) string {
	var b strings.Builder
	fmt.Fprintf(&b, "object %q, %d events\n", d.Object, d.Len())
	for e := range d.Events() {
		fmt.Fprintf(&b, "\n%s\n", e.Key())
		printStruct(&b, reflect.ValueOf(e).Elem(), "  ")
	}
	return b.String()
}

func printStruct(b *strings.Builder, v reflect.Value, indent string) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if !f.IsExported() || v.Field(i).IsZero() {
			continue
		}
		fmt.Fprintf(b, "%s%s:", indent, f.Name)
		printValue(b, v.Field(i), indent)
	}
}

func printValue(b *strings.Builder, v reflect.Value, indent string) {
	switch x := v.Interface().(type) {
	case time.Time:
		fmt.Fprintf(b, " %s\n", x.Format(time.RFC3339Nano))
		return
	case error:
		fmt.Fprintf(b, " error %q\n", x.Error())
		return
	case json.RawMessage:
		fmt.Fprintf(b, " raw %s\n", strings.Join(strings.Fields(string(x)), " "))
		return
	}
	switch v.Kind() {
	case reflect.Interface:
		if v.IsNil() {
			fmt.Fprintln(b, " nil")
			return
		}
		fmt.Fprintf(b, " %T", v.Interface())
		printValue(b, v.Elem(), indent)
	case reflect.Pointer:
		printValue(b, v.Elem(), indent)
	case reflect.Struct:
		fmt.Fprintln(b)
		printStruct(b, v, indent+"  ")
	case reflect.Slice:
		fmt.Fprintln(b)
		for i := range v.Len() {
			fmt.Fprintf(b, "%s  -", indent)
			printValue(b, v.Index(i), indent+"  ")
		}
	case reflect.Map:
		fmt.Fprintln(b)
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
		for _, k := range keys {
			fmt.Fprintf(b, "%s  %s:", indent, k)
			printValue(b, v.MapIndex(k), indent+"  ")
		}
	case reflect.Array:
		fmt.Fprintf(b, " %q\n", v.Interface())
	case reflect.String:
		fmt.Fprintf(b, " %q\n", v.String())
	case reflect.Bool, reflect.Int, reflect.Int64, reflect.Float64:
		fmt.Fprintf(b, " %v\n", v.Interface())
	default:
		panic("print: no form for " + v.Type().String())
	}
}
