package cloudapi

import (
	"encoding/json"
	"strings"
)

// The Graph API is not strict about scalars: the same member can be a number on
// one page and a string on the next. These types read both.

// lenientInt reads a number, or a string that holds one.
type lenientInt int64

// UnmarshalJSON never fails: what is no integer is 0.
func (n *lenientInt) UnmarshalJSON(b []byte) error {
	*n = 0
	var num json.Number
	if json.Unmarshal([]byte(strings.Trim(string(b), `"`)), &num) == nil {
		*n = lenientInt(integer(num))
	}
	return nil
}

// integer is the whole part of a number, 0 if it is out of range.
func integer(n json.Number) int64 {
	if i, err := n.Int64(); err == nil {
		return i
	}
	f, err := n.Float64()
	if err != nil || f <= -1e18 || f >= 1e18 {
		return 0
	}
	return int64(f)
}

// lenientString reads a string, a number or a boolean as text.
type lenientString string

// UnmarshalJSON never fails: what is no scalar is empty.
func (s *lenientString) UnmarshalJSON(b []byte) error {
	*s = ""
	switch {
	case len(b) == 0, b[0] == '{', b[0] == '[', string(b) == "null":
	case b[0] == '"':
		return json.Unmarshal(b, (*string)(s))
	default:
		*s = lenientString(b)
	}
	return nil
}
