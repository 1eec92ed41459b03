package redact_test

import (
	"bytes"
	"io"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/kanava-go/kanava/redact"
)

// The baselines: what most programs do, one pass of the fastest search there is
// for a byte that is not in the text, and a copy, which masking cannot avoid.

var usualPattern = regexp.MustCompile(`\b(?:\d[ -]*?){13,19}\b`)

func usual(s string) string {
	return usualPattern.ReplaceAllStringFunc(s, func(m string) string {
		digits := strings.NewReplacer(" ", "", "-", "").Replace(m)
		sum := 0
		for i := range digits {
			d := int(digits[len(digits)-1-i] - '0')
			if i%2 == 1 {
				if d *= 2; d > 9 {
					d -= 9
				}
			}
			sum += d
		}
		if sum%10 != 0 {
			return m
		}
		out, left := []byte(m), len(digits)-4
		for i := range out {
			if out[i] >= '0' && out[i] <= '9' && left > 0 {
				out[i] = 'X'
				left--
			}
		}
		return string(out)
	})
}

var sinkString string
var sinkInt int

func bench(b *testing.B, text string, peers bool) {
	run := func(name string, f func()) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				f()
			}
		})
	}
	run("redact", func() { sinkString = redact.Cards(text) })
	if peers {
		run("regexp+Luhn", func() { sinkString = usual(text) })
		run("IndexByte", func() { sinkInt = strings.IndexByte(text, 0) })
		run("copy", func() { sinkString = strings.Clone(text) })
	}
}

func BenchmarkShort(b *testing.B) {
	for _, c := range []struct{ name, text string }{
		{"no digit", padded("")},
		{"phone", padded("call me at +49 151 23456789 please")},
		{"card", padded("my card is 4242 4242 4242 4242 please")},
		{"card with code", padded("my card is 4242 4242 4242 4242 exp 03/27 cvv 123 please")},
		{"WhatsApp id that passes Luhn", padded("my whatsapp is 4915112345678 please")},
		{"Cyrillic", strings.Repeat("Спасибо за быстрый ответ ", 5)[:200]},
		{"Chinese", strings.Repeat("谢谢你们的快速回复我的包裹已经到了", 5)[:198]},
		{"Thai", strings.Repeat("ขอบคุณสำหรับคำตอบที่รวดเร็ว", 5)[:198]},
		{"Hindi", strings.Repeat("आपके त्वरित उत्तर के लिए धन्यवाद ", 5)[:198]},
	} {
		b.Run(c.name, func(b *testing.B) { bench(b, c.text, true) })
	}
}

// mixed is a mebibyte of chat: mostly words, here and there a number, one message
// in a hundred with a card.
func mixed() string {
	rnd := rand.New(rand.NewPCG(14, 15))
	lines := []string{
		"Hi! Where is my parcel? I ordered it two weeks ago and have heard nothing since.",
		"thanks a lot, that was quick", "ok", "Can you please call me back this afternoon? I will be at home all day.",
		"Good morning, how can I return the shoes? They are too small and I would like another pair, if possible in blue.",
		"Спасибо за быстрый ответ, всё в порядке!", "谢谢你们的快速回复，我的包裹已经到了", "Vielen Dank für die schnelle Antwort, alles gut 👍",
		"¿Cuándo llega mi pedido? Llevo esperando varios días y nadie contesta al teléfono.",
		"It never arrived. The tracking page says delivered, but there was nobody here and no note either.",
	}
	numbers := []string{
		"my order is 88213 from 12/11", "call +49 151 23456789", "order 4539148803436467", "it was 49.90, not 59.90", "my number is 4915112345678", "room 12, floor 3",
	}
	var out strings.Builder
	for out.Len() < 1<<20 {
		switch n := rnd.IntN(100); {
		case n == 0:
			out.WriteString("my card is 4242 4242 4242 4242 exp 03/27")
		case n < 15:
			out.WriteString(numbers[rnd.IntN(len(numbers))])
		default:
			out.WriteString(lines[rnd.IntN(len(lines))])
		}
		out.WriteByte('\n')
	}
	return out.String()[:1<<20]
}

func BenchmarkMixed(b *testing.B) {
	text := mixed()
	bench(b, text, true)
	b.Run("Writer", func(b *testing.B) {
		var r redact.Redactor
		in := []byte(text)
		b.SetBytes(int64(len(in)))
		b.ReportAllocs()
		for b.Loop() {
			w := r.NewWriter(io.Discard)
			for p := range slicesOf(in, 4096) {
				if _, err := w.Write(p); err != nil {
					b.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func slicesOf(b []byte, n int) func(func([]byte) bool) {
	return func(yield func([]byte) bool) {
		for len(b) > 0 {
			k := min(n, len(b))
			if !yield(b[:k]) {
				return
			}
			b = b[k:]
		}
	}
}

// BenchmarkWorst looks for the slowest input: long chains of groups with many
// candidates in each, numbers that fail or pass as late as possible, context that
// must be searched again and again, text in scripts with digits of their own.
func BenchmarkWorst(b *testing.B) {
	const size = 64 << 10
	for _, c := range worst() {
		text := strings.Repeat(c.unit, size/len(c.unit)+1)[:size]
		b.Run(c.name, func(b *testing.B) { bench(b, text, false) })
	}
}

type unit struct{ name, unit string }

func worst() []unit {
	return []unit{
		{"zeros", "0"}, {"one and space", "1 "}, {"four and space", "4 "}, {"five, two gaps", "5 5-"}, {"five, three gaps", "5 5-5."},
		{"two sizes", "55 5 "}, {"three sizes", "5 55 555 "}, {"UnionPay-like", "62 1 "}, {"UnionPay, wrong check", "62 0000 0000 0000 01 "},
		{"UnionPay, word out of reach", "unionpay" + strings.Repeat(" 62 1", 40) + " "},
		{"two lists with a break", "0/0/6/2/6/6/3/8/2/6/1/5/7/4/2/7/2"}, {"a card in single digits", "4 2 4 2 4 2 4 2 4 2 4 2 4 2 4 2"},
		{"short numbers after Cyrillic words", "4242424262 1 6 2 6 2 15748755601555356\xe0\xa5500000000009 мирок картина ?id=126 2 "},
		{
			"single digits behind a card word in an identifier", // the slowest that a random search found
			"XavieraPİN0/0/6/2/6/6/3/8/2/6/1/5/7/4/2/7/20/0/6/2/6/6/3/8/2/6/1/5/7/4/2/7/20/0/6/2/6/6/3/8/2/6/1/5/7/4/2/7/2#pań cvvpanaPİNXavier",
		},
		// What hill climbing from random texts leads to.
		{"groups in a URL", "://5553/5553/5553"}, {"mathematical digits in identifiers", "/𝟒०𝟒𝟒"}, {"two sizes, three gaps", "6_2|62_6_2|62_"},
		{"a word touches two scripts", "\ufe0f7/٤cc67676767/676"}, {"words and short numbers", "42 24420 ca110 cc424242"},
		{"words in an identifier", "cc3kat०éa-cccccrétéééDE810-4-44-4٤36442244-424/"},
		{"single digits behind a card word", " 622- 2|\ufe0f,-4-2-2-4-2-2-4-2-2-5-2|4-2-2-5-2-visa०-5-5"},
		{"weak numbers in two scripts", " \u00ad7/٤cc67676767676"}, {"weak numbers in two groups", "cc50000620000 9 "}, {"a mask in a list", "0X2/6/63/8265/1·574/27/2elo"},
		{"single digits between many separators", "6 2\n6 2_2 2\n6 2  6 2 6  2卡2·6 2-6 2,6 2  6 2–6 1:"}, {"two separators", "2 6-"},
		{"pairs and a card word", "67\t67\t67\t67\t\t67\t67\t\t67\t67\t67\t67mc67\t\t67\t67\t67\t67 67\t67\t"},
		{"countries before cards", "·DE\xe0DE\xe0DE·DE\xe0DE\xe04242_4242·_\n4242_4242_\u00ad4242_4242_"}, {"beginnings of card words", "carccarcar6carİcar6car6carİ514/424242428–4242\xe0vkart6"},
		{"masks before a card", "XXXXXXXXXXXX 4242 4242 4242 4242 İXXX"}, {"short numbers in two scripts", ".𝟒mc1é002_62_6·124\t2\n3٤262162"},
		{"cards back to back", "4242 "}, {"cards", "4539148803436467 "}, {"cards and expiry", "4242424242424242 03/27 4242 "},
		{"weak numbers", "500000000009 "}, {"weak numbers, word out of reach", "500000000009 a card " + strings.Repeat("x", 90)},
		{"weak numbers, Cyrillic between", "500000000009 мирок картина "},
		{"labelled", "order 4539148803436467 "}, {"URL", "4539148803436467/"}, {"identifiers", "a-4539148803436467-"},
		{"IBAN-like", "DE89 4242 4242 4242 4242 "}, {"phones", "+49 151 23456789 a "}, {"invisible", "4\u200b\u200b\u200b\u200b"},
		{"codes", "4242424242424242 " + strings.Repeat("pin 123 ", 500)}, {"short numbers near a card", "4242424242424242 " + strings.Repeat("aaaa 123 ", 450)},
		{"masked", "XXXX XXXX XXXX 4242 "}, {"masked, then digits", "XXXXXXXXXXXX 4242 4242 4242 4242 "},
		{"full-width digits", "４ "}, {"Arabic digits", "٤٤٤٤ "}, {"mathematical digits", "𝟒𝟒 "}, {"Devanagari", "अआइ"}, {"Thai", "กขค"}, {"broken UTF-8", "\xe0\xa5"},
	}
}

func BenchmarkBytesInPlace(b *testing.B) {
	text := []byte(padded("my card is 4242 4242 4242 4242 please"))
	var r redact.Redactor
	buf := make([]byte, len(text))
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		copy(buf, text)
		r.Bytes(buf)
	}
}

func BenchmarkValues(b *testing.B) {
	doc := bytes.ReplaceAll([]byte(`{"object":"whatsapp_business_account","entry":[{"id":"102290129340398","changes":[{"value":{"messaging_product":"whatsapp",
"metadata":{"display_phone_number":"15550783881","phone_number_id":"106540352242922"},"contacts":[{"profile":{"name":"Sheena Nelson"},"wa_id":"16505551234"}],
"messages":[{"from":"16505551234","id":"wamid.HBgLMTY1MDU1NTEyMzQVAgASGBQ","timestamp":"1749416383","type":"text","text":{"body":"Does it come in another color?"}}]},
"field":"messages"}]}]}`), []byte("\n"), nil)
	var r redact.Redactor
	human := redact.Paths("entry.*.changes.*.value.messages.*.text.body")
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Values(doc, human); err != nil {
			b.Fatal(err)
		}
	}
}
