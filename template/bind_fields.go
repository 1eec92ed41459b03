package template

import "strings"

// fieldNames are the fields of a ButtonValue in the order of their bits.
var fieldNames = [...]string{
	"suffix", "payload", "coupon", "ttl_minutes", "flow_token",
	"flow_data", "thumbnail", "sections", "order_details",
}

// String lists the fields, for problems.
func (f fields) String() string {
	var list []string
	for i, name := range fieldNames {
		if f&(1<<i) != 0 {
			list = append(list, name)
		}
	}
	return strings.Join(list, ", ")
}
