package credentials

// Finding is what a test found about one thing. It holds no secret, name or phone number.
type Finding struct {
	// ID is a stable word: the JSON name of a field that is wrong in itself, or what was checked.
	ID string `json:"id"`
	// Title names what was checked, for people.
	Title string `json:"title"`
	Grade Grade  `json:"grade"`
	// Value is what was found, such as "GREEN"; "" where there is nothing to show.
	Value string `json:"value,omitempty"`
	// Text says what is so, Do what to do about it and Link where; "" if all is well.
	Text string `json:"text,omitempty"`
	Do   string `json:"do,omitempty"`
	Link string `json:"link,omitempty"`
	// Code is the platform's for what it refused; 0 if it refused nothing.
	Code int `json:"code,omitempty"`
}

// Grade says how something was found.
type Grade string

// The grades, from good to bad.
const (
	OK      Grade = "ok"
	Unknown Grade = "unknown" // it could not be looked at
	Warning Grade = "warning" // messages flow, and somebody should see to it
	Failed  Grade = "failed"  // messages do not flow, or soon will not
)

// Usable says whether a channel can begin with what was tested: nothing failed. Without findings it
// cannot.
func Usable(findings []Finding) bool {
	for _, f := range findings {
		if f.Grade == Failed {
			return false
		}
	}
	return len(findings) > 0
}
