package desk_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/kanava-go/kanava/channel/internal/step"
)

// A document that steps share is nobody's to change. That is looked at in all tests of this package.
func TestMain(m *testing.M) {
	step.Watch(10, func(kind, key string) {
		fmt.Fprintf(os.Stderr, "%s %s was changed after it was given away\n", kind, key)
		os.Exit(1)
	})
	os.Exit(m.Run())
}
