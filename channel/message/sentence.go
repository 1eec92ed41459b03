package message

import (
	"fmt"
	"strconv"
	"strings"
)

// Sentence says in plain English what is wrong, for whoever wrote the message: "Button 3,
// title: It is too long (25 characters, at most 20)." It quotes as little as
// [Problem.String]. For other languages translate by Rule.
func (p Problem) Sentence() string {
	s, ok := sentences[p.Rule]
	if !ok {
		s.text = "This breaks a rule (" + string(p.Rule) + ")"
	}
	text := s.text
	if s.figures != "" && (p.Limit != 0 || p.Actual != 0) {
		text += " (" + fmt.Sprintf(s.figures, p.Actual, p.Limit) + ")"
	}
	text += "."
	if place := placeOf(p.Path); place != "" {
		return place + ": " + text
	}
	return text
}

// sentence is what a rule says, and how its figures are put: what is, and the limit.
type sentence struct{ text, figures string }

var sentences = map[Rule]sentence{
	RuleRequired:  {"This is missing", ""},
	RuleTooLong:   {"It is too long", "%d characters, at most %d"},
	RuleTooLarge:  {"It is too large", "%d bytes, at most %d"},
	RuleTooFew:    {"There are too few", "%d, at least %d"},
	RuleTooMany:   {"There are too many", "%d, at most %d"},
	RuleRange:     {"The number is out of range", ""},
	RulePast:      {"The time has passed", ""},
	RuleTooFar:    {"The time is too far ahead", "%d days, at most %d"},
	RuleFormat:    {"It is not of the right form", ""},
	RuleSpace:     {"There may be no space at its beginning or end", ""},
	RuleDuplicate: {"It is there twice", ""},
	RuleExclusive: {"It cannot be together with another part of the message", ""},
	RuleForbidden: {"It is not possible with this recipient, this channel or this kind of message", ""},
	RuleUniform:   {"All cards must have the same parts", ""},
	RuleOrder:     {"It is in the wrong place", ""},
	RuleSum:       {"The amount is not the sum of its parts", ""},
	RuleUseless:   {"WhatsApp takes it, but it has no effect", ""},
}

// placeOf says in words where a path leads, as people count: from 1. What only JSON has is
// left out.
func placeOf(path string) string {
	var words []string
	for part := range strings.SplitSeq(path, ".") {
		name, index, _ := strings.Cut(part, "[")
		if unseen[name] || name == "" {
			continue
		}
		word := strings.ReplaceAll(name, "_", " ")
		if n, err := strconv.Atoi(strings.TrimSuffix(index, "]")); err == nil {
			word = strings.TrimSuffix(word, "s") + " " + strconv.Itoa(n+1)
		}
		words = append(words, word)
	}
	place := strings.Join(words, ", ")
	if place == "" {
		return ""
	}
	return strings.ToUpper(place[:1]) + place[1:]
}

// unseen are the parts of a path that say nothing to whoever writes a message.
var unseen = map[string]bool{"interactive": true, "action": true, "reply": true, "parameters": true, "content": true}
