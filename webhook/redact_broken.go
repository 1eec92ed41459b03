package webhook

import (
	"encoding/json"
	"strings"
)

// redactBroken redacts what is not JSON: what stands between two quotation marks by itself, as
// if it were a string of its own, so that the name of a member does not pass for the label of
// what follows; then the whole, for what is cut in two by one.
func redactBroken(body string, redact func(string) string) string {
	parts := strings.Split(body, `"`)
	for i, part := range parts {
		parts[i] = redactEscaped(part, redact)
	}
	return redact(strings.Join(parts, `"`))
}

// redactEscaped redacts what may be the inside of a JSON string.
func redactEscaped(part string, redact func(string) string) string {
	var text string
	if json.Unmarshal([]byte(`"`+part+`"`), &text) != nil {
		return redact(part)
	}
	safe := redact(text)
	if safe == text {
		return part
	}
	quoted, err := json.Marshal(safe)
	if err != nil {
		return redact(part)
	}
	return string(quoted[1 : len(quoted)-1])
}
