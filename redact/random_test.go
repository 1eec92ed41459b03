package redact_test

import (
	"math/rand/v2"
	"strconv"
	"strings"
)

// fragments are what random texts are made of: numbers of all kinds and parts of
// them, words and marks that bear on the verdict, separators, broken UTF-8.
var fragments = []string{
	"4242", "4242 4242 4242 4242", "4111111111111111", "378282246310005", "3782 822463 10005", "5555-5555-5555-4444",
	"6205500000000000004", "500000000009", "4000 0000 0000 1234 562", "6228 4800 0000 1230", "42424242", "4 2 4 2 4 2 4 2 4 2 4 2 4 2 4 2",
	"03/27", "0327", "12 2028", "3.31", "123", "1234", "7", "12", "00", "0", "1763768172123456783", "4915112345678",
	"cvv", "pin", "CVV2", "ПИН", "PİN", "GÜVENLİK KODU", "Срок", "VİSA", "Cryptogramme", "security code", "安全码", "card", "Visa", "karte", "CC", "pan", "银联", "UnionPay", "kartу",
	"order", "Bestellnummer", "no", "No.", "id", "订单号", "№", "exp", "valid thru", "有效期",
	"https://x.example/", "?card=", "?id=", "www.", "://", "DE89", "GB29 NWBK", "+", "+49", "0049", "%B", "^DOE/J^2901101", "^", ";", "=2901101000", "=",
	"?", "@", "abc", "INV-", "x", "D", "\\n", "\u200b", "\u200d\u200d\u200d\u200d\u200d", "\u00a0", "４２", "٤١١١", "💳", "4️⃣", "é", "й", "\u0301",
	"four", "two", "one eight four", "deux", "四", "一八", "then", "and then",
	"X", "Xavier", ".XXXX.", "XXXX", "XXXX XXXX XXXX", "*", "**", "████████████", "\xff", "\xe2\x80",
}

var gaps = []string{" ", " ", " ", " ", "-", "-", "\n", "\r\n", "\r", ",", ", ", ".", "/", "_", ":", "  ", " - ", "#", "\t", "", "", "", "    ", "     ", "(", ")"}

// randomText strings together fragments that make, and almost make, card
// numbers.
func randomText(rnd *rand.Rand, pieces int) string {
	var b strings.Builder
	gap := gaps[rnd.IntN(len(gaps))]
	for range pieces {
		switch n := rnd.IntN(10); {
		case n < 6:
			b.WriteString(fragments[rnd.IntN(len(fragments))])
		case n < 8:
			b.WriteString(grouped(rnd, randomNumber(rnd, 10+rnd.IntN(12)), gap))
		default:
			b.WriteString(strconv.Itoa(rnd.IntN(100_000)))
		}
		if rnd.IntN(3) == 0 {
			gap = gaps[rnd.IntN(len(gaps))]
		}
		b.WriteString(gap)
	}
	return b.String()
}

// randomList strings together short numbers, mostly of one size and joined in one
// way, near card words and identifiers: lists that run into cards, and cards in
// the middle of lists.
func randomList(rnd *rand.Rand) string {
	pick := func(from []string) string { return from[rnd.IntN(len(from))] }
	words := []string{"card ", "abc-", "karte abc-", "", "cc x", "INV-", "order card ", "?card=", "Visa abc ", "Visa", "x", "银联 x-", "card +"}
	seps := []string{" ", " ", "-", ".", "/", "_"}
	size, usual, rare := []int{1, 1, 1, 2, 8}[rnd.IntN(5)], pick(seps), pick(seps)
	var b strings.Builder
	b.WriteString(pick(words))
	for range 1 + rnd.IntN(3) {
		if rnd.IntN(3) > 0 {
			b.WriteString(randomNumber(rnd, 12)[:1+rnd.IntN(8)] + usual)
		}
		for range rnd.IntN(44 / size) {
			for range size {
				b.WriteString(strconv.Itoa(rnd.IntN(10)))
			}
			if rnd.IntN(16) == 0 {
				b.WriteString(rare)
			} else {
				b.WriteString(usual)
			}
		}
		switch rnd.IntN(6) {
		case 0:
			b.WriteString(pick(words))
		case 1:
			b.WriteString(grouped(rnd, randomNumber(rnd, 12+rnd.IntN(8)), usual) + usual)
		}
	}
	return b.String()
}

// randomNumber returns n digits that begin like a card and usually pass the
// Luhn check.
func randomNumber(rnd *rand.Rand, n int) string {
	starts := []string{"4", "51", "2221", "34", "37", "6011", "62", "81", "50", "67", "36", "1", "9", "00", ""}
	d := starts[rnd.IntN(len(starts))]
	for len(d) < n {
		d += strconv.Itoa(rnd.IntN(10))
	}
	if rnd.IntN(8) == 0 {
		return d
	}
	return withCheckDigit(d[:n-1])
}

// withCheckDigit appends the digit that makes n pass the Luhn check.
func withCheckDigit(n string) string {
	for c := '0'; ; c++ {
		if refLuhn(n + string(c)) {
			return n + string(c)
		}
	}
}

// grouped cuts n into groups joined by gap.
func grouped(rnd *rand.Rand, n, gap string) string {
	sizes := [][]int{{99}, {4}, {4}, {4, 6, 5}, {4, 6, 4}, {4, 5, 6}, {6, 13}, {1}, {2}, {8}, {3}, {1 + rnd.IntN(6), 1 + rnd.IntN(6), 1 + rnd.IntN(6)}}
	size := sizes[rnd.IntN(len(sizes))]
	out := ""
	for i := 0; n != ""; i++ {
		k := min(size[i%len(size)], len(n))
		out += n[:k]
		if n = n[k:]; n != "" {
			out += gap
		}
	}
	return out
}
