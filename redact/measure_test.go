package redact_test

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/kanava-go/kanava/redact"
	"github.com/stretchr/testify/require"
)

// digits returns n random digits.
func digits(rnd *rand.Rand, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('0' + rnd.IntN(10))
	}
	return string(b)
}

// inGroups cuts s into groups of the given sizes, the last of which repeats.
func inGroups(s, gap string, sizes ...int) string {
	var out []string
	for s != "" {
		n := min(sizes[0], len(s))
		out, s = append(out, s[:n]), s[n:]
		if len(sizes) > 1 {
			sizes = sizes[1:]
		}
	}
	return strings.Join(out, gap)
}

// countries are dialling codes with the length of the national number.
var countries = []struct {
	code     string
	from, to int
}{
	{"1", 10, 10}, {"7", 10, 10}, {"20", 10, 10}, {"27", 9, 9}, {"30", 10, 10}, {"31", 9, 9}, {"33", 9, 9}, {"34", 9, 9}, {"36", 9, 9},
	{"39", 9, 10}, {"43", 10, 11}, {"44", 10, 10}, {"49", 10, 11}, {"52", 10, 11}, {"54", 10, 11}, {"55", 10, 11}, {"57", 10, 10},
	{"62", 9, 12}, {"90", 10, 10}, {"91", 10, 10}, {"234", 10, 10}, {"358", 9, 10}, {"380", 9, 9}, {"966", 9, 9}, {"971", 9, 9},
}

func waID(rnd *rand.Rand) string {
	c := countries[rnd.IntN(len(countries))]
	n := c.from + rnd.IntN(c.to-c.from+1)
	return c.code + strconv.Itoa(1+rnd.IntN(9)) + digits(rnd, n-1)
}

func iban(rnd *rand.Rand) string {
	country := []string{"DE", "ES", "FR", "IT", "NL", "GB", "PL"}[rnd.IntN(7)]
	length := map[string]int{"DE": 22, "ES": 24, "FR": 27, "IT": 27, "NL": 18, "GB": 22, "PL": 28}[country]
	bban := digits(rnd, length-4)
	if country == "NL" || country == "GB" {
		bban = "ABNA" + bban[4:]
	}
	n := ""
	for _, c := range bban + country + "00" {
		if c >= 'A' {
			n += strconv.Itoa(int(c-'A') + 10)
		} else {
			n += string(c)
		}
	}
	v, _ := new(big.Int).SetString(n, 10)
	check := 98 - new(big.Int).Mod(v, big.NewInt(97)).Int64()
	return fmt.Sprintf("%s%02d%s", country, check, bban)
}

// lookAlikes are families of numbers that are no cards. none tells that not a
// single one may be masked.
var lookAlikes = []struct {
	name string
	none bool
	make func(*rand.Rand) string
}{
	{"WhatsApp id", true, waID},
	{"WhatsApp id in a sentence", true, func(r *rand.Rand) string { return "my number is " + waID(r) + ", thanks" }},
	{"E.164 number", true, func(r *rand.Rand) string { return "+" + waID(r) }},
	{"E.164 number in groups", true, func(r *rand.Rand) string { return "+" + inGroups(waID(r), " ", 2, 3, 4) }},
	{"00 number", true, func(r *rand.Rand) string { return "00" + inGroups(waID(r), "-", 2, 3, 4) }},
	{"Graph id, 15 digits", true, func(r *rand.Rand) string { return "1" + digits(r, 14) }},
	{"Graph id, 16 digits", true, func(r *rand.Rand) string { return "1" + digits(r, 15) }},
	{"Graph id, 17 digits", true, func(r *rand.Rand) string { return "178414" + digits(r, 11) }},
	{"page-scoped id, 16 digits", false, func(r *rand.Rand) string { return strconv.Itoa(2+r.IntN(8)) + digits(r, 15) }},
	{"order number, labelled", true, func(r *rand.Rand) string { return "Order #" + digits(r, 16) }},
	{"16 digits, unlabelled", false, func(r *rand.Rand) string { return digits(r, 16) }},
	{"four groups of four", false, func(r *rand.Rand) string { return inGroups(digits(r, 16), " ", 4) }},
	{"UUID", true, func(r *rand.Rand) string {
		return inGroups(fmt.Sprintf("%016x%016x", r.Uint64(), r.Uint64()), "-", 8, 4, 4, 4, 12)
	}},
	{"UUID of digits", true, func(r *rand.Rand) string { return inGroups(digits(r, 32), "-", 8, 4, 4, 4, 12) }},
	{"UPS tracking", true, func(r *rand.Rand) string { return "1Z" + digits(r, 16) }},
	{"FedEx tracking, 12 digits", true, func(r *rand.Rand) string { return digits(r, 12) }},
	{"FedEx tracking, 12 in fours", true, func(r *rand.Rand) string { return inGroups(digits(r, 12), " ", 4) }},
	{"FedEx tracking, 15 digits", false, func(r *rand.Rand) string { return digits(r, 15) }},
	{"USPS tracking in fours", true, func(r *rand.Rand) string { return inGroups("94"+digits(r, 20), " ", 4) }},
	{"USPS tracking, any start", false, func(r *rand.Rand) string { return inGroups(digits(r, 22), " ", 4) }},
	{"postal S10", true, func(r *rand.Rand) string { return "RR" + digits(r, 9) + "DE" }},
	{"SSCC", true, func(r *rand.Rand) string { return "00" + digits(r, 18) }},
	{"IBAN", true, iban},
	{"IBAN in fours", true, func(r *rand.Rand) string { return inGroups(iban(r), " ", 4) }},
	{"IMEI", true, func(r *rand.Rand) string { return withCheckDigit("35" + digits(r, 12)) }},
	{"IMEI in groups", true, func(r *rand.Rand) string { return inGroups(withCheckDigit("35"+digits(r, 12)), "-", 2, 6, 6, 1) }},
	{"ICCID", true, func(r *rand.Rand) string { return withCheckDigit("8949" + digits(r, 14)) }},
	{"EAN-13", true, func(r *rand.Rand) string { return "40" + digits(r, 11) }},
	{"time in seconds", true, func(r *rand.Rand) string { return "17" + digits(r, 8) }},
	{"time in ms", true, func(r *rand.Rand) string { return "17" + digits(r, 11) }},
	{"time in µs", true, func(r *rand.Rand) string { return "17" + digits(r, 14) }},
	{"time in ns", true, func(r *rand.Rand) string { return "17" + digits(r, 17) }},
	{"date and time", true, func(r *rand.Rand) string {
		return fmt.Sprintf("2026-%02d-%02d %02d:%02d:%02d.%s", 1+r.IntN(12), 1+r.IntN(28), r.IntN(24), r.IntN(60), r.IntN(60), digits(r, 6))
	}},
	{"price", true, func(r *rand.Rand) string {
		return strconv.Itoa(1+r.IntN(9)) + "," + inGroups(digits(r, 15), ",", 3) + "." + digits(r, 2)
	}},
	{"price list", true, func(r *rand.Rand) string {
		return fmt.Sprintf("%d.%s, %d.%s, %d.%s, %d.%s", r.IntN(999), digits(r, 2), r.IntN(999), digits(r, 2), r.IntN(999), digits(r, 2), r.IntN(999), digits(r, 2))
	}},
	{"fraction", true, func(r *rand.Rand) string { return "0." + digits(r, 16) }},
	{"coordinates", true, func(r *rand.Rand) string {
		return fmt.Sprintf("%d.%s, -%d.%s", 10+r.IntN(80), digits(r, 6), 10+r.IntN(80), digits(r, 6))
	}},
	{"list of two-digit numbers", true, func(r *rand.Rand) string { return inGroups(digits(r, 60), " ", 2) }},
	{"list of digits", true, func(r *rand.Rand) string { return inGroups(digits(r, 60), ", ", 1) }},
	{"IPv6 of digits", false, func(r *rand.Rand) string { return inGroups(digits(r, 32), ":", 4) }},
	{"Aadhaar", true, func(r *rand.Rand) string { return inGroups(digits(r, 12), " ", 4) }},
	{"South African id", true, func(r *rand.Rand) string { return withCheckDigit(digits(r, 12)) }},
	{"acquirer reference", true, func(r *rand.Rand) string { return "7" + digits(r, 22) }},
}

// TestLookAlikesStayIntact measures how many of 10,000 random members of each
// family are taken for a card. The numbers it prints are the price of masking
// every certain card; for what a WhatsApp channel is full of, it must be none.
func TestLookAlikesStayIntact(t *testing.T) {
	t.Parallel()
	n := iterations(10_000)
	for k, family := range lookAlikes {
		rnd := rand.New(rand.NewPCG(9, uint64(k)))
		hits, example := 0, ""
		for range n {
			text := family.make(rnd)
			if redact.Cards(text) != text {
				hits++
				example = text
			}
		}
		t.Logf("%6d of %d  %s", hits, n, family.name)
		if family.none && hits > 0 {
			t.Errorf("%s: %d masked, such as %s", family.name, hits, example)
		}
		if hits > n/10 {
			t.Errorf("%s: more than one in ten: rules have been lost", family.name)
		}
	}
}

// issued are prefixes of every scheme with a length, and whether such a number
// needs a card word.
var issued = []struct {
	scheme, prefix string
	n              int
	word           bool
}{
	{"visa", "4", 16, false}, {"visa", "4", 16, false}, {"visa", "4", 16, false}, {"visa", "4", 13, true}, {"visa", "4", 19, true},
	{"mastercard", "51", 16, false}, {"mastercard", "55", 16, false}, {"mastercard", "2221", 16, false}, {"mastercard", "2720", 16, false},
	{"amex", "34", 15, false}, {"amex", "37", 15, false}, {"discover", "6011", 16, false}, {"discover", "644", 16, false},
	{"discover", "65", 16, false}, {"discover", "65", 19, true}, {"diners", "36", 14, false}, {"diners", "300", 14, false},
	{"diners", "38", 16, false}, {"diners", "36", 19, true}, {"jcb", "3528", 16, false}, {"jcb", "3589", 16, false}, {"jcb", "3528", 19, true},
	{"jcb", "2131", 15, true}, {"unionpay", "62", 16, false}, {"unionpay", "62", 19, false}, {"unionpay", "62", 17, true}, {"unionpay", "81", 16, true},
	{"maestro", "50", 16, false}, {"maestro", "58", 16, false}, {"maestro", "6304", 16, false}, {"maestro", "6759", 12, true},
	{"maestro", "6762", 19, true}, {"mir", "2200", 16, false}, {"mir", "2204", 19, true}, {"rupay", "60", 16, false}, {"rupay", "508", 16, false},
	{"rupay", "82", 16, true}, {"elo", "636368", 16, false}, {"hipercard", "606282", 16, false}, {"hiper", "637095", 16, false},
	{"verve", "506099", 16, false}, {"verve", "506099", 19, true}, {"troy", "9792", 16, true}, {"uzcard", "8600", 16, true},
	{"humo", "9860", 16, true}, {"bccard", "6541", 16, false}, {"dankort", "5019", 16, false}, {"uatp", "1354", 15, true},
	{"napas", "9704", 19, true}, {"naranja", "589562", 16, false}, {"interpayment", "636", 18, true}, {"korea", "9430", 16, true},
}

var sentences = []string{
	"my card is %s thanks", "Card number: %s.", "tarjeta %s por favor", "o número do cartão é %s", "carte bancaire : %s", "Kreditkarte %s",
	"numero carta %s", "kart numaram %s", "номер карты %s", "αριθμός κάρτας: κάρτα %s", "رقم بطاقتي %s", "شماره کارت %s", "मेरा कार्ड नंबर %s है",
	"আমার কার্ড %s", "หมายเลขบัตร %s", "カード番号は%sです", "카드번호 %s 입니다", "我的卡号是%s，谢谢", "nomor kartu saya %s", "số thẻ %s", "מספר הכרטיס שלי %s",
	"(visa) %s", "%s is my card", "*card:* %s",
}

var bare = []string{"%s", "here: %s", "please use %s instead", "это %s", "就是%s", "\"%s\"", "_%s_", "💳%s", "%s 03/27", "try %s!"}

// zeros are the zeros of scripts that people type digits in.
var zeros = []rune{'0', '0', '0', '0', '0', '0', '０', '٠', '۰', '०', '০', '๐', '𝟎'}

// eachDigit writes what behind each digit of s.
func eachDigit(s, what string) string {
	var out strings.Builder
	for _, r := range s {
		out.WriteRune(r)
		if unicode.IsDigit(r) {
			out.WriteString(what)
		}
	}
	return out.String()
}

// TestRandomCardsAreFound measures how many of 10,000 cards of all schemes,
// forms and languages are masked but for their last four digits.
func TestRandomCardsAreFound(t *testing.T) {
	t.Parallel()
	const n = 10_000
	rnd := rand.New(rand.NewPCG(10, 11))
	gaps := []string{" ", " ", " ", "-", ".", "/", "  ", "\u00a0", "\u2009", "–", "\n", ", ", "·", " - ", "\t", "_"}
	missed := map[string]int{}
	for range n {
		c := issued[rnd.IntN(len(issued))]
		pan := withCheckDigit(c.prefix + digits(rnd, c.n-1-len(c.prefix)))
		gap, form := gaps[rnd.IntN(len(gaps))], rnd.IntN(10)
		text := pan
		switch {
		case form < 4:
		case c.n == 15 && c.scheme == "uatp":
			text = inGroups(pan, gap, 4, 5, 6)
		case c.n == 15 && c.scheme == "amex":
			text = inGroups(pan, gap, 4, 6, 5)
		case c.n == 14:
			text = inGroups(pan, gap, 4, 6, 4)
		case form == 9 && c.n == 16:
			text = inGroups(pan, gap, []int{1, 2, 8}[rnd.IntN(3)])
		case form == 8: // as no card is printed
			text = inGroups(pan, gap, 1+rnd.IntN(6), 3+rnd.IntN(4), 5)
			c.word = true
		case form == 7: // with whatever the thumb hits
			text = inGroups(pan, "\x00", 4)
			for strings.Contains(text, "\x00") {
				text = strings.Replace(text, "\x00", gaps[rnd.IntN(len(gaps))], 1)
			}
			c.word = c.word || c.n != 16 && c.n != 19
		default:
			text = inGroups(pan, gap, 4)
			c.word = c.word || c.n != 16 && c.n != 19
		}
		zero, in := zeros[rnd.IntN(len(zeros))], bare
		want := 0
		if c.word || rnd.IntN(2) == 0 {
			in = sentences
		}
		text = strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				want++
				return zero + r - '0'
			}
			return r
		}, text)
		switch rnd.IntN(8) {
		case 0:
			text = eachDigit(text, "\ufe0f\u20e3") // emoji
		case 1:
			text = "\u2066" + eachDigit(text, []string{"\u200b", "\u00ad", "\u2060"}[rnd.IntN(3)]) + "\u2069"
		}
		sentence := in[rnd.IntN(len(in))]
		if rnd.IntN(4) == 0 {
			sentence = strings.ReplaceAll(strings.ToUpperSpecial([]unicode.SpecialCase{unicode.TurkishCase, nil}[rnd.IntN(2)], sentence), "%S", "%s")
		}
		text = fmt.Sprintf(sentence, text)
		hidden := 0
		for _, s := range (&redact.Redactor{}).Find(text) {
			hidden += s.Hidden
		}
		if hidden != want-4 {
			missed[c.scheme]++
			t.Logf("missed or cut: %q", text)
		}
	}
	total := 0
	for _, k := range missed {
		total += k
	}
	recall := 1 - float64(total)/n
	t.Logf("recall %.4f of %d; missed by scheme: %v", recall, n, missed)
	require.GreaterOrEqual(t, recall, 0.99)
}
