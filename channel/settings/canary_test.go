package settings_test

import (
	"testing"

	"github.com/kanava-go/kanava/internal/canarytest"
)

func TestNoPrintedValueShowsAPerson(t *testing.T) {
	t.Parallel()
	canarytest.Test(t, canarytest.Package{
		Public: map[string]string{
			"Settings": "what an administrator wrote", "FilePolicy": "what an administrator wrote", "Retention": "what an administrator wrote",
			"Error": "names fields and channels", "Problems": "names fields and channels",
		},
	})
}
