package redact

import (
	"encoding/binary"
	"math/bits"
)

// Constants of the word-at-a-time search: eight bytes are tested with a few
// additions. Adding 0x80-x to a byte below 0x80 sets its top bit exactly when
// the byte is at least x, and never carries into the next one.
const (
	ones  = 0x0101010101010101
	tops  = 0x80 * ones
	low7  = 0x7F * ones
	from0 = (0x80 - '0') * ones       // at least '0'
	from9 = (0x80 - ('9' + 1)) * ones // above '9'

	// Of the bytes above 0x7F only some lead to a digit: D9, DB, DF, E0, E1,
	// EA, EF and F0. Tested are the two ranges D9–E1 and from EA on, so that
	// Latin, Greek, Cyrillic, Hebrew, kana and most Chinese go by unseen.
	fromD9 = (0x80 - 0x59) * ones
	fromE2 = (0x80 - 0x62) * ones
	fromEA = (0x80 - 0x6A) * ones
)

// load64 reads eight bytes; which one lands where in the word is fixed.
func load64(b []byte) uint64 { return binary.LittleEndian.Uint64(b) }

// digitBytes flags, in the top bit of each byte, ASCII digits and bytes that
// may lead to a digit of another script.
func digitBytes(x uint64) uint64 {
	y := x & low7
	flags := (y + from0) &^ (y + from9) &^ x
	if x&tops != 0 {
		flags |= ((y+fromD9)&^(y+fromE2) | (y + fromEA)) & x
	}
	return flags & tops
}

// nextDigit returns the offset of the first decimal digit at or after i, or len(b).
func nextDigit(b []byte, i int) int {
	for ; i < len(b); i++ {
		if len(b)-i >= 8 {
			flags := digitBytes(load64(b[i:]))
			if flags == 0 {
				i += 7
				continue
			}
			i += bits.TrailingZeros64(flags) >> 3
		}
		if _, w := decimal(b, i); w > 0 {
			return i
		}
	}
	return len(b)
}
