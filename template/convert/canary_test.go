package convert_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/internal/canarytest"
	"github.com/kanava-go/kanava/template/convert"
)

func TestNoPrintedValueShowsAPerson(t *testing.T) {
	t.Parallel()
	canarytest.Test(t, canarytest.Package{
		Values: []any{convert.Chatwoot{}, convert.ContentVariables{}},
		Public: map[string]string{"TwilioMapping": "names a place in a template"},
		Shown:  map[string]string{"Chatwoot.Name": "names the template", "Chatwoot.Language": "names the template"},
		Words:  true,
	})
}

func TestErrorsQuoteNothing(t *testing.T) {
	t.Parallel()
	_, err := convert.ParseChatwoot([]byte(`{"name":"n","processed_params":{"body":{"1":["canary text"]}}}`))
	require.Error(t, err)
	require.NotContains(t, err.Error(), "canary")
	_, err = convert.ParseContentVariables(`{"1":["canary text"]}`)
	require.Error(t, err)
	require.NotContains(t, err.Error(), "canary")
}
