package jsonscan

import "math/bits"

// A fault is the reason why a text is not JSON.
type fault uint8

const (
	fine fault = iota
	tooLong
	tooDeep
	cutShort
	noValue
	noName
	noColon
	noComma
	noDigit
	leadingZero
	badEscape
	control
	trailing
)

func (f fault) String() string {
	return [...]string{
		fine:        "no error",
		tooLong:     "text too long",
		tooDeep:     "nesting too deep",
		cutShort:    "unexpected end",
		noValue:     "value expected",
		noName:      "member name expected",
		noColon:     "colon expected",
		noComma:     "comma or closing bracket expected",
		noDigit:     "digit expected",
		leadingZero: "number with a leading zero",
		badEscape:   "invalid escape in string",
		control:     "control character in string",
		trailing:    "text after the value",
	}[f]
}

// none is the parent of the outermost value.
const none = ^uint32(0)

// scan appends the index of src to nodes. On a syntax error it returns where and
// why. While a container is open its node's next holds the parent, so no stack is
// needed.
func scan(src string, nodes []node) (_ []node, at int, bad fault) {
	var (
		parent = none
		depth  int
		named  bool // a member's name must come first
		i      = skipSpace(src, 0)
	)
	nodes = append(nodes, node{})
	for {
		// A name or a value must start at i. Its node is the last one, empty but for a
		// key.
		n := &nodes[len(nodes)-1]
		c := byteAt(src, i)
		if c == '"' {
			// Names and strings are most of a text, hence here and not in a function.
			end, f := i+1, flags(0)
			for {
				if end+8 > len(src) {
					end, f, bad = scanStrange(src, end)
					break
				}
				x := load8(src, end)
				m := (marks(x) | x) & highs // plain ASCII ends here
				if m == 0 {
					end += 8
					continue
				}
				if end += bits.TrailingZeros64(m) / 8; src[end] == '"' {
					end++
				} else {
					end, f, bad = scanStrange(src, end)
				}
				break
			}
			if bad != fine {
				return nodes, end, bad
			}
			if named {
				n.key, n.keyEnd, n.keyFlags = uint32(i+1), uint32(end-1), f
				if i = end; byteAt(src, i) != ':' {
					if i = skipSpace(src, i); byteAt(src, i) != ':' {
						return nodes, i, unexpected(src, i, noColon)
					}
				}
				i, named = skip(src, i+1), false
				continue
			}
			n.kind, n.start, n.end, n.flags = String, uint32(i), uint32(end), f
			n.next = uint32(len(nodes))
			i = end
		} else {
			if named {
				return nodes, i, unexpected(src, i, noName)
			}
			n.start = uint32(i)
			switch c {
			case '{', '[':
				if depth++; depth > maxDepth {
					return nodes, i, tooDeep
				}
				n.kind, n.next = Array, parent
				if c == '{' {
					n.kind = Object
				}
				parent = uint32(len(nodes) - 1)
				i = skip(src, i+1)
				if byteAt(src, i) == c+2 { // '}' or ']': both close two after they open
					break // an empty one; closed below
				}
				nodes = append(nodes, node{})
				named = c == '{'
				continue
			case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
				n.kind = Number
				if i, bad = scanNumber(src, i); bad != fine {
					return nodes, i, bad
				}
			case 't':
				n.kind, i = True, scanWord(src, i, "true")
			case 'f':
				n.kind, i = False, scanWord(src, i, "false")
			case 'n':
				n.kind, i = Null, scanWord(src, i, "null")
			default:
				return nodes, i, unexpected(src, i, noValue)
			}
			if n.kind < Array {
				if uint32(i) == n.start {
					return nodes, i, noValue // no such word
				}
				n.end = uint32(i)
				n.next = uint32(len(nodes))
			}
		}

		// Behind a value: close containers until one goes on.
		for {
			c := byteAt(src, i)
			if c <= ' ' && i < len(src) {
				i = skipSpace(src, i)
				c = byteAt(src, i)
			}
			if parent == none {
				if i < len(src) {
					return nodes, i, trailing
				}
				return nodes, i, fine
			}
			p := &nodes[parent]
			if c == ',' {
				i = skip(src, i+1)
				named = p.kind == Object
				nodes = append(nodes, node{})
				break
			}
			if p.kind == Object && c != '}' || p.kind == Array && c != ']' {
				return nodes, i, unexpected(src, i, noComma)
			}
			i++
			p.end = uint32(i)
			parent, p.next = p.next, uint32(len(nodes))
			depth--
		}
	}
}

// Eight bytes at a time: constants with each byte set to one value.
const (
	ones  = 0x0101010101010101
	highs = 0x80 * ones
)

// load8 returns the 8 bytes at i, the first one lowest.
func load8(src string, i int) uint64 {
	w := src[i : i+8]
	return uint64(w[0]) | uint64(w[1])<<8 | uint64(w[2])<<16 | uint64(w[3])<<24 |
		uint64(w[4])<<32 | uint64(w[5])<<40 | uint64(w[6])<<48 | uint64(w[7])<<56
}

// marks sets the highest bit of the bytes of x that are a quote or below a space (with
// their second bit flipped these are the ones up to a space) or a backslash. Those of
// bytes that are not ASCII mean nothing. A borrow may mark bytes above a marked one; the
// lowest is exact.
func marks(x uint64) uint64 {
	return ((x ^ 2*ones) - (' '+1)*ones) | ((x ^ '\\'*ones) - ones)
}

// scanStrange reads what is left of a string that is not plain ASCII, or that ends
// within the last bytes of the text. It returns the offset behind the closing quote.
func scanStrange(src string, i int) (end int, f flags, bad fault) {
	for i < len(src) {
		switch c := src[i]; {
		case c == '"':
			return i + 1, f, fine
		case c == '\\':
			f |= escaped
			n := escapeLen(src, i)
			if n == 0 {
				return i, f, badEscape
			}
			i += n
			continue // escapes come in rows: texts that are not ASCII consist of them
		case c < ' ':
			return i, f, control
		case c >= 0x80:
			f |= nonASCII
		}
		i++
		for i+8 <= len(src) {
			x := load8(src, i)
			m := marks(x) &^ x & highs
			if x&highs&(m-1) != 0 { // not ASCII, and below the first mark
				f |= nonASCII
			}
			if m != 0 {
				i += bits.TrailingZeros64(m) / 8
				break
			}
			i += 8
		}
	}
	return i, f, cutShort
}

// escapeLen returns the length of the escape at i, 0 if it is not valid.
func escapeLen(src string, i int) int {
	if i+1 >= len(src) {
		return 0
	}
	switch src[i+1] {
	case 'u':
		if _, ok := hex4(src[i:]); ok {
			return 6
		}
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	}
	return 0
}

// hex4 returns the code unit of the \u escape s starts with.
func hex4(s string) (rune, bool) {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return 0, false
	}
	a, b, c, d := rune(hexValue(s[2])), rune(hexValue(s[3])), rune(hexValue(s[4])), rune(hexValue(s[5]))
	return a<<12 | b<<8 | c<<4 | d, a|b|c|d <= 0xf
}

// hexValue returns what a hexadecimal digit means, 255 for anything else.
func hexValue(c byte) byte {
	if c-'0' <= 9 {
		return c - '0'
	}
	if c |= 0x20; c-'a' <= 5 {
		return c - 'a' + 10
	}
	return 255
}

// scanNumber reads a number: -? (0|[1-9][0-9]*) (\.[0-9]+)? ([eE][+-]?[0-9]+)?
func scanNumber(src string, i int) (end int, bad fault) {
	if src[i] == '-' {
		i++
	}
	start := i
	if i = skipDigits(src, i); i == start {
		return i, unexpected(src, i, noDigit)
	}
	if src[start] == '0' && i > start+1 {
		return start + 1, leadingZero
	}
	if byteAt(src, i) == '.' {
		start = i + 1
		if i = skipDigits(src, start); i == start {
			return i, unexpected(src, i, noDigit)
		}
	}
	if c := byteAt(src, i); c == 'e' || c == 'E' {
		i++
		if c := byteAt(src, i); c == '+' || c == '-' {
			i++
		}
		start = i
		if i = skipDigits(src, start); i == start {
			return i, unexpected(src, i, noDigit)
		}
	}
	return i, fine
}

// scanWord returns the offset behind word if it stands at i, else i.
func scanWord(src string, i int, word string) int {
	if len(src)-i < len(word) || src[i:i+len(word)] != word {
		return i
	}
	return i + len(word)
}

func skipDigits(src string, i int) int {
	for i < len(src) && src[i]-'0' <= 9 {
		i++
	}
	return i
}

// skip returns the offset of the first byte at or behind i that is no white
// space. Bodies come without any, so the first look decides.
func skip(src string, i int) int {
	if i < len(src) && src[i] > ' ' {
		return i
	}
	return skipSpace(src, i)
}

func skipSpace(src string, i int) int {
	for i < len(src) && (src[i] == ' ' || src[i] == '\n' || src[i] == '\t' || src[i] == '\r') {
		i++
	}
	return i
}

// byteAt returns the byte at i, or 0, which no syntax allows, behind the end.
func byteAt(src string, i int) byte {
	if i < len(src) {
		return src[i]
	}
	return 0
}

// unexpected explains why what is at i is wrong.
func unexpected(src string, i int, bad fault) fault {
	if i >= len(src) {
		return cutShort
	}
	return bad
}
