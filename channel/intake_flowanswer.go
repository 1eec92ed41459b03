package channel

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
)

// flowAnswers puts what a person filled into a form into words, a line for each answer in the
// order of the form, and returns the form's token apart. A response that is no JSON object has
// neither: it stays in Message.Choice.
func flowAnswers(response string) (lines []string, token string) {
	d := json.NewDecoder(strings.NewReader(response))
	d.UseNumber()
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, ""
	}
	for d.More() && len(lines) < maxFlowAnswers {
		key, err := d.Token()
		if err != nil {
			return nil, ""
		}
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return nil, ""
		}
		name, _ := key.(string)
		value := inWords(raw, maxFlowLists)
		switch {
		case name == "flow_token":
			token = value
		case value != "":
			lines = append(lines, fieldName(name)+": "+value)
		}
	}
	return lines, token
}

// maxFlowAnswers bounds the lines of one form, and maxFlowLists how deep lists in lists are put into words: each
// level reads all below it once more.
const maxFlowAnswers, maxFlowLists = 100, 4

// formField is a name as the Flow builder makes them: "screen_0_First_name_0".
var formField = regexp.MustCompile(`^screen_\d+_(.+?)(_\d+)?$`)

func fieldName(s string) string {
	if m := formField.FindStringSubmatch(s); m != nil {
		s = m[1]
	}
	return strings.TrimSpace(strings.ReplaceAll(s, "_", " "))
}

// inWords shows a value of JSON: texts without quotes, lists with commas, other things, and lists that are
// deeper than so many levels, as they are.
func inWords(raw json.RawMessage, levels int) string {
	var text string
	var list []json.RawMessage
	switch {
	case json.Unmarshal(raw, &text) == nil:
		return strings.TrimSpace(text)
	case levels > 0 && json.Unmarshal(raw, &list) == nil:
		var all []string
		for _, r := range list {
			all = append(all, inWords(r, levels-1))
		}
		return strings.Join(all, ", ")
	}
	return string(bytes.TrimSpace(raw))
}
