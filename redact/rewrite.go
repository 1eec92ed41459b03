package redact

import (
	"encoding/binary"
	"iter"
	"math/bits"
	"unicode/utf8"
)

// rewrite appends b[from:to] to dst with the hits in it masked. dst may be
// b[from:from] if no mask is longer than what it replaces.
func (o *options) rewrite(dst, b []byte, from, to int, found []hit) []byte {
	if o.plain(b, found) {
		at := len(dst) - from
		dst = append(dst, b[from:to]...)
		for k := range found {
			x := &found[k]
			x.overwrite(dst[at+x.start:at+x.end], byte(o.mask))
		}
		return dst
	}
	for k := range found {
		x := &found[k]
		dst = append(dst, b[from:x.start]...)
		from = x.end
		if o.plain(b, found[k:k+1]) {
			at := len(dst)
			dst = append(dst, b[x.start:x.end]...)
			x.overwrite(dst[at:], byte(o.mask))
		} else {
			dst = o.spell(dst, b, x)
		}
	}
	return append(dst, b[from:to]...)
}

// plain reports whether each mask and all that it replaces is one byte.
func (o *options) plain(b []byte, found []hit) bool {
	if o.mask >= utf8.RuneSelf {
		return false
	}
	for k := range found {
		if x := &found[k]; x.kind == Custom || !isASCII(b[x.start:x.end]) {
			return false
		}
	}
	return true
}

func isASCII(b []byte) bool {
	for ; len(b) >= 8; b = b[8:] {
		if load64(b)&tops != 0 {
			return false
		}
	}
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// overwrite masks x in text, which is what x covers and has ASCII digits only.
func (x *hit) overwrite(text []byte, mask byte) {
	shown, left := int(x.head), x.hidden()
	for i := 0; left > 0 && i < len(text); i++ {
		switch {
		case shown == 0 && len(text)-i >= 8: // eight at once
			w := load64(text[i:])
			d := ^((w ^ zeros) + from10) & tops
			n := bits.OnesCount64(d)
			for ; n > left; n-- {
				d &^= 1 << (bits.Len64(d) - 1)
			}
			left -= n
			d = d >> 7 * 0xFF
			binary.LittleEndian.PutUint64(text[i:], w&^d|uint64(mask)*ones&d)
			i += 7
		case text[i]-'0' > 9:
		case shown > 0:
			shown--
		default:
			text[i] = mask
			left--
		}
	}
}

// spell appends what x covers to dst, masked character by character.
func (o *options) spell(dst, b []byte, x *hit) []byte {
	n, low, high := 0, int(x.head), int(x.digits)-int(x.tail)
	for i := x.start; i < x.end; {
		counts, w := b[i]-'0' <= 9, 1
		if !counts {
			if b[i] < utf8.RuneSelf && x.kind != Custom { // most separators
				dst = append(dst, b[i])
				i++
				continue
			}
			counts, w = x.counts(b, i)
		}
		if counts {
			n++
		}
		if hide := counts && n > low && n <= high; hide && o.mask < utf8.RuneSelf {
			dst = append(dst, byte(o.mask))
		} else if hide {
			dst = utf8.AppendRune(dst, o.mask)
		} else if w == 1 {
			dst = append(dst, b[i])
		} else {
			dst = append(dst, b[i:i+w]...)
		}
		i += w
	}
	return dst
}

// counts reports whether the character at b[i] is one of those that x may hide,
// digits, and letters too in what a Detector found; and its width.
func (x *hit) counts(b []byte, i int) (bool, int) {
	if b[i]-'0' <= 9 {
		return true, 1
	}
	if _, w := decimal(b, i); w > 0 {
		return true, w
	}
	r, w := runeAfter(b, i)
	return x.kind == Custom && isAnyLetter(r), w
}

// masked yields offset and width of each character in b that found hides.
func masked(b []byte, found []hit) iter.Seq2[int, int] {
	return func(yield func(i, width int) bool) {
		for k := range found {
			x := &found[k]
			n := 0
			for i := x.start; i < x.end; {
				counts, w := x.counts(b, i)
				if counts {
					n++
				}
				if counts && n > int(x.head) && n <= int(x.digits)-int(x.tail) && !yield(i, w) {
					return
				}
				i += w
			}
		}
	}
}

// growth returns how many bytes longer the text may get by masking found, and
// whether some mask is longer than what it replaces.
func (o *options) growth(b []byte, found []hit) (total int, some bool) {
	size := utf8.RuneLen(o.mask)
	if size == 1 {
		return 0, false
	}
	for _, w := range masked(b, found) {
		total += size - w
		some = some || size > w
	}
	return max(total, 0), some
}
