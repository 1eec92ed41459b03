package explain_test

import (
	"testing"

	"github.com/kanava-go/kanava/internal/canarytest"
)

func TestNoPrintedValueShowsAPerson(t *testing.T) {
	t.Parallel()
	canarytest.Test(t, canarytest.Package{
		Public: map[string]string{
			"Explanation": "sentences of its own", "Field": "sentences of its own",
		},
	})
}
