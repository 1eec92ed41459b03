package redact

import (
	"math/bits"
	"sync"
)

// lengths is a set of number lengths: bit n stands for 12+n digits.
type lengths uint8

const (
	minDigits = 12 // of a payment card, by ISO/IEC 7812 and practice
	maxDigits = 19
)

const (
	l12 lengths = 1 << iota
	l13
	l14
	l15
	l16
	l17
	l18
	l19

	l16to19 = l16 | l17 | l18 | l19
	l17to19 = l17 | l18 | l19
	lAll    = l12 | l13 | l14 | l15 | l16to19
)

func lengthBit(n int) lengths { return 1 << (n - minDigits) }

// longest returns the longest length in l, which is not empty.
func (l lengths) longest() int { return bits.Len8(uint8(l)) - 1 + minDigits }

// pop takes the longest length out of l, which is not empty.
func (l *lengths) pop() int {
	n := l.longest()
	*l &^= lengthBit(n)
	return n
}

// scheme is one row of the table of issuer identification numbers (IIN).
type scheme struct {
	name         string
	from, to     uint32 // first eight digits, both ends included
	strong, weak lengths
}

// schemes is the table of card ranges, checked 2026-11-22 against public
// issuer lists and the test numbers published by Stripe, Braintree, PayPal and
// Adyen. The networks' own lists are not public, so it is good practice rather
// than an official list.
//
// Rows are sorted by the first digit. Among those, narrow ranges come first,
// because the first row that covers a number names it; its tier is the highest
// of all rows that cover it. Naming is a courtesy to readers of a [Span]; what
// decides is the broad rows.
var schemes = [...]scheme{
	{"gpn", 19460000, 19469999, 0, l16},
	{"jcb", 18000000, 18009999, 0, l15},
	{"uatp", 10000000, 19999999, 0, l15},
	{"jcb", 21310000, 21319999, 0, l15},
	{"mir", 22000000, 22049999, l16, l17to19},
	{"mastercard", 22210000, 27209999, l16, 0},
	{"hipercard", 38410000, 38419999, l16, 0},
	{"lankapay", 35711100, 35711199, l16, 0},
	{"jcb", 30880000, 30949999, 0, l16},
	{"jcb", 35280000, 35899999, l16, l17to19},
	{"diners", 30000000, 30599999, l14 | l16, l17to19},
	{"diners", 30900000, 30999999, l14 | l16, l17to19},
	{"amex", 34000000, 34999999, l15, 0},
	{"amex", 37000000, 37999999, l15, 0},
	{"diners", 36000000, 36999999, l14 | l16, l15 | l17to19},
	{"diners", 38000000, 39999999, l14 | l16, l17to19},
	{"elo", 40117800, 40117999, l16, 0},
	{"elo", 43127400, 43127499, l16, 0},
	{"elo", 43893500, 43893599, l16, 0},
	{"elo", 45141600, 45141699, l16, 0},
	{"elo", 45739300, 45739399, l16, 0},
	{"elo", 45763100, 45763299, l16, 0},
	{"naranja", 40291800, 40291899, l16, 0},
	{"dankort", 45710000, 45719999, l16, 0},
	{"visa", 40000000, 49999999, l16, l13 | l19},
	{"elo", 50417500, 50417599, l16, 0},
	{"elo", 50669900, 50677899, l16, 0},
	{"elo", 50900000, 50999999, l16, 0},
	{"naranja", 58956200, 58956299, l16, 0},
	{"naranja", 52757200, 52757299, l16, 0},
	{"dankort", 50190000, 50199999, l16, 0},
	{"verve", 50609900, 50619899, l16, l18 | l19},
	{"verve", 50786500, 50796499, l16, l18 | l19},
	{"meeza", 50780000, 50789999, 0, l16},
	{"uzcard", 56140000, 56149999, 0, l16},
	{"maestro", 50000000, 50999999, l16, lAll},
	{"maestro", 56000000, 58999999, l16, lAll},
	{"mastercard", 51000000, 55999999, l16, 0},
	{"hiper", 63737423, 63737423, l16, 0},
	{"hiper", 63743358, 63743358, l16, 0},
	{"hiper", 63709500, 63709599, l16, 0},
	{"hiper", 63756800, 63756899, l16, 0},
	{"hiper", 63759900, 63759999, l16, 0},
	{"hiper", 63760900, 63760999, l16, 0},
	{"hiper", 63761200, 63761299, l16, 0},
	{"hipercard", 60628200, 60628299, l16, 0},
	{"elo", 62778000, 62778099, l16, 0},
	{"elo", 63629700, 63629799, l16, 0},
	{"elo", 63636800, 63636899, l16, 0},
	{"cabal", 60420000, 60429999, l16, 0},
	{"forbrugsforeningen", 60072200, 60072299, l16, 0},
	{"verve", 65000200, 65002799, l16, l18 | l19},
	{"bccard", 65410000, 65419999, l16, 0},
	{"bccard", 65550000, 65569999, l16, 0},
	{"discover", 60110000, 60119999, l16, l17to19},
	{"discover", 62212600, 62292599, l16, l17to19},
	{"discover", 64400000, 64999999, l16, l17to19},
	{"interpayment", 63600000, 63699999, l16, l17to19},
	{"instapayment", 63700000, 63999999, l16, 0},
	{"unionpay", 62000000, 62999999, l16 | l19, l17 | l18},
	{"discover", 65000000, 65999999, l16, l17to19},
	{"rupay", 60000000, 60999999, l16, 0},
	{"maestro", 63000000, 63999999, l16, lAll},
	{"maestro", 67000000, 67999999, l16, lAll},
	{"maestro", 60000000, 69999999, 0, lAll},
	{"uzcard", 86000000, 86009999, 0, l16},
	{"unionpay", 81000000, 81799999, 0, l16to19},
	{"rupay", 81000000, 82999999, 0, l16},
	{"troy", 97920000, 97929999, 0, l16},
	{"humo", 98600000, 98609999, 0, l16},
	{"dinacard", 98910000, 98919999, 0, l16},
	{"napas", 97040000, 97049999, 0, l16 | l19},
	{"belkart", 91120000, 91129999, 0, l16},
	{"arca", 90510000, 90519999, 0, l16},
	{"elcart", 94170000, 94179999, 0, l16},
	{"prostir", 98040000, 98049999, 0, l16},
	{"korea", 90000000, 99999999, 0, l16},
}

// lengthsByPrefix unites, for each first two digits, the lengths of all rows
// they may lead to, so that most numbers are dismissed with one look. A test
// derives it from schemes.
var lengthsByPrefix = [100]lengths{
	10: l15, 11: l15, 12: l15, 13: l15, 14: l15, 15: l15, 16: l15, 17: l15, 18: l15,
	19: l15 | l16,
	21: l15,
	22: l16to19, 23: l16, 24: l16, 25: l16, 26: l16, 27: l16,
	30: l14 | l16to19, 34: l15, 35: l16to19, 36: l14 | l15 | l16to19, 37: l15,
	38: l14 | l16to19, 39: l14 | l16to19,
	40: l13 | l16 | l19, 41: l13 | l16 | l19, 42: l13 | l16 | l19, 43: l13 | l16 | l19,
	44: l13 | l16 | l19, 45: l13 | l16 | l19, 46: l13 | l16 | l19, 47: l13 | l16 | l19,
	48: l13 | l16 | l19, 49: l13 | l16 | l19,
	50: lAll, 51: l16, 52: l16, 53: l16, 54: l16, 55: l16, 56: lAll, 57: lAll, 58: lAll,
	60: lAll, 61: lAll, 62: lAll, 63: lAll, 64: lAll, 65: lAll, 66: lAll, 67: lAll, 68: lAll, 69: lAll,
	81: l16to19, 82: l16,
	86: l16,
	90: l16, 91: l16, 92: l16, 93: l16, 94: l16, 95: l16, 96: l16, 98: l16, 99: l16,
	97: l16 | l19,
}

// schemesFrom tells for each first digit where its rows begin in schemes; they
// end where those of the next digit begin. A test derives it from schemes.
var schemesFrom = [11]uint8{0, 0, 3, 6, 16, 25, 38, 65, 65, 68, 77}

// lookup returns the row that names a number of some scheme by its first digits
// and its length.
func lookup(digits []byte) (row uint8) {
	var prefix uint32
	for _, d := range digits[:8] {
		prefix = prefix*10 + uint32(d-'0')
	}
	bit := lengthBit(len(digits))
	for row = schemesFrom[digits[0]-'0']; ; row++ {
		s := &schemes[row]
		if prefix >= s.from && prefix <= s.to && (s.strong|s.weak)&bit != 0 {
			return row
		}
	}
}

// iinDigits is how many of the first digits decide on the tier of a number. Those
// after them only name its scheme.
const iinDigits = 4

// A tiers holds the lengths of each tier that numbers with the same first digits
// may have.
type tiers struct{ strong, weak lengths }

// of returns the tier of the numbers with n digits.
func (t tiers) of(n int) Tier {
	switch bit := lengthBit(n); {
	case t.strong&bit != 0:
		return Strong
	case t.weak&bit != 0:
		return Weak
	}
	return None
}

// tiersByIIN unites schemes by the first four digits.
var tiersByIIN = sync.OnceValue(func() *[1e4]tiers {
	var all [1e4]tiers
	for _, s := range schemes {
		for iin := s.from / 1e4; iin <= s.to/1e4; iin++ {
			t := &all[iin]
			t.strong |= s.strong
			t.weak = (t.weak | s.weak) &^ t.strong
		}
	}
	return &all
})

// maybeUnionPay tells by the first two digits whether isUnionPay may hold.
func maybeUnionPay(prefix uint8) bool { return prefix == 62 || prefix == 81 }

// isUnionPay tells by the first four digits whether a number looks like one of
// UnionPay, the one scheme whose numbers need not pass the Luhn check.
func isUnionPay(iin, n int) bool {
	return n >= 16 && (iin/100 == 62 || iin >= 8100 && iin <= 8179)
}

// luhnSums is what a digit counts in the two Luhn sums of a group: itself in the
// lower byte, its doubled value in the upper.
var luhnSums = [16]uint16{0x0000, 0x0201, 0x0402, 0x0603, 0x0804, 0x0105, 0x0306, 0x0507, 0x0708, 0x0909}
