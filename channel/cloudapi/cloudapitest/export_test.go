package cloudapitest

// ParseForTest exposes the request reader to its fuzz target: whether the bytes
// are accepted, and what they mean, written again.
func ParseForTest(b []byte) (again []byte, err error) {
	n, err := parseJSON(string(b))
	if err != nil {
		return nil, err
	}
	e := enc{}
	e.node(&n)
	return e.b, nil
}

// Operations lists the table of operations.
func Operations() []string {
	var out []string
	for k := range operations {
		out = append(out, k)
	}
	return out
}

// ErrTwice is the error of a repeated key, which encoding/json lets pass.
var (
	ErrTwice = errJSONTwice
	ErrDepth = errJSONDepth
)
