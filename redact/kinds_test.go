package redact_test

import (
	"bufio"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/redact"
)

// TestKinds shows the kinds of messages that rules with less to go by got wrong.
func TestKinds(t *testing.T) {
	t.Parallel()
	for name, rows := range map[string][][2]string{
		"other numbers beside a card veto nothing": {
			{"my card is 4539 1488 0343 6467 94107", "my card is XXXX XXXX XXXX 6467 94107"},
			{"visa 4539 1488 0343 6467 2027", "visa XXXX XXXX XXXX 6467 2027"},
			{"card: 123 4539 1488 0343 6467", "card: 123 XXXX XXXX XXXX 6467"},
			{"4539 1488 0343 6467 1500 EUR", "XXXX XXXX XXXX 6467 1500 EUR"},
			{"29.11.2026 4539 1488 0343 6467", "29.11.2026 XXXX XXXX XXXX 6467"},
			{"flat 12 4539 1488 0343 6467", "flat 12 XXXX XXXX XXXX 6467"},
			{"4539 1488 0343 6467 123 €", "XXXX XXXX XXXX 6467 123 €"},
		},
		"letters glued to a card veto nothing if a word says that it is one": {
			{"card 4539148803436467is mine", "card XXXXXXXXXXXX6467is mine"},
			{"mycardis4539148803436467ok?", "mycardisXXXXXXXXXXXX6467ok?"},
			{"4539148803436467is mine", "4539148803436467is mine"},
		},
		"whatever stands between the groups, if it is always the same": {
			{"(4539) (1488) (0343) (6467)", "(XXXX) (XXXX) (XXXX) (6467)"}, {"4539…1488…0343…6467", "XXXX…XXXX…XXXX…6467"},
			{`"4539" "1488" "0343" "6467"`, `"XXXX" "XXXX" "XXXX" "6467"`}, {"4539+1488+0343+6467", "XXXX+XXXX+XXXX+6467"},
			{"4539 > 1488 > 0343 > 6467", "XXXX > XXXX > XXXX > 6467"}, {"4539;1488;0343;6467", "XXXX;XXXX;XXXX;6467"},
			{"4539、1488、0343、6467", "XXXX、XXXX、XXXX、6467"}, {"٤٥٣٩،١٤٨٨،٠٣٤٣،٦٤٦٧", "XXXX،XXXX،XXXX،٦٤٦٧"}, {"4539ー1488ー0343ー6467", "XXXXーXXXXーXXXXー6467"},
			{"4539➖1488➖0343➖6467", "XXXX➖XXXX➖XXXX➖6467"}, {"4539\n\n1488\n\n0343\n\n6467", "XXXX\n\nXXXX\n\nXXXX\n\n6467"},
			{"4539 then 1488 then 0343 then 6467", "XXXX then XXXX then XXXX then 6467"},
		},
		"whatever stands between them, if a word says that it is a card": {
			{"card: first 4539, then 1488 and 0343, last 6467", "card: first XXXX, then XXXX and XXXX, last 6467"},
			{"(card no. 4539 (1488) 0343 (6467))", "(card no. XXXX (XXXX) XXXX (6467))"},
			{"first 4539, then 1488 and 0343, last 6467", "first 4539, then 1488 and 0343, last 6467"},
		},
		"a dictation, if the words between the groups begin or end alike": {
			{"write down 4539 then 1488 ok then 0343 and then 6467", "write down XXXX then XXXX ok then XXXX and then 6467"},
			{"4539 und 1488 und jetzt 0343 und zuletzt 6467", "XXXX und XXXX und jetzt XXXX und zuletzt 6467"},
			{"card 4539 and after that the next is 1488, then 0343, at the end 6467", "card XXXX and after that the next is XXXX, then XXXX, at the end 6467"},
			{"4539 people, 1488 cars, 0343 boats, 6467 bikes", "4539 people, 1488 cars, 0343 boats, 6467 bikes"},
		},
		"number words between groups of digits": {
			{"it is 4539 one four eight eight 0343 6467 ok?", "it is XXXX one four eight eight XXXX 6467 ok?"},
			{"4539-eins-vier-acht-acht-0343-6467", "XXXX-eins-vier-acht-acht-XXXX-6467"},
			{"4539 1488 zéro trois quatre trois 6467", "XXXX XXXX zéro trois quatre trois 6467"},
			{"номер 4539 один четыре восемь восемь 0343 6467", "номер XXXX один четыре восемь восемь XXXX 6467"},
			{"4539 واحد أربعة ثمانية ثمانية 0343 6467", "XXXX واحد أربعة ثمانية ثمانية XXXX 6467"},
			{"४५३९ एक चार आठ आठ ०३४३ ६४६७", "XXXX एक चार आठ आठ XXXX ६४६७"}, {"卡号 4539 一四八八 0343 6467", "卡号 XXXX 一四八八 XXXX 6467"},
			{"4539 1488 0343 six four six seven exp 12/27", "4539 1488 0343 six four six seven exp 12/27"},
			{"3782 eight two two four six three 10005", "XXXX eight two two four six three X0005"},
			{"4539 one four eight nine 0343 6467", "4539 one four eight nine 0343 6467"}, // wrong check digit
			{"4539 one four 0343 6467 1488", "4539 one four 0343 6467 1488"},             // too few
		},
		"a slip of the thumb": {
			{"45 3914 8803 436467", "XX XXXX XXXX XX6467"}, {"4 539148803436467", "X XXXXXXXXXXX6467"}, {"453914880343646 7", "XXXXXXXXXXXX646 7"},
			{"4539 14880343 6467", "XXXX XXXXXXXX 6467"}, {"4539 148 80343 6467", "XXXX XXX XXXXX 6467"}, {"4539 1488 0343 64 67", "XXXX XXXX XXXX 64 67"},
			{"3782 8224 6310 005", "XXXX XXXX XXX0 005"},
			{"453914880 3436467", "453914880 3436467"}, // two telephone numbers
		},
		"two telephone numbers": {
			{"4539 1488 / 0343 6467", "4539 1488 / 0343 6467"}, {"45391488, 03436467", "45391488, 03436467"}, {"call 45391488 or 03436467", "call 45391488 or 03436467"},
			{"card 4539 1488 / 0343 6467", "card XXXX XXXX / XXXX 6467"},
		},
		"long rows of equal groups": {
			{"9205 5902 4539 1488 0343 6467 12", "9205 5902 4539 1488 0343 6467 12"}, {"1111 4539 1488 0343 6467 2222", "1111 4539 1488 0343 6467 2222"},
			{"4539 1488 0343 6467 5555 5555 5555 4444", "XXXX XXXX XXXX 6467 XXXX XXXX XXXX 4444"},
			{"4539 1488 0343 6467 0927 123", "XXXX XXXX XXXX 6467 0927 XXX"},
		},
		"codes and PINs in any language, in words, in any digits": {
			{"4539 1488 0343 6467 varmistusnumero 123", "XXXX XXXX XXXX 6467 varmistusnumero XXX"}, {"4539148803436467 Kartenprüfnummer 123", "XXXXXXXXXXXX6467 Kartenprüfnummer XXX"},
			{"code au dos : 123, carte 4539148803436467", "code au dos : XXX, carte XXXXXXXXXXXX6467"}, {"4539148803436467 código de trás 123", "XXXXXXXXXXXX6467 código de trás XXX"},
			{"カード4539148803436467 セキュリティ番号は123です", "カードXXXXXXXXXXXX6467 セキュリティ番号はXXXです"}, {"4539148803436467 安全码 123", "XXXXXXXXXXXX6467 安全码 XXX"},
			{"4539148803436467 код на обороте 123", "XXXXXXXXXXXX6467 код на обороте XXX"}, {"4539148803436467 κωδικός 123", "XXXXXXXXXXXX6467 κωδικός XXX"},
			{"4539148803436467 kodu zabezpieczającego 123", "XXXXXXXXXXXX6467 kodu zabezpieczającego XXX"}, {"4539148803436467 رقم الأمان ١٢٣", "XXXXXXXXXXXX6467 رقم الأمان XXX"},
			{"4539148803436467, the last three on the back are 123", "XXXXXXXXXXXX6467, the last three on the back are XXX"},
			{"4539148803436467, 123 on the back", "XXXXXXXXXXXX6467, XXX on the back"}, {"4539148803436467 सीवीवी १२३", "XXXXXXXXXXXX6467 सीवीवी XXX"},
			{"4539148803436467 cvv 1 2 3", "XXXXXXXXXXXX6467 cvv X X X"}, {"4539148803436467 PIN-koodi 1234", "XXXXXXXXXXXX6467 PIN-koodi XXXX"},
			{"4539148803436467 Geheimnummer 1234", "XXXXXXXXXXXX6467 Geheimnummer XXXX"}, {"4539148803436467 code confidentielle 1234", "XXXXXXXXXXXX6467 code confidentielle XXXX"},
			{"4539148803436467 密码 123456", "XXXXXXXXXXXX6467 密码 XXXXXX"}, {"4539148803436467, door code 4471", "XXXXXXXXXXXX6467, door code 4471"},
			{"9021 is my card pin, card 4539148803436467", "XXXX is my card pin, card XXXXXXXXXXXX6467"}, {"4539148803436467; csv 123", "XXXXXXXXXXXX6467; csv XXX"},
			{"security digits 1 2 3 for 4539148803436467", "security digits X X X for XXXXXXXXXXXX6467"},
		},
		"numbers that a label names": {
			{"tilausnumeroni on 4539 1488 0343 6467", "tilausnumeroni on 4539 1488 0343 6467"}, {"pedido n.º 4539148803436467", "pedido n.º 4539148803436467"},
			{"pagué con tarjeta el pedido 4539148803436467", "pagué con tarjeta el pedido 4539148803436467"}, {"注文番号は4539148803436467です", "注文番号は4539148803436467です"},
			{"4539148803436467 is my order number, paid by card", "4539148803436467 is my order number, paid by card"}, {"OCR 4539148803436467", "OCR 4539148803436467"},
			{"Vertragsnummer 4539148803436467", "Vertragsnummer 4539148803436467"}, {"Hundemarkennummer 4539148803436467", "Hundemarkennummer 4539148803436467"},
			{"Kreditkartennummer 4539148803436467", "Kreditkartennummer XXXXXXXXXXXX6467"},
			{"parking permit 4539148803436467 (paid by card)", "parking permit 4539148803436467 (paid by card)"},
			{"Bibliotheksausweis 4539148803436467", "Bibliotheksausweis 4539148803436467"},
		},
		"a label behind a card that has a number of its own, behind an abbreviation too": {
			{"4539 1488 0343 6467 Rechnungsnr. 4471 bitte", "XXXX XXXX XXXX 6467 Rechnungsnr. 4471 bitte"},
			{"4539148803436467 Telefonnr. 0151 2345678", "XXXXXXXXXXXX6467 Telefonnr. 0151 2345678"},
			{"4539148803436467, factuurnr. F-2026/5521", "XXXXXXXXXXXX6467, factuurnr. F-2026/5521"},
			{"4539148803436467 pedido núm. AB5521", "XXXXXXXXXXXX6467 pedido núm. AB5521"},
			{"4539148803436467 tilausnro. 5521", "XXXXXXXXXXXX6467 tilausnro. 5521"},
			{"4539148803436467 kundenr.\n5521", "XXXXXXXXXXXX6467 kundenr.\n5521"},
			{"4539148803436467 Sicherheitsnr. 905", "XXXXXXXXXXXX6467 Sicherheitsnr. XXX"},
			{"4539148803436467 is my order number. I paid 12 euros", "4539148803436467 is my order number. I paid 12 euros"},
			{"4539148803436467 ist die Kundennr.", "4539148803436467 ist die Kundennr."},
		},
		"codes that are said to stand on the back": {
			{"4539148803436467, bak på kortet står det 772", "XXXXXXXXXXXX6467, bak på kortet står det XXX"},
			{"4539148803436467, bag på kortet står der 614", "XXXXXXXXXXXX6467, bag på kortet står der XXX"},
			{"4539148803436467, tallene bak er 350", "XXXXXXXXXXXX6467, tallene bak er XXX"},
			{"4539148803436467, na stražnjoj strani piše 119", "XXXXXXXXXXXX6467, na stražnjoj strani piše XXX"},
			{"4539148803436467, flip side says 731", "XXXXXXXXXXXX6467, flip side says XXX"},
			{"4539148803436467 exp 5/28, 731 on the reverse", "XXXXXXXXXXXX6467 exp 5/28, XXX on the reverse"},
			{"4539148803436467 Prüfz. 905", "XXXXXXXXXXXX6467 Prüfz. XXX"},
			{"4539148803436467 veiligheidsnummer 416", "XXXXXXXXXXXX6467 veiligheidsnummer XXX"},
			{"4539148803436467 güvenlik no 264", "XXXXXXXXXXXX6467 güvenlik no XXX"},
		},
		"codes behind a card whose label stands in front of it": {
			{"the three numbers on the back of 4539 1488 0343 6467 are 731", "the three numbers on the back of XXXX XXXX XXXX 6467 are XXX"},
			{"cvv for my card 4539148803436467: 731", "cvv for my card XXXXXXXXXXXX6467: XXX"},
			{"die drei Ziffern hinten auf 4539148803436467 sind 7 3 1", "die drei Ziffern hinten auf XXXXXXXXXXXX6467 sind X X X"},
			{"el código de seguridad de la 4539148803436467 es el 731", "el código de seguridad de la XXXXXXXXXXXX6467 es el XXX"},
			{"код на обороте 4539148803436467 это 731", "код на обороте XXXXXXXXXXXX6467 это XXX"},
			{"cid of 378282246310005 is 7311", "cid of XXXXXXXXXXX0005 is XXXX"},
			{"the pin of 4539148803436467 is 1234", "the pin of XXXXXXXXXXXX6467 is XXXX"},
			{"the cvv of 4539148803436467 is wrong, 250 are here", "the cvv of XXXXXXXXXXXX6467 is wrong, 250 are here"},
			{"cvv of 4539148803436467 for order 731", "cvv of XXXXXXXXXXXX6467 for order 731"},
			{"cvv of 4539148803436467 pays 731 EUR", "cvv of XXXXXXXXXXXX6467 pays 731 EUR"},
			{"cvv of 4539148803436467 until 2029", "cvv of XXXXXXXXXXXX6467 until 2029"},
			{"cvv 456 card 4539148803436467 takes 250", "cvv XXX card XXXXXXXXXXXX6467 takes 250"},
		},
		"numbers of complaints and returns, but not what a complaint is about": {
			{"RMA 4539148803436467", "RMA 4539148803436467"}, {"my complaint number is 4539148803436467", "my complaint number is 4539148803436467"},
			{"número de reclamación 4539148803436467", "número de reclamación 4539148803436467"},
			{"numero reclamo 4539148803436467", "numero reclamo 4539148803436467"}, {"şikayet no 4539148803436467", "şikayet no 4539148803436467"},
			{"номер обращения 4539148803436467", "номер обращения 4539148803436467"},
			{"my complaint on 4539148803436467", "my complaint on XXXXXXXXXXXX6467"},
			{"Reklamation zu 4539148803436467", "Reklamation zu XXXXXXXXXXXX6467"}, {"возврат на 4539148803436467", "возврат на XXXXXXXXXXXX6467"},
		},
		"cards that are no payment cards": {
			{"gift card 4539 1488 0343 6467", "gift card 4539 1488 0343 6467"}, {"Kundenkarte 4539148803436467", "Kundenkarte 4539148803436467"},
			{"carte de fidélité 4539148803436467", "carte de fidélité 4539148803436467"}, {"подарочная карта 4539148803436467", "подарочная карта 4539148803436467"},
			{"会员卡 4539148803436467", "会员卡 4539148803436467"},
			{"diners club 3622 720627 1667", "diners club XXXX XXXXXX 1667"}, {"club card 4539148803436467", "club card 4539148803436467"},
		},
		"a label names the number next to it only": {
			{"Order 88213: please charge 4539148803436467", "Order 88213: please charge XXXXXXXXXXXX6467"},
			{"the order was declined. 4539148803436467", "the order was declined. XXXXXXXXXXXX6467"},
			{"order paid with card 4539148803436467", "order paid with card XXXXXXXXXXXX6467"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, row := range rows {
				require.Equal(t, row[1], redact.Cards(row[0]))
				require.Equal(t, row[1], refRedact(&redact.Redactor{}, row[0]))
			}
		})
	}
}

// TestMessagesOfAnotherAuthor counts what becomes of 300 messages in 60 languages whose
// author did not know the rules. A code without a card comes after a message with one.
func TestMessagesOfAnotherAuthor(t *testing.T) {
	t.Parallel()
	f, err := os.Open("testdata/messages.jsonl")
	require.NoError(t, err)
	defer f.Close()
	var r redact.Redactor
	all, good := map[string]int{}, map[string]int{}
	for in := bufio.NewScanner(f); in.Scan(); {
		var m struct {
			Kind, Note, Text string
			Cards, Codes     [][2]int // characters
		}
		require.NoError(t, json.Unmarshal(in.Bytes(), &m))
		if m.Kind == "code" && strings.Contains(m.Note, "spelled") {
			continue // codes in words are not looked for
		}
		want := []rune(m.Text)
		for _, c := range m.Cards {
			hideDigits(want[c[0]:c[1]], 4)
		}
		for _, c := range m.Codes {
			hideDigits(want[c[0]:c[1]], 0)
		}
		got := r.String(m.Text)
		if len(m.Cards) == 0 && len(m.Codes) > 0 {
			var trail redact.Trail
			trail.Add(&r, redact.Part{At: noon, Text: "4242 4242 4242 4242"})
			for _, p := range trail.Add(&r, redact.Part{At: noon.Add(time.Second), Text: m.Text}) {
				got = p.Text
			}
		}
		all[m.Kind]++
		if got == string(want) {
			good[m.Kind]++
		} else {
			t.Logf("%s\n got %s\nwant %s", m.Text, got, string(want))
		}
	}
	t.Logf("exact: %v of %v", good, all)
	for kind, least := range map[string]float64{"card": 0.95, "code": 0.9, "harmless": 0.974} {
		require.GreaterOrEqual(t, float64(good[kind]), least*float64(all[kind]), kind)
	}
}

// hideDigits masks the digits in text but for the last few.
func hideDigits(text []rune, keep int) {
	for i := len(text) - 1; i >= 0; i-- {
		if unicode.IsDigit(text[i]) {
			if keep--; keep < 0 {
				text[i] = 'X'
			}
		}
	}
}
