package redact

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
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

	// In ASCII, taking '0' off with an exclusive or leaves a digit below 10 and
	// nothing else.
	zeros  = '0' * ones
	from10 = (0x80 - 10) * ones

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

// nextDigit returns the offset of the first decimal digit at or after i, or
// len(b).
func nextDigit(b []byte, i int) int {
	if i+1 < len(b) && b[i] < utf8.RuneSelf { // where there is one, another is often near
		if b[i]-'0' <= 9 {
			return i
		}
		if b[i+1]-'0' <= 9 {
			return i + 1
		}
	}
	for {
		i = nextCandidateByte(b, i)
		if i >= len(b) || b[i] < utf8.RuneSelf {
			return i
		}
		if _, n := decimal(b, i); n > 0 {
			return i
		}
		i++
	}
}

// nextCandidateByte returns the offset of the first byte flagged by
// digitBytes at or after i, or len(b).
func nextCandidateByte(b []byte, i int) int {
	// Most text is ASCII without digits: four words need one branch. Other
	// characters may spoil the sums, and are looked for last.
	for len(b)-i >= 32 {
		w := b[i : i+32 : i+32]
		w0, w1 := load64(w), load64(w[8:])
		w2, w3 := load64(w[16:]), load64(w[24:])
		none := ((w0 ^ zeros) + from10) & ((w1 ^ zeros) + from10) & ((w2 ^ zeros) + from10) & ((w3 ^ zeros) + from10)
		if none&^(w0|w1|w2|w3)&tops == tops {
			i += 32
			continue
		}
		if f := digitBytes(w0); f != 0 {
			return i + bits.TrailingZeros64(f)>>3
		}
		if f := digitBytes(w1); f != 0 {
			return i + 8 + bits.TrailingZeros64(f)>>3
		}
		if f := digitBytes(w2); f != 0 {
			return i + 16 + bits.TrailingZeros64(f)>>3
		}
		if f := digitBytes(w3); f != 0 {
			return i + 24 + bits.TrailingZeros64(f)>>3
		}
		i += 32
	}
	for ; len(b)-i >= 8; i += 8 {
		if f := digitBytes(load64(b[i:])); f != 0 {
			return i + bits.TrailingZeros64(f)>>3
		}
	}
	if k := len(b) - 8; i < len(b) && k >= 0 { // the last word, but for the bytes before i
		if f := digitBytes(load64(b[k:])) >> (8 * (i - k)); f != 0 {
			return i + bits.TrailingZeros64(f)>>3
		}
		return len(b)
	}
	for ; i < len(b); i++ {
		if c := b[i]; c-'0' <= 9 || c >= 0xD9 && (c < 0xE2 || c >= 0xEA) {
			return i
		}
	}
	return i
}
