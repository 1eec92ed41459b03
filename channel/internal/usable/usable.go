// Package usable says which texts from outside can be kept. It is the hub's and the desk's.
package usable

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Err is channel.ErrUnusable.
var Err = errors.New("channel: too long, not valid UTF-8, or has a NUL in it")

// Text returns an error that matches [Err] and names the text, if it has more than most bytes, is no UTF-8 or
// has a NUL in it.
func Text(what, s string, most int) error {
	if len(s) <= most && !strings.ContainsRune(s, 0) && utf8.ValidString(s) {
		return nil
	}
	return fmt.Errorf("channel: %s of %d bytes, want at most %d: %w", what, len(s), most, Err)
}
