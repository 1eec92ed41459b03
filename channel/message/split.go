package message

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Split cuts a text into pieces of at most max characters (code points, as [Text]
// counts them; 0 or less means [MaxTextBody]), to be sent one after the other. A text
// that fits is returned as it is; one of nothing but white space gives nil.
//
// It cuts where a reader would: between paragraphs, else between lines, else behind a
// sentence, else between words, in any script. It never cuts within a web address, nor between the
// groups of a long number (a card's is found and masked only if it is whole), nor
// within what is one character to the eye (an emoji with its skin tone, a letter with
// its accents), unless that alone is longer than max. White space at a cut is dropped.
// Markup that a cut would tear apart (*bold*, _italic_, ~strike~, code and quotes) is
// closed before it and opened again behind it, if max is at least 32.
func Split(text string, max int) []string {
	if max <= 0 {
		max = MaxTextBody
	}
	if strings.TrimSpace(text) == "" {
		return nil
	}
	var pieces []string
	for {
		end := runesIn(text, max)
		if end == len(text) {
			return append(pieces, text)
		}
		piece, rest := cut(text, max)
		if piece != "" {
			pieces = append(pieces, piece)
		}
		if strings.TrimSpace(rest) == "" {
			return pieces
		}
		text = rest
	}
}

// minMarked is the smallest piece in which there is room to close markup and open it again.
const minMarked = 32

// cut takes a piece of at most max characters from the front of a longer text. The rest
// is shorter than text.
func cut(text string, max int) (piece, rest string) {
	at := cutPoint(text, runesIn(text, max))
	var open marks
	if max >= minMarked {
		open = marksAt(text, at, max)
		for end := runesIn(text, max-len(open.closing())); at > end; end = runesIn(text, max-len(open.closing())) {
			at = cutPoint(text, end) // room for the marks that close
			open = marksAt(text, at, max)
		}
	}
	piece = strings.TrimRightFunc(text[:at], unicode.IsSpace)
	rest = strings.TrimLeftFunc(text[at:], unicode.IsSpace)
	if piece == "" || rest == "" {
		return piece, rest
	}
	if strings.Trim(piece, "*_~`> ") == "" && (open != "" || text == piece+rest) {
		return "", rest // what follows fills a piece: there is no room for the marks in front of it
	}
	if before, begins := strings.CutSuffix(piece, fence); begins && open == codeBlock {
		return strings.TrimRightFunc(before, unicode.IsSpace), fence + rest
	}
	if after, ends := strings.CutPrefix(rest, fence); ends && open == codeBlock {
		return piece + fence, strings.TrimLeftFunc(after, unicode.IsSpace)
	}
	return piece + open.closing(), open.opening() + rest
}

// runesIn returns how many bytes the first n characters of text take: len(text) if
// there are no more.
func runesIn(text string, n int) int {
	if len(text) <= n {
		return len(text)
	}
	at := 0
	for ; n > 0 && at < len(text); n-- {
		_, size := utf8.DecodeRuneInString(text[at:])
		at += size
	}
	return at
}

// cutPoint returns where to cut text, in bytes: at most end, more than 0. The ends of
// paragraphs, lines and sentences count in the second half only, so that pieces do not
// become small without need.
func cutPoint(text string, end int) int {
	var best [numEnds]int
	half := end / 2
	near := text[:min(len(text), end+len("https://"))] // no more is needed of an address that goes on behind end
	url := 0                                           // where the web address ends that begins before the position
	flags := 0                                         // halves of flags right before it
	solid := 0                                         // where the white space right before it begins
	judged, ended := -1, false                         // for which of those, and whether a sentence ends there
	sentence := func() bool {
		if judged != solid {
			judged, ended = solid, endsSentence(text[:solid])
		}
		return ended
	}
	for at := 0; at < end; {
		r, size := utf8.DecodeRuneInString(text[at:])
		if url <= at {
			url = at + urlLen(near, at)
		}
		at += size
		if at > end {
			break
		}
		if flags++; !regional(r) {
			flags = 0
		}
		if !unicode.IsSpace(r) {
			solid = at
		}
		kind := endAt(text, at, r, flags, sentence)
		if kind < endCluster || at < url {
			continue
		}
		if kind > endGroup && withinNumber(text, at) {
			kind = endGroup
		}
		if kind >= endSentence && at < half {
			kind = endWord
		}
		for k := kind; k >= endCluster; k-- {
			best[k] = at
		}
	}
	// The better the kind of end, the earlier it may be; an end of a better kind was
	// noted as one of each lesser kind, too.
	for k := endParagraph; k >= endCluster; k-- {
		if best[k] > 0 {
			return best[k]
		}
	}
	return end // one address or one cluster that is longer than a piece
}
