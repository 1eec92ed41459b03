package redact_test

import (
	"testing"

	"github.com/kanava-go/kanava/redact"
	"github.com/stretchr/testify/require"
)

func TestCardsMasksABareNumber(t *testing.T) {
	t.Parallel()
	require.Equal(t, "pay XXXXXXXXXXXX4242 now", redact.Cards("pay 4242424242424242 now"))
	require.Equal(t, "order 4242424242424243", redact.Cards("order 4242424242424243"))
}
