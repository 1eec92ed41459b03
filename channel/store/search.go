package store

import (
	"context"
	"errors"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// An Entry says by which words a record is found.
type Entry struct {
	// Kind and Key name the record.
	Kind string `json:"kind"`
	Key  string `json:"key"`
	// Group is what a search can be restricted to: the channel's ID.
	Group string `json:"group,omitempty"`
	// Text is what the words are taken from, by [Words]; it is not kept otherwise.
	Text string `json:"text,omitempty"`
}

// A Searcher is a [Store] that finds records by the words of Batch.Index.
type Searcher interface {
	// Search returns where all words of q.Text occur, each as the beginning of a word, what was
	// indexed last first.
	Search(ctx context.Context, q SearchQuery) ([]Hit, error)
}

// SearchQuery asks a Searcher.
type SearchQuery struct {
	// Kind is required.
	Kind string
	// Groups, if not nil, restricts to these groups.
	Groups []string
	// Text holds the words to look for: at least one, at most [MaxSearch] characters.
	Text string
	// Before is the Position of the hit to go on behind; 0 starts with the newest.
	Before int64
	// Limit is the most to return; it must be positive.
	Limit int
}

// Hit is something that was found.
type Hit struct {
	Key   string
	Group string
	// Position grows with every entry that is indexed.
	Position int64
}

// Bounds of what is indexed and asked for.
const (
	// MaxSearch is how many characters a search may have.
	MaxSearch = 200
	// MaxWords is how many words of a text are indexed; of a search it is half of that.
	MaxWords = 400
	// maxWord is how many characters of a word count.
	maxWord = 40
)

// ErrSearch says that a search has no words, or is longer than MaxSearch.
var ErrSearch = errors.New("store: a search has 1 to 200 characters and at least one word")

// Validate returns what is wrong with the query, or nil; a text that cannot be searched for
// matches ErrSearch. It is there for those who write a [Store].
func (q SearchQuery) Validate() error {
	var err error
	if q.Kind == "" {
		err = errNoName
	}
	if q.Limit <= 0 {
		err = errors.Join(err, errLimit)
	}
	if utf8.RuneCountInString(q.Text) > MaxSearch || len(q.Words()) == 0 {
		err = errors.Join(err, ErrSearch)
	}
	return err
}

// Words returns the beginnings of words that must all occur.
func (q SearchQuery) Words() []string { return split(q.Text, false, MaxWords/2) }

// Words returns the words of the entry's text: see the function of that name.
func (e *Entry) Words() []string { return Words(e.Text) }

// Words returns the different words of a text, in small letters without accents and in the order in which they
// come: what consists of letters, digits and their marks, at most MaxWords of them. Of scripts
// that put no space between words every two neighbouring characters are a word, and the last
// one of a row, so that any part of at least one character is found.
func Words(text string) []string { return split(text, true, MaxWords) }

// unspaced are the scripts that put no space between words.
var unspaced = []*unicode.RangeTable{
	unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar, unicode.Tibetan,
}

// split splits a text to be indexed, or one to search for, which has no need of the last
// character of a row. The words are parts of the folded text.
func split(text string, index bool, most int) []string {
	text = fold(text)
	words := wordList{most: most, words: make([]string, 0, min(most, len(text)/8+1))}
	begin, length := 0, 0 // of a row of letters: of one word, or of a script without spaces
	dense := false
	end := func(at int) {
		switch row := text[begin:at]; {
		case length == 0:
		case !dense:
			words.add(cut(row, length))
		default:
			words.addPairs(row, index || length == 1)
		}
		length = 0
	}
	for at, r := range text {
		if len(words.words) == most {
			return words.words
		}
		if !isLetter(r) {
			end(at)
			continue
		}
		if in := isUnspaced(r); in != dense && !unicode.Is(unicode.M, r) {
			end(at)
			dense = in
		}
		if length == 0 {
			begin = at
		}
		length++
	}
	end(len(text))
	return words.words
}

// isLetter says that a character is part of a word. What is not UTF-8 is none.
func isLetter(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || 'A' <= r && r <= 'Z'
	}
	return r != utf8.RuneError && unicode.In(r, unicode.L, unicode.N, unicode.M)
}

// isUnspaced says that a letter is of the unspaced scripts, which begin with Thai.
func isUnspaced(r rune) bool { return r >= '\u0E00' && unicode.In(r, unspaced...) }

// cut is what counts of a word of so many characters.
func cut(word string, length int) string {
	if length <= maxWord {
		return word
	}
	n := 0
	for at := range word {
		if n == maxWord {
			return word[:at]
		}
		n++
	}
	return word
}

// wordList is a list of different words with a bound.
type wordList struct {
	most  int
	words []string
	seen  map[string]bool // if there are more than it takes to look at each of them
}

// few is how many words are looked at one by one.
const few = 24

func (l *wordList) add(w string) {
	if len(l.words) >= l.most || l.has(w) {
		return
	}
	l.words = append(l.words, w)
	if l.seen != nil {
		l.seen[w] = true
	}
}

func (l *wordList) has(w string) bool {
	if len(l.words) < few {
		return slices.Contains(l.words, w)
	}
	if l.seen == nil {
		l.seen = make(map[string]bool, 2*few)
		for _, known := range l.words {
			l.seen[known] = true
		}
	}
	return l.seen[w]
}

// addPairs adds every two neighbouring characters of a row, and the last one if it is wanted.
func (l *wordList) addPairs(row string, last bool) {
	_, next := utf8.DecodeRuneInString(row)
	from := 0
	for next < len(row) {
		_, size := utf8.DecodeRuneInString(row[next:])
		l.add(row[from : next+size])
		from, next = next, next+size
	}
	if last {
		l.add(row[from:])
	}
}

// Matches reports whether each of the beginnings is one of some word: what a search means, for a
// store that has no better way.
func Matches(words, beginnings []string) bool {
	for _, b := range beginnings {
		if !slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, b) }) {
			return false
		}
	}
	return true
}
