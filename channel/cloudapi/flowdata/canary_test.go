package flowdata_test

import (
	"testing"

	"github.com/kanava-go/kanava/channel/cloudapi/flowdata"
	"github.com/kanava-go/kanava/internal/canarytest"
)

func TestNoPrintedValueShowsAPerson(t *testing.T) {
	t.Parallel()
	canarytest.Test(t, canarytest.Package{
		Values: []any{flowdata.Request{}, flowdata.Response{}, flowdata.ClientError{}},
		Public: map[string]string{
			"Config": "has tests of its own", "Handler": "holds a pointer", "Screens": "holds functions", "TokenError": "its Error is a fixed sentence",
		},
		Shown: map[string]string{
			"Request.Action": "a word of Meta's", "Request.Screen": "the name of a screen", "Response.Screen": "the name of a screen",
			"ClientError.Code": "a word of Meta's", "ClientError.Screen": "the name of a screen",
		},
		Words: true,
	})
}
