package redact

// survey finds out about the numbers that start with each of the groups in hand:
// how they begin, where they may end and which pass the Luhn check. It goes
// backwards, so that all takes a few steps per group, however many numbers there
// are.
func (s *scanner) survey() {
	// For each digit, from a group on, that is the last of a group: one more
	// than the sum of all digits before, in four bits; 0 stands for all others.
	var sums, more uint64 // digits 1 to 15, digits from 16 on
	var ends uint32
	var lead uint16
	j := s.n - 1
	for ; j >= s.surveyed; j-- {
		g := &s.g[j]
		switch n := g.n; {
		case n > maxDigits:
			sums, more, ends = 0, 0, 0
		case n > 15:
			sums, more = 0, sums<<(4*(n-16))|uint64(uint8(g.out)+1)<<(4*(n-16))
			ends = (ends | 1) << n
		default:
			more = more<<(4*n) | sums>>(64-4*n)
			sums = sums<<(4*n) | uint64(uint8(g.out)+1)<<(4*n)
			ends = (ends | 1) << n
		}
		if g.n < iinDigits {
			g.lead |= lead >> (4 * g.n)
		}
		lead = g.lead
		g.ends = ends & (1<<(maxDigits+1) - 1)
		// The sums before the group that belong to an even and to an odd
		// number of digits, where such numbers of 12 to 19 digits end.
		const odds, evens = 0x10101010, 0x01010101
		want := uint32(uint8(g.in)+1)*evens + uint32(g.in>>8+1)*odds
		g.luhn = lengths(zeroNibbles(uint32(sums>>(4*minDigits)|more<<(64-4*minDigits)) ^ want))
	}
	end := s.g[s.n-1].at + uint32(s.g[s.n-1].n)
	for j = s.n - 1; j >= s.surveyed && end-s.g[j].at <= maxDigits; j-- {
	}
	s.surveyed = j + 1
}

// zeroNibbles has a bit for each four bits of x that are zero.
func zeroNibbles(x uint32) uint8 {
	const low3 = 0x77777777
	x = ^(x&low3 + low3 | x | low3) >> 3
	x = (x | x>>3) & 0x03030303
	x = (x | x>>6) & 0x000F000F
	return uint8(x | x>>12)
}
