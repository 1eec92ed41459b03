package channel

import (
	"fmt"
	"strings"
	"unicode"
)

// A SettingError is one problem of the settings of a channel; as many as there are come joined,
// always in the same order. It quotes no setting but names of channels.
type SettingError struct {
	// Channel is the channel's ID, and Field the JSON name of the setting, such as "budget" or
	// "desk".
	Channel string
	Field   string
	// Rule says what is wrong and what would be right; for a field of a setting it begins with its
	// path.
	Rule string

	cause error
}

// Error names channel, field and rule.
func (e *SettingError) Error() string {
	return fmt.Sprintf("channel: settings of %q: %s: %s", e.Channel, e.Field, e.Rule)
}

// Unwrap returns the error of the package that the setting belongs to, nil if there is none.
func (e *SettingError) Unwrap() error { return e.cause }

// settingProblems collects the problems of one channel's settings.
type settingProblems struct {
	channel string
	errs    []error
}

func (p *settingProblems) bad(cond bool, field, rule string, args ...any) {
	if cond {
		p.errs = append(p.errs, &SettingError{Channel: p.channel, Field: field, Rule: fmt.Sprintf(rule, args...)})
	}
}

// of adds the problems that another package found with a field, each by itself.
func (p *settingProblems) of(field string, err error) {
	if err == nil {
		return
	}
	if all, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range all.Unwrap() {
			p.of(field, e)
		}
		return
	}
	rule := strings.TrimPrefix(strings.TrimPrefix(err.Error(), field+": "), "settings: ")
	p.errs = append(p.errs, &SettingError{Channel: p.channel, Field: field, Rule: rule, cause: err})
}

// visibleName is a name as people tell it from others: without what cannot be seen, with one
// space for every kind of space, in one case.
func visibleName(name string) string {
	name = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || blank(r) {
			return ' '
		}
		if unicode.In(r, unicode.Cf, unicode.Cc, unicode.Variation_Selector) || r == '\u034F' {
			return -1
		}
		return r
	}, name)
	return strings.ToLower(strings.ToUpper(strings.Join(strings.Fields(name), " ")))
}

// blank says that a letter or sign shows nothing: the Hangul fillers and the empty Braille cell.
func blank(r rune) bool {
	switch r {
	case '\u115F', '\u1160', '\u3164', '\uFFA0', '\u2800':
		return true
	}
	return false
}
