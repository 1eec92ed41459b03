package redact

// A Detector finds further texts to mask, such as the numbers of a host's own
// gift cards. In what it finds every letter and digit is masked.
type Detector struct {
	// Name appears as the Scheme of a [Span].
	Name string

	// Next returns the byte offsets of the first match that starts at or after
	// from, or a start of -1 if there is none. It is called from many
	// goroutines at once, must not keep text, and must judge a match by the
	// match and at most MaxLen bytes on either side of it.
	Next func(text string, from int) (start, end int)

	// MaxLen is the length in bytes of the longest match. A stream keeps that
	// much text back. Zero means 64; matches that are longer are ignored.
	MaxLen int

	// KeepLast is how many letters and digits at the end stay readable.
	KeepLast int
}

const defaultMaxLen = 64

func (d *Detector) maxLen() int {
	if d.MaxLen <= 0 {
		return defaultMaxLen
	}
	return d.MaxLen
}
