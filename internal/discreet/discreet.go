// Package discreet prints values of which others may see a part only: what people
// wrote, who they are, what opens a door.
//
// A type that holds such things has two methods. LogValue says what may be seen, and
// Format, which package fmt asks before anything else and for every verb, shows just that:
//
//	func (m Message) LogValue() slog.Value        { return slog.GroupValue(…) }
//	func (m Message) Format(f fmt.State, _ rune) { discreet.Format(f, m) }
//
// Both have value receivers, so that values, pointers, and slices, maps and structs of
// them are covered alike.
package discreet

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
)

// Format writes what v shows in a log, whatever the verb and the flags.
func Format(f fmt.State, v slog.LogValuer) {
	_, _ = io.WriteString(f, v.LogValue().Resolve().String()) // fmt has no use for the error
}

// JSON returns what v shows in a log as a JSON string. It is for values that are printed by
// encoders of JSON only by mistake, inside of a log record for example.
func JSON(v slog.LogValuer) ([]byte, error) {
	return json.Marshal(v.LogValue().Resolve().String())
}
