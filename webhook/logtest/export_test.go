package logtest

import "context"

// CheckCase runs one case by its name; found is false if there is none of that name.
func CheckCase(ctx context.Context, name string, open func(Options) Log) (found bool, err error) {
	for _, c := range cases() {
		if c.name == name {
			return true, c.check(ctx, &harness{name: name, open: open})
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
