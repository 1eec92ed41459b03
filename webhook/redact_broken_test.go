package webhook_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/redact"
	"github.com/kanava-go/kanava/webhook"
)

func TestNoMemberOfABrokenBodyIsTheLabelOfACard(t *testing.T) {
	t.Parallel()
	for _, before := range []string{`{"object":"whatsapp_business_account","entry":["`, `{"order":"`, `{"account_number":"`, `{"id":"`} {
		for card, want := range map[string]string{
			"6200000000000005":                   "XXXXXXXXXXXX0005",
			"4242 4242 4242 4242":                "XXXX XXXX XXXX 4242",
			`4111\n1111\n1111\n1111`:             `XXXX\nXXXX\nXXXX\n1111`,
			`4111\u200b1111\u200b1111\u200b1111`: "XXXX\u200bXXXX\u200bXXXX\u200b1111",
			"it is 371449635398431":              "it is XXXXXXXXXXX8431",
		} {
			for _, after := range []string{``, `","and`, `","and":[`} {
				got, err := webhook.RedactBody([]byte(before+card+after), redact.Cards)
				require.ErrorIs(t, err, webhook.ErrMalformed)
				require.Equal(t, before+want+after, string(got))
			}
		}
	}
}
