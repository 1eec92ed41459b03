package redact

import "unicode/utf8"

// runeBefore returns the character that ends at i, and its width. At the start
// of the text the width is 0.
func runeBefore(b []byte, i int) (r rune, width int) {
	if i--; i >= 0 && b[i] < utf8.RuneSelf {
		return rune(b[i]), 1
	}
	return longBefore(b, i)
}

// longBefore is runeBefore for what is not ASCII. Its last byte is at b[i].
func longBefore(b []byte, i int) (rune, int) {
	if i++; i > 0 && !continues(b[i-1]) {
		return utf8.RuneError, 1 // the start of a character that does not end
	}
	if i >= 4 && continues(b[i-1]) {
		switch c := b[i-2]; {
		case c >= 0xC2 && c < 0xE0:
			return two(b, i-2), 2
		case !continues(c):
		case b[i-3] > 0xE0 && b[i-3] < 0xF0 && b[i-3] != 0xED, b[i-3] == 0xE0 && c >= 0xA0:
			return three(b, i-3), 3
		case continues(b[i-3]) && b[i-4] == 0xF0 && b[i-3] >= 0x90:
			return four(b, i-4), 4
		}
	}
	return utf8.DecodeLastRune(b[:i]) // rare characters, broken ones, the start of the text
}

// runeAfter returns the character that starts at i, and its width. At the end
// of the text the width is 0.
func runeAfter(b []byte, i int) (r rune, width int) {
	if i < len(b) && b[i] < utf8.RuneSelf {
		return rune(b[i]), 1
	}
	return longAfter(b, i)
}

// longAfter is runeAfter for what is not ASCII.
func longAfter(b []byte, i int) (rune, int) {
	if i < len(b) && (b[i] < 0xC2 || b[i] > 0xF4) {
		return utf8.RuneError, 1
	}
	if len(b)-i >= 4 && continues(b[i+1]) {
		switch c := b[i]; {
		case c < 0xC2:
		case c < 0xE0:
			return two(b, i), 2
		case !continues(b[i+2]):
		case c > 0xE0 && c < 0xF0 && c != 0xED, c == 0xE0 && b[i+1] >= 0xA0:
			return three(b, i), 3
		case c == 0xF0 && b[i+1] >= 0x90 && continues(b[i+3]):
			return four(b, i), 4
		}
	}
	return utf8.DecodeRune(b[i:])
}

// skipBack moves i back over invisible characters, and skipOn forward.
func skipBack(b []byte, i int) int {
	for range maxTransparent {
		r, n := runeBefore(b, i)
		if n == 0 || !isTransparent(r) {
			break
		}
		i -= n
	}
	return i
}

func skipOn(b []byte, i int) int {
	for range maxTransparent {
		r, n := runeAfter(b, i)
		if n == 0 || !isTransparent(r) {
			break
		}
		i += n
	}
	return i
}

// stepBack moves i back by at most n characters, stepOn forward. Each byte that
// does not continue a character counts as one.
func stepBack(b []byte, i, n int) int {
	for ; n >= 8 && i >= 8 && load64(b[i-8:])&tops == 0; n -= 8 {
		i -= 8
	}
	for ; n > 0 && i > 0; i-- {
		if b[i-1]&0xC0 != 0x80 {
			n--
		}
	}
	return i
}

func stepOn(b []byte, i, n int) int {
	for ; n >= 8 && len(b)-i >= 8 && load64(b[i:])&tops == 0; n -= 8 {
		i += 8
	}
	for ; i < len(b); i++ {
		if b[i]&0xC0 != 0x80 {
			if n--; n < 0 {
				break
			}
		}
	}
	return i
}
