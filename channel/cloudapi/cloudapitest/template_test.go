package cloudapitest_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
)

// TestDefinitionsAreCheckedAsOnThePlatform takes each documented rule for template
// definitions, broken once, and the nearest definition that keeps it.
func TestDefinitionsAreCheckedAsOnThePlatform(t *testing.T) {
	t.Parallel()
	const image = `{"type":"HEADER","format":"IMAGE","example":{"header_handle":["4::x"]}}`
	body := func(text string, examples ...string) string {
		if len(examples) == 0 {
			return `{"type":"BODY","text":"` + text + `"}`
		}
		return `{"type":"BODY","text":"` + text + `","example":{"body_text":[["` + strings.Join(examples, `","`) + `"]]}}`
	}
	buttons := func(kinds ...string) string {
		list := map[string]string{
			"QR": `{"type":"QUICK_REPLY","text":"Yes"}`, "URL": `{"type":"URL","text":"Open","url":"https://example.com"}`,
			"PHONE": `{"type":"PHONE_NUMBER","text":"Call","phone_number":"+12025550142"}`,
		}
		var all []string
		for _, k := range kinds {
			all = append(all, list[k])
		}
		return body("Hello.") + `,{"type":"BUTTONS","buttons":[` + strings.Join(all, ",") + `]}`
	}
	cards := func(list ...string) string {
		return body("Hello.") + `,{"type":"CAROUSEL","cards":[` + strings.Join(list, ",") + `]}`
	}
	card := `{"components":[` + image + `,{"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"Yes"}]}]}`
	otherCard := `{"components":[` + image + `,{"type":"BUTTONS","buttons":[{"type":"URL","text":"Open","url":"https://example.com"}]}]}`
	otp := `{"type":"BUTTONS","buttons":[{"type":"OTP","otp_type":"COPY_CODE"}]}`
	for _, tc := range []struct {
		name, category, components, more string
		ok                               bool
	}{
		{"a body is enough", "UTILITY", body("Hello."), "", true},
		{"no body", "UTILITY", image, "", false},
		{"two bodies", "UTILITY", body("Hello.") + "," + body("Again."), "", false},
		{"a variable in the middle", "UTILITY", body("Hi {{1}}, hello.", "Ada"), "", true},
		{"a variable without an example", "UTILITY", body("Hi {{1}}, hello."), "", false},
		{"a variable at the start", "UTILITY", body("{{1}} hello", "a"), "", false},
		{"two variables side by side", "UTILITY", body("Hi {{1}}{{2}} ok", "a", "b"), "", false},
		{"a gap in the numbers", "UTILITY", body("Hi {{1}} and {{3}} ok", "a", "b"), "", false},
		{"numbers in another order", "UTILITY", body("Hi {{2}} and {{1}} ok", "a", "b"), "", true},
		{"names and numbers mixed", "UTILITY", body("Hi {{name}} and {{1}} ok", "a", "b"), "", false},
		{"two variables in the header", "UTILITY", `{"type":"HEADER","format":"TEXT","text":"A {{1}} B {{2}} C"},` + body("Hello."), "", false},
		{"a variable in the footer", "UTILITY", body("Hello.") + `,{"type":"FOOTER","text":"Hi {{1}}"}`, "", false},
		{"a media header without a sample", "UTILITY", `{"type":"HEADER","format":"IMAGE"},` + body("Hello."), "", false},
		{"quick replies before the others", "UTILITY", buttons("QR", "QR", "URL", "PHONE"), "", true},
		{"quick replies after the others", "UTILITY", buttons("URL", "PHONE", "QR", "QR"), "", true},
		{"quick replies apart", "UTILITY", buttons("QR", "URL", "QR"), "", false},
		{"links round a quick reply", "UTILITY", buttons("URL", "QR", "URL"), "", false},
		{"three links", "UTILITY", buttons("URL", "URL", "URL"), "", false},
		{"a variable inside a URL", "UTILITY", body("Hello.") + `,{"type":"BUTTONS","buttons":[{"type":"URL","text":"Open","url":"https://x.example/{{1}}/y","example":["a"]}]}`, "", false},
		{"an offer in a utility template", "UTILITY", body("Hello.") + `,{"type":"LIMITED_TIME_OFFER","limited_time_offer":{"text":"Soon"}}`, "", false},
		{"an offer with a footer", "MARKETING", body("Hello.") + `,{"type":"FOOTER","text":"f"},{"type":"LIMITED_TIME_OFFER","limited_time_offer":{"text":"Soon"}}`, "", false},
		{"two cards alike", "MARKETING", cards(card, card), "", true},
		{"one card", "MARKETING", cards(card), "", false},
		{"eleven cards", "MARKETING", cards(card, card, card, card, card, card, card, card, card, card, card), "", false},
		{"cards with different buttons", "MARKETING", cards(card, otherCard), "", false},
		{"a one-time code", "AUTHENTICATION", `{"type":"BODY","add_security_recommendation":true},` + otp, "", true},
		{"a one-time code with a text", "AUTHENTICATION", `{"type":"BODY","text":"Your code is {{1}}."},` + otp, "", false},
		{"an expiry of 91 minutes", "AUTHENTICATION", `{"type":"BODY"},{"type":"FOOTER","code_expiration_minutes":91},` + otp, "", false},
		{"utility that lives 20 seconds", "UTILITY", body("Hello."), `,"message_send_ttl_seconds":20`, false},
		{"utility that lives 30 days", "UTILITY", body("Hello."), `,"message_send_ttl_seconds":-1`, true},
		{"marketing that lives -1", "MARKETING", body("Hello."), `,"message_send_ttl_seconds":-1`, false},
		{"an unknown key", "UTILITY", body("Hello."), `,"colour":"red"`, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			_, err := s.account.AddTemplate(`{"name":"t","language":"en_US","category":"` + tc.category + `","components":[` + tc.components + `]` + tc.more + `}`)
			if tc.ok {
				require.NoError(t, err)
			} else {
				require.Error(t, err)
			}
		})
	}
}

// TestACarouselIsFilledCardByCard covers the one template with slots inside slots.
func TestACarouselIsFilledCardByCard(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	card := `{"components":[{"type":"HEADER","format":"IMAGE","example":{"header_handle":["4::x"]}},{"type":"BODY","text":"Only {{1}} left."},{"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"Want it"}]}]}`
	_, err := s.account.AddTemplate(`{"name":"c","language":"en_US","category":"MARKETING","components":[{"type":"BODY","text":"Look."},{"type":"CAROUSEL","cards":[` + card + `,` + card + `]}]}`)
	require.NoError(t, err)
	filled := func(i, left string) string {
		return `{"card_index":` + i + `,"components":[{"type":"header","parameters":[{"type":"image","image":{"link":"https://example.com/` + i + `.jpg"}}]},
			{"type":"body","parameters":[{"type":"text","text":"` + left + `"}]},{"type":"button","sub_type":"quick_reply","index":"0","parameters":[{"type":"payload","payload":"want-` + i + `"}]}]}`
	}
	send := func(cards string) (int, map[string]any) {
		return s.send(`"type":"template","template":{"name":"c","language":{"code":"en_US"},"components":[{"type":"carousel","cards":[` + cards + `]}]}`)
	}
	_, b := send(filled("0", "3"))
	require.Equal(t, 132000, code(b), "a card is missing")
	_, b = send(filled("0", "3") + "," + filled("1", "5"))
	require.Zero(t, code(b), "%v", b)
	s.Settle()
	s.in.take()
	shown := s.user.Sees(s.number)[0].Cards
	require.Equal(t, "Only 5 left.", shown[1].Body)
	require.Equal(t, "https://example.com/1.jpg", shown[1].Media.Link)
	_, err = s.user.Tap(s.number, "Want it")
	require.NoError(t, err)
	s.Settle()
	require.Contains(t, string(s.in.take()[0]), `"payload":"want-0"`)
}

func TestAProductCarouselIsAsLongAsTheSend(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.account.AddCatalog(cloudapitest.CatalogConfig{ID: "7"})
	card := `{"components":[{"type":"HEADER","format":"PRODUCT"},{"type":"BUTTONS","buttons":[{"type":"SPM","text":"View"}]}]}`
	_, err := s.account.AddTemplate(`{"name":"p","language":"en_US","category":"MARKETING","components":[{"type":"BODY","text":"New."},{"type":"CAROUSEL","cards":[` + card + `,` + card + `]}]}`)
	require.NoError(t, err)
	send := func(products ...string) int {
		var cards []string
		for i, p := range products {
			cards = append(cards, `{"card_index":`+itoa(i)+`,"components":[{"type":"header","parameters":[{"type":"product","product":{"product_retailer_id":"`+p+`","catalog_id":"7"}}]}]}`)
		}
		_, b := s.send(`"type":"template","template":{"name":"p","language":{"code":"en_US"},"components":[{"type":"carousel","cards":[` + strings.Join(cards, ",") + `]}]}`)
		return code(b)
	}
	require.Equal(t, 132000, send("one"))
	require.Zero(t, send("one", "two", "three"))
	s.Settle()
	require.Equal(t, "three", s.user.Sees(s.number)[0].Cards[2].Product)
}

func TestOneTimeCodesAreInMetasOwnWords(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, err := s.account.AddTemplate(`{"name":"otp","language":"en_US","category":"AUTHENTICATION","components":[{"type":"BODY","add_security_recommendation":true},
		{"type":"FOOTER","code_expiration_minutes":5},{"type":"BUTTONS","buttons":[{"type":"OTP","otp_type":"COPY_CODE"}]}]}`)
	require.NoError(t, err)
	value := `"parameters":[{"type":"text","text":"482913"}]`
	_, b := s.send(`"type":"template","template":{"name":"otp","language":{"code":"en_US"},"components":[{"type":"body",` + value + `},{"type":"button","sub_type":"url","index":0,` + value + `}]}`)
	require.Zero(t, code(b), "%v", b)
	s.Settle()
	seen := s.user.Sees(s.number)[0]
	require.Equal(t, "*482913* is your verification code. For your security, do not share this code.", seen.Text)
	require.Equal(t, "This code expires in 5 minutes.", seen.Footer)
}
