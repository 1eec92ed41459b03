package storetest

import (
	"context"

	"github.com/kanava-go/kanava/channel/store"
)

// CheckCase runs one case by its name; found is false if there is none of that name.
func CheckCase(ctx context.Context, name string, s store.Store, reopen func() store.Store) (found bool, err error) {
	for _, c := range cases() {
		if c.name == name {
			return true, c.check(ctx, harness{s, reopen})
		}
	}
	return false, nil
}

// CaseNames returns the names of all cases.
func CaseNames() (names []string) {
	for _, c := range cases() {
		names = append(names, c.name)
	}
	return names
}

// CallersClockCases returns the names of the cases that need leases by the caller's clock.
func CallersClockCases() []string { return callersClockCases }
