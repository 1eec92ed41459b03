package cloudapitest

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"strings"
)

// A QR code of one size only, version 3 with error correction L: 29 modules a side and
// up to 53 bytes, enough for the address of a chat. ISO/IEC 18004.
const (
	qrSide   = 29
	qrData   = 55 // code words of data
	qrCheck  = 15 // code words of error correction
	qrScale  = 8  // pixels per module
	qrMargin = 4  // modules of white around it
)

// qrPicture holds the modules: true is dark.
type qrPicture [qrSide][qrSide]bool

// qrMatrix draws text, at most 53 bytes; what is longer is cut.
func qrMatrix(text string) *qrPicture {
	var p, fixed qrPicture
	set := func(x, y int, dark bool) { p[y][x], fixed[y][x] = dark, true }
	p.patterns(set)
	words := qrWords(text[:min(len(text), qrData-2)])
	// Two columns at a time from the right, up and down in turn, past the timing column.
	bit := 0
	for right, up := qrSide-1, true; right > 0; right, up = right-2, !up {
		if right == 6 {
			right--
		}
		for i := range qrSide {
			y := i
			if up {
				y = qrSide - 1 - i
			}
			for x := right; x >= right-1; x-- {
				if fixed[y][x] {
					continue
				}
				dark := bit < len(words)*8 && words[bit/8]>>(7-bit%8)&1 == 1
				p[y][x] = dark != ((x+y)%2 == 0) // mask 0
				bit++
			}
		}
	}
	return &p
}

// patterns draws what does not depend on the text: finders, timing, alignment, and the
// format for level L and mask 0.
func (p *qrPicture) patterns(set func(x, y int, dark bool)) {
	for _, corner := range [][2]int{{0, 0}, {qrSide - 7, 0}, {0, qrSide - 7}} {
		for dy := -1; dy <= 7; dy++ {
			for dx := -1; dx <= 7; dx++ {
				x, y := corner[0]+dx, corner[1]+dy
				if x < 0 || y < 0 || x >= qrSide || y >= qrSide {
					continue
				}
				ring := max(abs(dx-3), abs(dy-3))
				set(x, y, ring != 2 && ring < 4)
			}
		}
	}
	for i := 8; i < qrSide-8; i++ {
		set(i, 6, i%2 == 0)
		set(6, i, i%2 == 0)
	}
	for dy := -2; dy <= 2; dy++ {
		for dx := -2; dx <= 2; dx++ {
			set(22+dx, 22+dy, max(abs(dx), abs(dy)) != 1)
		}
	}
	const format = 0b111011111000100
	for i := range 15 {
		dark := format>>i&1 == 1
		switch {
		case i < 6:
			set(8, i, dark)
		case i < 8:
			set(8, i+1, dark)
		case i == 8:
			set(7, 8, dark)
		default:
			set(14-i, 8, dark)
		}
		if i < 8 {
			set(qrSide-1-i, 8, dark)
		} else {
			set(8, qrSide-15+i, dark)
		}
	}
	set(8, qrSide-8, true)
}

// qrWords encodes text as bytes, filled up, and appends the error correction.
func qrWords(text string) []byte {
	bits := make([]byte, 0, qrData*8)
	push := func(v, n int) {
		for i := n - 1; i >= 0; i-- {
			bits = append(bits, byte(v>>i&1))
		}
	}
	push(4, 4) // bytes
	push(len(text), 8)
	for i := range len(text) {
		push(int(text[i]), 8)
	}
	push(0, 4)
	words := make([]byte, 0, qrData+qrCheck)
	for i := 0; i < len(bits); i += 8 {
		var w byte
		for _, b := range bits[i : i+8] {
			w = w<<1 | b
		}
		words = append(words, w)
	}
	for pad := byte(0xec); len(words) < qrData; pad ^= 0xec ^ 0x11 {
		words = append(words, pad)
	}
	// Reed-Solomon: the remainder of the data by a polynomial over GF(256).
	generator := []byte{1}
	for root, i := byte(1), 0; i < qrCheck; i++ {
		next := make([]byte, len(generator)+1)
		for j, g := range generator {
			next[j] ^= g
			next[j+1] ^= times(g, root)
		}
		generator, root = next, times(root, 2)
	}
	rest := make([]byte, qrCheck)
	for _, w := range words {
		lead := w ^ rest[0]
		rest = append(rest[1:], 0)
		for j := range rest {
			rest[j] ^= times(generator[j+1], lead)
		}
	}
	return append(words, rest...)
}

// times multiplies in GF(256) with the polynomial of QR codes.
func times(a, b byte) (product byte) {
	for ; b > 0; b >>= 1 {
		if b&1 == 1 {
			product ^= a
		}
		carry := a&0x80 != 0
		if a <<= 1; carry {
			a ^= 0x1d
		}
	}
	return product
}

func abs(n int) int { return max(n, -n) }

// png draws the modules as a picture.
func (p *qrPicture) png() []byte {
	side := (qrSide + 2*qrMargin) * qrScale
	img := image.NewPaletted(image.Rect(0, 0, side, side), color.Palette{color.White, color.Black})
	for y := range side {
		for x := range side {
			mx, my := x/qrScale-qrMargin, y/qrScale-qrMargin
			if mx >= 0 && my >= 0 && mx < qrSide && my < qrSide && p[my][mx] {
				img.SetColorIndex(x, y, 1)
			}
		}
	}
	var out bytes.Buffer
	_ = png.Encode(&out, img) // a buffer takes everything
	return out.Bytes()
}

// svg draws the modules as one path.
func (p *qrPicture) svg() []byte {
	var b strings.Builder
	side := itoa(qrSide + 2*qrMargin)
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ` + side + ` ` + side + `"><rect width="` + side + `" height="` + side + `" fill="#fff"/><path d="`)
	for y := range qrSide {
		for x := range qrSide {
			if p[y][x] {
				b.WriteString("M" + itoa(x+qrMargin) + " " + itoa(y+qrMargin) + "h1v1h-1z")
			}
		}
	}
	b.WriteString(`"/></svg>`)
	return []byte(b.String())
}
