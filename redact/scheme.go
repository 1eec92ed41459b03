package redact

import "sync"

// lengths is a set of number lengths: bit n stands for 12+n digits.
type lengths uint8

const (
	l12, l13, l14, l15 lengths = 1, 2, 4, 8
	l16, l17, l18, l19 lengths = 16, 32, 64, 128

	l16to19 = l16 | l17 | l18 | l19
	l17to19 = l17 | l18 | l19
	lAll    = l12 | l13 | l14 | l15 | l16to19
)

func lengthBit(n int) lengths { return 1 << (n - minDigits) }

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
	{"gpn", 19460000, 19469999, 0, l16}, {"jcb", 18000000, 18009999, 0, l15}, {"uatp", 10000000, 19999999, 0, l15},
	{"jcb", 21310000, 21319999, 0, l15}, {"mir", 22000000, 22049999, l16, l17to19},
	{"mastercard", 22210000, 27209999, l16, 0}, {"hipercard", 38410000, 38419999, l16, 0},
	{"lankapay", 35711100, 35711199, l16, 0}, {"jcb", 30880000, 30949999, 0, l16},
	{"jcb", 35280000, 35899999, l16, l17to19}, {"diners", 30000000, 30599999, l14 | l16, l17to19},
	{"diners", 30900000, 30999999, l14 | l16, l17to19}, {"amex", 34000000, 34999999, l15, 0},
	{"amex", 37000000, 37999999, l15, 0}, {"diners", 36000000, 36999999, l14 | l16, l15 | l17to19},
	{"diners", 38000000, 39999999, l14 | l16, l17to19}, {"elo", 40117800, 40117999, l16, 0},
	{"elo", 43127400, 43127499, l16, 0}, {"elo", 43893500, 43893599, l16, 0}, {"elo", 45141600, 45141699, l16, 0},
	{"elo", 45739300, 45739399, l16, 0}, {"elo", 45763100, 45763299, l16, 0}, {"naranja", 40291800, 40291899, l16, 0},
	{"dankort", 45710000, 45719999, l16, 0}, {"visa", 40000000, 49999999, l16, l13 | l19},
	{"elo", 50417500, 50417599, l16, 0}, {"elo", 50669900, 50677899, l16, 0}, {"elo", 50900000, 50999999, l16, 0},
	{"naranja", 58956200, 58956299, l16, 0}, {"naranja", 52757200, 52757299, l16, 0},
	{"dankort", 50190000, 50199999, l16, 0}, {"verve", 50609900, 50619899, l16, l18 | l19},
	{"verve", 50786500, 50796499, l16, l18 | l19}, {"meeza", 50780000, 50789999, 0, l16},
	{"uzcard", 56140000, 56149999, 0, l16}, {"maestro", 50000000, 50999999, l16, lAll},
	{"maestro", 56000000, 58999999, l16, lAll}, {"mastercard", 51000000, 55999999, l16, 0},
	{"hiper", 63737423, 63737423, l16, 0}, {"hiper", 63743358, 63743358, l16, 0}, {"hiper", 63709500, 63709599, l16, 0},
	{"hiper", 63756800, 63756899, l16, 0}, {"hiper", 63759900, 63759999, l16, 0}, {"hiper", 63760900, 63760999, l16, 0},
	{"hiper", 63761200, 63761299, l16, 0}, {"hipercard", 60628200, 60628299, l16, 0}, {"elo", 62778000, 62778099, l16, 0},
	{"elo", 63629700, 63629799, l16, 0}, {"elo", 63636800, 63636899, l16, 0}, {"cabal", 60420000, 60429999, l16, 0},
	{"forbrugsforeningen", 60072200, 60072299, l16, 0}, {"verve", 65000200, 65002799, l16, l18 | l19},
	{"bccard", 65410000, 65419999, l16, 0}, {"bccard", 65550000, 65569999, l16, 0},
	{"discover", 60110000, 60119999, l16, l17to19}, {"discover", 62212600, 62292599, l16, l17to19},
	{"discover", 64400000, 64999999, l16, l17to19}, {"interpayment", 63600000, 63699999, l16, l17to19},
	{"instapayment", 63700000, 63999999, l16, 0}, {"unionpay", 62000000, 62999999, l16 | l19, l17 | l18},
	{"discover", 65000000, 65999999, l16, l17to19}, {"rupay", 60000000, 60999999, l16, 0},
	{"maestro", 63000000, 63999999, l16, lAll}, {"maestro", 67000000, 67999999, l16, lAll},
	{"maestro", 60000000, 69999999, 0, lAll}, {"uzcard", 86000000, 86009999, 0, l16},
	{"unionpay", 81000000, 81799999, 0, l16to19}, {"rupay", 81000000, 82999999, 0, l16},
	{"troy", 97920000, 97929999, 0, l16}, {"humo", 98600000, 98609999, 0, l16}, {"dinacard", 98910000, 98919999, 0, l16},
	{"napas", 97040000, 97049999, 0, l16 | l19}, {"belkart", 91120000, 91129999, 0, l16},
	{"arca", 90510000, 90519999, 0, l16}, {"elcart", 94170000, 94179999, 0, l16}, {"prostir", 98040000, 98049999, 0, l16},
	{"korea", 90000000, 99999999, 0, l16},
}

// schemeName returns the name of the first row that covers a number.
func schemeName(number []byte, why Reason) string {
	if why == ByUnionPayWord {
		return "unionpay" // Discover issues in some of its ranges
	}
	var prefix uint32
	for _, d := range number[:8] {
		prefix = prefix*10 + uint32(d)
	}
	bit := lengthBit(len(number))
	for i := range schemes {
		if s := &schemes[i]; prefix >= s.from && prefix <= s.to && (s.strong|s.weak)&bit != 0 {
			return s.name
		}
	}
	return ""
}

// A tiers holds the lengths of each tier that numbers with the same first digits may
// have.
type tiers struct{ strong, weak lengths }

// tiersByIIN unites schemes by the first four digits. Those after them only name the
// scheme of a number.
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

// tierOf returns the tier of a number by its length and first digits.
func tierOf(n []byte) Tier {
	t := &tiersByIIN()[int(n[0])*1000+int(n[1])*100+int(n[2])*10+int(n[3])]
	switch bit := lengthBit(len(n)); {
	case t.strong&bit != 0:
		return Strong
	case t.weak&bit != 0:
		return Weak
	}
	return None
}
