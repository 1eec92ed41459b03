package webhook_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/redact"
	"github.com/kanava-go/kanava/webhook"
)

func TestACardNumberOverTheFieldsOfOneMessageIsRedacted(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ typ, content, want string }{
		"a file's name and its caption": {
			"document", `{"id":"5","caption":"0343 6467","filename":"4539_1488.pdf"}`,
			`{"id":"5","caption":"XXXX 6467","filename":"XXXX_XXXX.pdf"}`,
		},
		"a caption and its file's name": {
			"document", `{"id":"5","filename":"0343 6467.pdf","caption":"my card is 4539 1488"}`,
			`{"id":"5","filename":"XXXX 6467.pdf","caption":"my card is XXXX XXXX"}`,
		},
		"a place and its address": {
			"location", `{"latitude":1,"address":"0343 \u0036467","name":"4539 1488"}`,
			`{"latitude":1,"address":"XXXX 6467","name":"XXXX XXXX"}`,
		},
		"the parts of a name": {
			"contacts", `[{"name":{"formatted_name":"4539 1488 0343 6467","first_name":"4539","middle_name":"1488 0343","last_name":"6467"}}]`,
			`[{"name":{"formatted_name":"XXXX XXXX XXXX 6467","first_name":"XXXX","middle_name":"XXXX XXXX","last_name":"6467"}}]`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := func(content string) string {
				return messages(`{"id":"a","from":"1","type":"` + tt.typ + `","` + tt.typ + `":` + content + `}`)
			}
			redactsTo(t, body(tt.content), body(tt.want))
		})
	}
}

func TestACardNumberOverTheFieldsOfAFormIsRedacted(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ response, want string }{
		"four fields":                {`{"card_1":"4539","card_2":"1488","card_3":"0343","card_4":"6467"}`, `{"card_1":"XXXX","card_2":"XXXX","card_3":"XXXX","card_4":"6467"}`},
		"as the builder names them":  {`{"screen_0_Number_0":"4539 1488","screen_0_Number_1":"0343 6467"}`, `{"screen_0_Number_0":"XXXX XXXX","screen_0_Number_1":"XXXX 6467"}`},
		"numbers":                    {`{"n1":45391488,"n2":"03436467"}`, `{"n1":"XXXXXXXX","n2":"XXXX6467"}`},
		"a list":                     {`{"list":["4539","1488","0343","6467"]}`, `{"list":["XXXX","XXXX","XXXX","6467"]}`},
		"an object inside":           {`{"a":{"n1":"4539 1488","n2":"0343 6467"}}`, `{"a":{"n1":"XXXX XXXX","n2":"XXXX 6467"}}`},
		"with its code":              {`{"cvv":"123","card1":"453914880343","card2":"6467"}`, `{"cvv":"XXX","card1":"XXXXXXXXXXXX","card2":"6467"}`},
		"beside an empty one":        {`{"card_1":"4539 1488","card_2":"","card_3":"0343 6467"}`, `{"card_1":"XXXX XXXX","card_2":"","card_3":"XXXX 6467"}`},
		"no card":                    {`{"n_1":"45391488","n_2":"03436468"}`, ``},
		"orders":                     {`{"order_1":"45391488","order_2":"03436467"}`, ``},
		"under names of their own":   {`{"customer":"45391488","ticket":"03436467"}`, ``},
		"among others of their kind": {`{"n1":"45391488","n2":"03436467","n3":"12345678"}`, ``},
		"with something between":     {`{"n1":"45391488","what":"12","n2":"03436467"}`, ``},
		"days":                       {`{"day_1":"2026-11-30","day_2":"2026-12-01","day_3":"2026-12-02"}`, ``},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := func(response string) string {
				quoted, err := json.Marshal(response)
				require.NoError(t, err)
				return messages(`{"id":"a","from":"1","type":"interactive","interactive":{"type":"nfm_reply","nfm_reply":{"response_json":` + string(quoted) + `}}}`)
			}
			if tt.want == "" {
				tt.want = tt.response
			}
			redactsTo(t, body(tt.response), body(tt.want))
		})
	}
}

func TestWhatStandsBesideEachOtherAndIsNoCardStays(t *testing.T) {
	t.Parallel()
	for name, message := range map[string]string{
		"a phone and a postcode":       `{"id":"a","type":"contacts","contacts":[{"name":{"formatted_name":"Kim","first_name":"Kim"},"phones":[{"phone":"453914880343"}],"addresses":[{"zip":"6467","street":"4539 1488","city":"0343 6467"}]}]}`,
		"an invoice and its file":      `{"id":"a","type":"document","document":{"id":"5","caption":"invoice 45391488","filename":"03436467.pdf"}}`,
		"a street and a postcode":      `{"id":"a","type":"location","location":{"latitude":1,"name":"Shop 4539","address":"Street 1488, 0343 6467"}}`,
		"a row and its description":    `{"id":"a","type":"interactive","interactive":{"type":"list_reply","list_reply":{"id":"45391488","title":"453914880343","description":"6467-01-10"}}}`,
		"the names of two people":      `{"id":"a","type":"contacts","contacts":[{"name":{"first_name":"4539 1488"}},{"name":{"first_name":"0343 6467"}}]}`,
		"a caption beside a long file": `{"id":"a","type":"document","document":{"id":"5","caption":"45391488","filename":"IMG-20261129-WA0001.jpg"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := messages(message)
			redactsTo(t, body, body)
		})
	}
	two := messages(`{"id":"a","from":"1","type":"text","text":{"body":"4539 1488"}},{"id":"b","from":"2","type":"text","text":{"body":"0343 6467"}}`)
	redactsTo(t, two, two)
}

// redactsTo says that a body is redacted to another one, once and for all.
func redactsTo(t *testing.T, body, want string) {
	t.Helper()
	clean, err := webhook.RedactBody([]byte(body), redact.Cards)
	require.NoError(t, err)
	require.Equal(t, want, string(clean))
	again, err := webhook.RedactBody(clean, redact.Cards)
	require.NoError(t, err)
	require.Equal(t, want, string(again), "a second pass changes nothing")
}
