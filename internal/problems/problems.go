// Package problems takes apart what a check of settings has found, so that whoever passes it on can say
// of each problem by itself where it is.
package problems

import (
	"iter"
	"strings"
)

// Each yields the problems that err joins, in their order and however often they were joined; err
// itself if it joins none, and nothing for nil.
func Each(err error) iter.Seq[error] {
	return func(yield func(error) bool) { each(err, yield) }
}

func each(err error, yield func(error) bool) bool {
	if err == nil {
		return true
	}
	all, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return yield(err)
	}
	for _, e := range all.Unwrap() {
		if !each(e, yield) {
			return false
		}
	}
	return true
}

// Rule is what a problem says, without the names that its package put before it: the field's own and
// "settings".
func Rule(field string, err error) string {
	return strings.TrimPrefix(strings.TrimPrefix(err.Error(), field+": "), "settings: ")
}
