package webhook_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/internal/fixtures"
	"github.com/kanava-go/kanava/redact"
	"github.com/kanava-go/kanava/webhook"
)

// cardDigits stands in for a redactor of card numbers: runs of 13 to 19 digits
// that start like a card, spaces and dashes between them allowed.
var cardDigits = regexp.MustCompile(`\b[3-6]\d{3}(?:[ -]?\d{4}){2}[ -]?\d{1,7}\b`)

func maskCards(s string) string { return cardDigits.ReplaceAllString(s, "[card]") }

const card = "4111 1111 1111 1111"

// A redactor may take "4111111111111111.pdf" for one word, of which no part is a card.
func TestTheNameOfAFileIsRedactedWithoutItsExtensionToo(t *testing.T) {
	t.Parallel()
	alone := func(s string) string {
		return regexp.MustCompile(`(^|\s)\d{16}($|\s)`).ReplaceAllString(s, "${1}[card]${2}")
	}
	for name, want := range map[string]string{
		"4111111111111111.pdf":      "[card].pdf",
		"my 4111111111111111.tar.x": "my [card].tar.x",
		"4111111111111111 a.pdf":    "[card] a.pdf",
		"4111111111111111":          "[card]",
		"a.4111":                    "a.4111",
		"":                          "",
	} {
		body := messages(`{"id":"a","from":"1","type":"document","document":{"id":"5","filename":"` + name + `"}}`)
		clean, err := webhook.RedactBody([]byte(body), alone)
		require.NoError(t, err)
		require.Contains(t, string(clean), `"filename":"`+want+`"`)
	}
}

func TestCardNumbersInEveryPlaceForTextAreRedacted(t *testing.T) {
	t.Parallel()
	message := func(typ, content string) string {
		return messages(`{"id":"a","from":"1","type":"` + typ + `","` + typ + `":` + content + `}`)
	}
	for name, body := range map[string]string{
		"text":                      message("text", `{"body":"my card 4111 1111 1111 1111"}`),
		"text with escapes":         message("text", `{"body":"\u0034\u003111 1111 1111\u00201111"}`),
		"caption":                   message("image", `{"id":"5","caption":"4111 1111 1111 1111"}`),
		"file name":                 message("document", `{"id":"5","filename":"4111111111111111.pdf"}`),
		"name of a place":           message("location", `{"latitude":1,"name":"4111 1111 1111 1111"}`),
		"address of a place":        message("location", `{"latitude":1,"address":"4111 1111 1111 1111"}`),
		"link of a place":           message("location", `{"latitude":1,"url":"https://x/ 4111111111111111 "}`),
		"name on an address card":   message("contacts", `[{"name":{"formatted_name":"4111 1111 1111 1111"}}]`),
		"phone on an address card":  message("contacts", `[{"phones":[{"phone":"4111 1111 1111 1111"}]}]`),
		"link on an address card":   message("contacts", `[{"urls":[{"url":"4111 1111 1111 1111"}]}]`),
		"vCard":                     message("contacts", `[{"vcard":"BEGIN:VCARD\nNOTE:4111 1111 1111 1111\nEND:VCARD"}]`),
		"title of a button":         message("interactive", `{"type":"button_reply","button_reply":{"id":"b","title":"4111 1111 1111 1111"}}`),
		"description of a list row": message("interactive", `{"type":"list_reply","list_reply":{"id":"b","description":"4111 1111 1111 1111"}}`),
		"body of a form":            message("interactive", `{"type":"nfm_reply","nfm_reply":{"body":"4111 1111 1111 1111"}}`),
		"answer in a form":          message("interactive", `{"type":"nfm_reply","nfm_reply":{"response_json":"{\"card\": \"4111 1111 1111 1111\"}"}}`),
		"escaped answer in a form":  message("interactive", `{"type":"nfm_reply","nfm_reply":{"response_json":"{\"card\": \"\\u0034111 1111 1111 1111\"}"}}`),
		"numeric answer in a form":  message("interactive", `{"type":"nfm_reply","nfm_reply":{"response_json":"{\"a\":[{\"id\":4111111111111111}]}"}}`),
		"id-like answer in a form":  message("interactive", `{"type":"nfm_reply","nfm_reply":{"response_json":"{\"user_id\": \"4111111111111111\"}"}}`),
		"form that is no JSON":      message("interactive", `{"type":"nfm_reply","nfm_reply":{"response_json":"{4111 1111 1111 1111"}}`),
		"form that is an object":    message("interactive", `{"type":"nfm_reply","nfm_reply":{"response_json":{"card":"4111 1111 1111 1111"}}}`),
		"text of a quick reply":     message("button", `{"text":"4111 1111 1111 1111","payload":"p"}`),
		"payload of a quick reply":  message("button", `{"text":"t","payload":"4111 1111 1111 1111"}`),
		"payload of the future":     message("button2", `{"text":"t","payload":"4111 1111 1111 1111"}`),
		"note on an order":          message("order", `{"text":"4111 1111 1111 1111"}`),
		"edited text":               message("edit", `{"original_message_id":"o","message":{"type":"text","text":{"body":"4111 1111 1111 1111"}}}`),
		"edited caption":            message("edit", `{"original_message_id":"o","message":{"type":"image","image":{"caption":"4111 1111 1111 1111"}}}`),
		"system message":            message("system", `{"type":"user_changed_number","body":"4111 1111 1111 1111 changed"}`),
		"kind of the future":        message("hologram", `{"words":[["4111 1111 1111 1111"]]}`),
		"number of the future":      message("hologram", `{"card":4111111111111111}`),
		"words of the future":       message("hologram", `{"status":"4111 1111 1111 1111","response":"4111-1111-1111-1111","value":"4111111111111111","input_type":"4111111111111111","type":4111111111111111}`),
		"more than the last four":   message("interactive", `{"type":"payment_method","payment_method":{"last_four_digits":"4111111111111111"}}`),
		"an emoji that is none":     message("reaction", `{"message_id":"w","emoji":"4111 1111 1111 1111"}`),
		"message without a type":    messages(`{"id":"a","words":"4111 1111 1111 1111"}`),
		"message that is a string":  messages(`"4111 1111 1111 1111"`),
		"profile name":              in("messages", `{"contacts":[{"profile":{"name":"4111 1111 1111 1111"}}],"messages":[`+good+`]}`),
		"username":                  in("messages", `{"contacts":[{"profile":{"username":"4111 1111 1111 1111"}}],"messages":[`+good+`]}`),
		"referral":                  messages(`{"id":"a","type":"request_welcome","referral":{"body":"4111 1111 1111 1111"}}`),
		"welcome of a referral":     messages(`{"id":"a","type":"request_welcome","referral":{"welcome_message":{"text":"4111 1111 1111 1111"}}}`),
		"summary":                   in("messages", `{"conversation_context":{"summary":{"text":"4111 1111 1111 1111"}},"messages":[`+good+`]}`),
		"error that quotes":         messages(`{"id":"a","type":"unsupported","errors":[{"code":1,"error_data":{"details":"4111 1111 1111 1111"}}]}`),
		"notes of a payment":        in("messages", `{"statuses":[{"id":"s","type":"payment","status":"captured","payment":{"notes":{"k":"4111 1111 1111 1111"}}}]}`),
		"echo":                      in("smb_message_echoes", `{"message_echoes":[{"id":"a","type":"text","text":{"body":"4111 1111 1111 1111"}}]}`),
		"standby":                   in("standby", `{"standby":{"messages":[{"id":"a","type":"text","text":{"body":"4111 1111 1111 1111"}}]}}`),
		"standby request":           in("standby", `{"standby":{"message_echoes":[{"id":"a","message":{"type":"template","template":{"components":[{"parameters":[{"type":"text","text":"4111 1111 1111 1111"}]}]}}}]}}`),
		"history":                   in("history", `{"history":[{"threads":[{"id":"1","messages":[{"id":"a","type":"text","text":{"body":"4111 1111 1111 1111"}}]}]}]}`),
		"call payloads":             in("calls", `{"calls":[{"id":"c","event":"connect","cta_payload":"4111 1111 1111 1111","deeplink_payload":"4111 1111 1111 1111","biz_opaque_callback_data":"4111 1111 1111 1111"}]}`),
		"address book":              in("smb_app_state_sync", `{"state_sync":[{"type":"contact","action":"add","contact":{"full_name":"4111 1111 1111 1111","first_name":"4111 1111 1111 1111","phone_number":"1"}}]}`),
		"note of a handover":        in("messaging_handovers", `{"type":"control_passed","control_passed":{"metadata":"4111 1111 1111 1111"}}`),
		"summary of a handover":     in("messaging_handovers", `{"type":"control_passed","control_passed":{"conversation_context":{"summary":{"text":"4111 1111 1111 1111"}}}}`),
		"subject of a group":        in("group_lifecycle_update", `{"groups":[{"group_id":"g","subject":"4111 1111 1111 1111"}]}`),
		"field of the future":       in("future", `{"words":"4111 1111 1111 1111"}`),
		"value that is a string":    in("messages", `"4111 1111 1111 1111"`),
		"change that is a string":   `{"object":"whatsapp_business_account","entry":[{"changes":["4111 1111 1111 1111"]}]}`,
		"entry that is a string":    `{"object":"whatsapp_business_account","entry":["4111 1111 1111 1111"]}`,
		"entry of another form":     `{"object":"whatsapp_business_account","entry":[{"words":"4111 1111 1111 1111"}]}`,
		"another object":            `{"object":"page","entry":[{"messaging":[{"message":{"text":"4111 1111 1111 1111"}}]}]}`,
		"member beside the entries": `{"object":"whatsapp_business_account","words":"4111 1111 1111 1111","entry":[]}`,
		"two members of one name":   message("text", `{"body":"4111 1111 1111 1111","body":"4111 1111 1111 1111"}`),
		"a body that is a string":   `"4111 1111 1111 1111"`,
		"a body that is an array":   `[["4111 1111 1111 1111"]]`,
		"field named after another": in("messages", `{"field":"security","messages":[{"id":"a","type":"text","text":{"body":"4111 1111 1111 1111"}}]}`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before := bytes.Clone([]byte(body))
			clean, err := webhook.RedactBody([]byte(body), maskCards)
			require.NoError(t, err)
			require.True(t, json.Valid(clean), "%s", clean)
			require.Contains(t, string(clean), "[card]")
			require.Equal(t, before, []byte(body), "the body itself is not touched")

			// No digit of it is left, however it might be written.
			var v any
			require.NoError(t, json.Unmarshal(clean, &v))
			require.NotContains(t, strings.ReplaceAll(fmt.Sprint(v), " ", ""), "1111")
			require.NotContains(t, string(clean), `\u0034`)

			again, err := webhook.RedactBody(clean, maskCards)
			require.NoError(t, err)
			require.Equal(t, clean, again, "redacting twice changes nothing more")
		})
	}
}

func TestBodiesWithNothingToRedactAreReturnedAsTheyAre(t *testing.T) {
	t.Parallel()
	for _, f := range fixtures.All() {
		clean, err := webhook.RedactBody(f.Body, maskCards)
		require.NoError(t, err)
		if strings.Contains(f.Name, "card_number") {
			require.NotEqual(t, f.Body, clean, f.Name)
			continue
		}
		require.Same(t, &f.Body[0], &clean[0], f.Name)
	}
}

// TestIdentifiersSurviveTheHarshestRedaction replaces every text and compares
// what must not change: kinds, keys, identifiers, numbers and links.
func TestIdentifiersSurviveTheHarshestRedaction(t *testing.T) {
	t.Parallel()
	for _, f := range fixtures.All() {
		if f.Name == "envelope_other_object" {
			continue
		}
		clean, err := webhook.RedactBody(f.Body, func(string) string { return "X" })
		require.NoError(t, err)
		require.True(t, json.Valid(clean), f.Name)
		before, err := webhook.Parse(f.Body)
		require.NoError(t, err)
		after, err := webhook.Parse(clean)
		require.NoError(t, err)
		require.Equal(t, describe(before), describe(after), f.Name)
		require.Equal(t, identifiers(f.Body), identifiers(clean), f.Name)

		was, is := keysOf(t, f.Body), keysOf(t, clean)
		for i, k := range was {
			// Where a message, status or call is identified by its own id.
			if kind, _, _ := strings.Cut(k, "."); kind != "event" && kind != "unknown" {
				require.Equal(t, k, is[i], f.Name)
			}
		}
	}
}

var identifier = regexp.MustCompile(`"(?:wamid|wacid)\.[^"]*"|"https?://[^"]*"|"US\.[^"]*"|"(?:wa_id|from|to|recipient_id|phone_number|phone_number_id|display_phone_number|id|sha256|timestamp)": "[^"]*"`)

// identifiers returns everything in a pretty-printed body that identifies, apart
// from what stands on address cards and places.
func identifiers(body []byte) []string {
	var found []string
	for _, s := range identifier.FindAllString(string(body), -1) {
		if !strings.Contains(s, "https://example.com/") {
			found = append(found, s)
		}
	}
	return found
}

func TestWhatIsNoTextStays(t *testing.T) {
	t.Parallel()
	const id = "4111111111111111" // ids of Meta's can look like this
	for name, body := range map[string]string{
		"media id and link":     messages(`{"id":"a","type":"image","image":{"id":"` + id + `","url":"https://x/` + id + `","sha256":"` + id + `","mime_type":"image/jpeg"}}`),
		"message ids":           messages(`{"id":"` + id + `","context":{"id":"` + id + `","from":"` + id + `"},"type":"reaction","reaction":{"message_id":"` + id + `"}}`),
		"identities":            in("messages", `{"contacts":[{"wa_id":"`+id+`","user_id":"`+id+`"}],"messages":[{"id":"a","from":"`+id+`","from_user_id":"`+id+`"}]}`),
		"our own id":            in("messages", `{"statuses":[{"id":"s","status":"sent","biz_opaque_callback_data":"`+id+`","recipient_id":"`+id+`"}]}`),
		"a template's id":       in("message_template_status_update", `{"event":"APPROVED","message_template_id":`+id+`,"message_template_name":"`+id+`"}`),
		"a group's id and link": in("group_lifecycle_update", `{"groups":[{"group_id":"`+id+`","request_id":"`+id+`","invite_link":"`+id+`"}]}`),
		"a session description": in("calls", `{"calls":[{"id":"c","event":"connect","session":{"sdp":"`+id+`"}}]}`),
		"coordinates":           messages(`{"id":"a","type":"location","location":{"latitude":41.11111111111111,"longitude":4.111111111111111e15}}`),
		"a timestamp":           messages(`{"id":"a","timestamp":4111111111111,"type":"request_welcome"}`),
		"the account":           `{"object":"whatsapp_business_account","entry":[{"id":"` + id + `","changes":[]}]}`,
		"a tapped button":       messages(`{"id":"a","type":"interactive","interactive":{"type":"button_reply","button_reply":{"id":"` + id + `","title":"Yes"}}}`),
		"a chosen row":          messages(`{"id":"a","type":"interactive","interactive":{"type":"list_reply","list_reply":{"id":"` + id + `","title":"Yes"}}}`),
		"a whole number beyond": messages(`{"id":"a","type":"hologram","hologram":{"n":41111111111111111111}}`),
	} {
		clean, err := webhook.RedactBody([]byte(body), maskCards)
		require.NoError(t, err, name)
		require.Equal(t, body, string(clean), name)
	}
}

func TestBodiesThatAreNotJSONAreRedactedAsText(t *testing.T) {
	t.Parallel()
	clean, err := webhook.RedactBody([]byte(`{"text":"`+card+`"`), maskCards)
	require.ErrorIs(t, err, webhook.ErrMalformed)
	require.Equal(t, `{"text":"[card]"`, string(clean))
	plain := []byte(`{"text":"hi"`)
	clean, err = webhook.RedactBody(plain, maskCards)
	require.ErrorIs(t, err, webhook.ErrMalformed)
	require.Same(t, &plain[0], &clean[0])
}

func TestRedactorMayReturnAnything(t *testing.T) {
	t.Parallel()
	nasty := "\"\\\n\x00\xff\u2028</script>"
	clean, err := webhook.RedactBody([]byte(messages(good)), func(string) string { return nasty })
	require.NoError(t, err)
	m := first[*webhook.Message](t, string(clean))
	require.Equal(t, strings.ToValidUTF8(nasty, "\ufffd"), m.Content.(*webhook.Text).Body)
}

// TestNumbersInNamesAreSeen puts card numbers where words are glued to them.
func TestNumbersInNamesAreSeen(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"scan_4539148803436467.jpg":         "scan_XXXXXXXXXXXX6467.jpg",
		"IMG-4539-1488-0343-6467.pdf":       "IMG-XXXX-XXXX-XXXX-6467.pdf",
		"IMG4539148803436467.PDF":           "IMGXXXXXXXXXXXX6467.PDF",
		"karte4539 1488 0343 6467vorne.png": "karteXXXX XXXX XXXX 6467vorne.png",
		"2026-11-29_4539148803436467.pdf":   "2026-11-29_XXXXXXXXXXXX6467.pdf",
		"4539.1488.0343.6467.tar.gz":        "XXXX.XXXX.XXXX.6467.tar.gz",
		"card(4539148803436467)_2.heic":     "card(XXXXXXXXXXXX6467)_2.heic",
		"IMG-20261129-WA0001.jpg":           "IMG-20261129-WA0001.jpg",
		"PXL_20261129_123456789.mp4":        "PXL_20261129_123456789.mp4",
		"1764425412345.ogg":                 "1764425412345.ogg",
	} {
		body := messages(`{"id":"a","from":"1","type":"document","document":{"id":"5","filename":"` + name + `"}}`)
		clean, err := webhook.RedactBody([]byte(body), redact.Cards)
		require.NoError(t, err)
		require.Contains(t, string(clean), `"filename":"`+want+`"`)
	}
}

// TestNamesOfMembersAndCodesBesideACardAreRedacted covers objects of which nobody knows the
// form: numbers as names, and codes in members of their own.
func TestNamesOfMembersAndCodesBesideACardAreRedacted(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]string{
		`{"4539148803436467":{"a":1}}`:                                     `{"XXXXXXXXXXXX6467":{"a":1}}`,
		`{"list":[{"4539 1488 0343 6467":null}]}`:                          `{"list":[{"XXXX XXXX XXXX 6467":null}]}`,
		`{"4539 \u0031488 0343 6467":"x"}`:                                 `{"XXXX XXXX XXXX 6467":"x"}`,
		`{"cvv":"123","number":"4539148803436467","exp":"09/27"}`:          `{"cvv":"XXX","number":"XXXXXXXXXXXX6467","exp":"09/27"}`,
		`{"number":4539148803436467,"security_code":123,"count":200}`:      `{"number":"XXXXXXXXXXXX6467","security_code":"XXX","count":200}`,
		`{"card":"4539 1488 0343 6467","securityCode":"1234","room":"12"}`: `{"card":"XXXX XXXX XXXX 6467","securityCode":"XXXX","room":"12"}`,
		`{"number":4539148803436467.0}`:                                    `{"number":"XXXXXXXXXXXX6467.0"}`,
		`{"cvv":"123","room":"412"}`:                                       `{"cvv":"123","room":"412"}`,
	} {
		body := messages(`{"id":"a","from":"1","type":"hologram","hologram":` + content + `}`)
		clean, err := webhook.RedactBody([]byte(body), redact.Cards)
		require.NoError(t, err)
		require.Contains(t, string(clean), `"hologram":`+want)
		quoted, err := json.Marshal(content)
		require.NoError(t, err)
		body = messages(`{"id":"a","from":"1","type":"interactive","interactive":{"type":"nfm_reply","nfm_reply":{"response_json":` + string(quoted) + `}}}`)
		clean, err = webhook.RedactBody([]byte(body), redact.Cards)
		require.NoError(t, err)
		quoted, err = json.Marshal(want)
		require.NoError(t, err)
		require.Contains(t, string(clean), string(quoted), "in the answers of a Flow")
		again, err := webhook.RedactBody(clean, redact.Cards)
		require.NoError(t, err)
		require.Equal(t, string(clean), string(again), "a second pass changes nothing")
	}
}

func TestNumbersInTheDigitsOfAnyScriptAreFoundWhereOnlyNumbersAreLookedFor(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"name of a member":        `{"٤١١١١١١١١١١١١١١١":"a"}`,
		"kind of a message":       `{"messages":[{"id":"a","type":"４１１１１１１１１１１１１１１１"}]}`,
		"emoji of a reaction":     `{"messages":[{"reaction":{"message_id":"wamid.A","emoji":"४१११ ११११ ११११ ११११"}}]}`,
		"code beside a card":      `{"number":"4111111111111111","security_code":"१२३"}`,
		"kind beside other texts": `{"type":"٤١١١ ١١١١ ١١١١ ١١١١","text":"hello"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clean, err := webhook.RedactBody([]byte(body), redact.Cards)
			require.NoError(t, err)
			require.Contains(t, string(clean), "XXX")
			require.NotRegexp(t, `[\x{661}\x{967}\x{FF11}]{5}|१२३`, string(clean))
		})
	}
}

// TestWhatStandsUnderARedactedNameIsReadAsUnderTheNewOne: else a second pass would read it in another way.
func TestWhatStandsUnderARedactedNameIsReadAsUnderTheNewOne(t *testing.T) {
	t.Parallel()
	whole := func(s string) string {
		if maskCards(s) != s {
			return "[card]"
		}
		return s
	}
	for body, want := range map[string]string{
		`{"4111111111111111-_id":"my 4111111111111111"}`:        `{"[card]":"[card]"}`,
		`{"4111111111111111-_url":{"a":"my 4111111111111111"}}`: `{"[card]":{"a":"[card]"}}`,
		`{"4111111111111111-_type":["no card", 411111111111]}`:  `{"[card]":["no card", 411111111111]}`,
	} {
		clean, err := webhook.RedactBody([]byte(body), whole)
		require.NoError(t, err)
		require.Equal(t, want, string(clean))
		again, err := webhook.RedactBody(clean, whole)
		require.NoError(t, err)
		require.Equal(t, want, string(again))
	}
}
