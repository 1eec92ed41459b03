package limitertest

import (
	"context"

	"github.com/kanava-go/kanava/channel/cloudapi"
)

// CheckCase runs one case by its name; found is false if there is none of that name.
func CheckCase(ctx context.Context, name string, open func(cloudapi.Limits) func() cloudapi.Limiter) (found bool, err error) {
	for _, c := range cases() {
		if c.name == name {
			return true, c.check(ctx, open)
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
