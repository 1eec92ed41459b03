package console

import (
	"maps"
	"slices"
)

// Routes are all that the console answers, but for scripts and styles.
func Routes() (list []string) {
	for _, p := range allPages() {
		list = append(list, p.route)
	}
	return list
}

// Actions are what is done to a conversation, by the last part of the address.
func Actions() []string { return slices.Sorted(maps.Keys(actions)) }
