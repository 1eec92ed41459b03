package template

import (
	"slices"
	"strings"
)

// variables checks the variables of every text.
func (c *checker) variables() {
	for _, p := range c.places {
		switch t := p.Component.(type) {
		case *Header:
			if t.Format == HeaderText {
				c.text(p.path+".text", t.Text, 1)
			}
		case *Body:
			c.text(p.path+".text", t.Text, maxVariables)
			c.ratio(p.path+".text", t.Text)
		case *Footer:
			c.noVariables(p.path+".text", t.Text)
		case *LimitedTimeOffer:
			c.noVariables(p.path+".limited_time_offer.text", t.Text)
		default: // buttons are checked on their own
		}
	}
}

// noVariables reports variables in a text that cannot have any.
func (c *checker) noVariables(path, s string) {
	if n := len(appendVariables(nil, s)); n > 0 {
		c.error(path, RuleVariableCount).measure(0, n)
	}
}

// text checks the variables of a header or body that may have up to limit.
func (c *checker) text(path, s string, limit int) {
	c.braces(path, s)
	list := appendVariables(nil, s)
	if len(list) == 0 {
		return
	}
	// Every occurrence counts here, also of the same variable.
	if len(list) > limit {
		c.error(path, RuleVariableCount).measure(limit, len(list))
	}
	if len(list) > maxVariables { // comparing each with each would take too long
		return
	}
	c.spelling(path, list)
	// Space at an edge or between two variables is no text.
	if strings.TrimSpace(s[:list[0].start]) == "" || strings.TrimSpace(s[list[len(list)-1].end:]) == "" {
		c.error(path, RuleVariableEdge).sub(subEdge)
	}
	for i := 1; i < len(list); i++ {
		if strings.TrimSpace(s[list[i-1].end:list[i].start]) == "" {
			c.error(path, RuleVariableAdjacent).review()
			break
		}
	}
}

// spelling checks how variables are called. Capitals and digits in a name are
// told apart: the former are refused, of the latter Meta says nothing.
func (c *checker) spelling(path string, list []variable) {
	// Both kinds are collected first: which of them is wrong depends on the
	// format of the whole template.
	var numbers, words []string
	for _, v := range list {
		if digits(v.name) {
			numbers = append(numbers, v.name)
		} else {
			words = append(words, v.name)
		}
	}
	if len(numbers) > 0 && (len(words) > 0 || c.names) || len(words) > 0 && !c.names {
		want := string(Positional)
		if c.names {
			want = string(Named)
		}
		c.error(path, RuleVariableMixed).kinds(want, "")
		return
	}
	if gap := firstGap(numbers); gap > 0 {
		c.error(path, RuleVariableSequence).measure(gap, 0)
	}
	for i, name := range words {
		if strings.ToLower(name) != name {
			c.error(path, RuleVariableToken).kinds("lower case", "").review()
		} else if strings.ContainsAny(name, "0123456789") {
			c.warn(path, RuleVariableToken).kinds("letters and _", "digits")
		}
		if slices.Index(words, name) < i {
			c.error(path, RuleVariableTwice).review()
		}
	}
}

// firstGap returns the first number that is missing from 1, 2, 3 …, 0 if none
// is. A number with leading zeros is not the number.
func firstGap(numbers []string) int {
	// The order does not matter: "{{2}} of {{1}}" is fine.
	seen := make(map[int]bool, len(numbers))
	for _, s := range numbers {
		if n := position(s) + 1; n > 0 && s[0] != '0' {
			seen[n] = true
		} else {
			return len(seen) + 1
		}
	}
	for n := 1; n <= len(seen); n++ {
		if !seen[n] {
			return n
		}
	}
	return 0
}

// braces checks everything in a text that is not a well-formed variable. What
// stands between two pairs of braces was meant to be one; single braces may be
// meant as they are.
func (c *checker) braces(path, s string) {
	var rest strings.Builder
	from := 0
	triple := false
	for _, v := range appendVariables(nil, s) {
		triple = triple || strings.HasSuffix(s[:v.start], "{") || strings.HasPrefix(s[v.end:], "}")
		rest.WriteString(s[from:v.start])
		rest.WriteByte(' ')
		from = v.end
	}
	rest.WriteString(s[from:])
	left := rest.String()
	// What is left holds no well-formed variable any more.
	open, shut := strings.Index(left, "{{"), strings.LastIndex(left, "}}")
	switch {
	case triple:
		c.error(path, RuleVariableBraces).review()
	case open >= 0 && shut > open:
		c.error(path, RuleVariableToken).review() // {{first name}}, {{$1}}, {{}}
	case open >= 0, shut >= 0:
		c.error(path, RuleVariableBraces).review()
	case strings.ContainsAny(left, "{}"):
		c.warn(path, RuleVariableBraces)
	}
}

// ratio warns of bodies with many variables for few words. Meta refuses them
// without saying where the limit is; this one is experience.
func (c *checker) ratio(path, s string) {
	list := appendVariables(nil, s)
	if len(list) == 0 {
		return
	}
	words := len(strings.Fields(s)) // a variable counts as part of a word
	if need := 2*len(list) + 1; words < need {
		c.warn(path, RuleVariableRatio).measure(need, words)
	}
}
