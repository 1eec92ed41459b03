package redact_test

import (
	"strings"
	"testing"

	"github.com/kanava-go/kanava/redact"
)

type benchText struct{ name, text string }

func benchTexts() []benchText {
	pad := func(s string, n int) string {
		f := " thanks for the quick answer, the parcel has arrived today and all is well with it"
		for len(s) < n {
			s += f
		}
		return s[:n]
	}
	return []benchText{
		{"no digit 200B", pad("", 200)},
		{"cyrillic", strings.Repeat("Спасибо за быстрый ответ ", 5)[:200]},
		{"cjk", strings.Repeat("谢谢你们的快速回复我的包裹已经到了", 5)[:198]},
		{"thai", strings.Repeat("ขอบคุณสำหรับคำตอบที่รวดเร็ว", 5)[:198]},
		{"hindi", strings.Repeat("आपके त्वरित उत्तर के लिए धन्यवाद ", 5)[:198]},
		{"phone", pad("call me at +49 151 23456789 please", 200)},
		{"wa_id", pad("my whatsapp is 4915112345678 please", 200)},
		{"card", pad("my card is 4242 4242 4242 4242 please", 200)},
		{"card cvv", pad("my card is 4242 4242 4242 4242 exp 03/27 cvv 123 please", 200)},
		{"flood 0", strings.Repeat("0", 1<<20)},
		{"flood 1_", strings.Repeat("1 ", 1<<19)},
		{"flood 4_", strings.Repeat("4 ", 1<<19)},
		{"flood 5_5-", strings.Repeat("5 5-", 1<<18)},
		{"flood 55_5", strings.Repeat("55 5 ", 1<<18)},
		{"flood 62_1", strings.Repeat("62 1 ", 1<<18)},
		{"flood 4242 ", strings.Repeat("4242 ", 1<<18)},
		{"flood weak", strings.Repeat("500000000009 ", 1<<16)},
		{"flood weak words", strings.Repeat("500000000009 a card "+strings.Repeat("x", 90), 1<<13)},
		{"flood 6299", strings.Repeat("62 0000 0000 0000 01 ", 1<<16)},
		{"flood order", strings.Repeat("order 4539148803436467 ", 1<<16)},
		{"flood card", strings.Repeat("4539148803436467 ", 1<<16)},
		{"flood +", strings.Repeat("+49 151 23456789 a ", 1<<16)},
		{"flood url", "https://x/" + strings.Repeat("4539148803436467/", 1<<16)},
		{"flood zwsp", strings.Repeat("4\u200b\u200b\u200b\u200b", 1<<16)},
		{"flood cvv", "4242424242424242 " + strings.Repeat("pin 123 ", 1<<16)},
		{"flood 123", "4242424242424242 " + strings.Repeat("aaaa 123 ", 1<<16)},
	}
}

func BenchmarkString(b *testing.B) {
	for _, c := range benchTexts() {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(c.text)))
			for b.Loop() {
				redact.Cards(c.text)
			}
		})
	}
}
