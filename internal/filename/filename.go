// Package filename deals with the names of files that come from outside.
package filename

import (
	"path"
	"strings"
	"unicode"
)

// Redact passes a file name through redact, which masks card numbers in texts, so that it
// sees the numbers in it: words and extensions are glued to them, as in
// "scan_4539148803436467.jpg", which makes them look like parts of a longer word. The name is
// read as a whole, without its extensions, with its underscores as spaces, then each part
// without letters by itself, then each piece between underscores, then each run of digits.
func Redact(name string, redact func(string) string) string {
	stem, exts := redact(name), ""
	for range maxExtensions {
		ext := path.Ext(stem)
		if ext == "" {
			break
		}
		stem, exts = redact(strings.TrimSuffix(stem, ext)), ext+exts
	}
	name = spaced(stem, redact) + exts
	for _, within := range []func(rune) bool{noLetter, noUnderscore, unicode.IsDigit} {
		name = eachRun(name, within, redact)
	}
	return name
}

// maxExtensions is how many extensions are taken off, as in ".tar.gz.asc".
const maxExtensions = 3

// minDigits is the length of the shortest card number.
const minDigits = 12

func noLetter(r rune) bool { return !unicode.IsLetter(r) }

func noUnderscore(r rune) bool { return noLetter(r) && r != '_' }

// spaced redacts s as if its underscores were spaces, and puts them back.
func spaced(s string, redact func(string) string) string {
	if !strings.Contains(s, "_") {
		return s
	}
	before, after := []rune(s), []rune(redact(strings.ReplaceAll(s, "_", " ")))
	if len(after) != len(before) {
		return string(after) // redact does more than to mask
	}
	for i, r := range before {
		if r == '_' {
			after[i] = r
		}
	}
	return string(after)
}

// eachRun passes every run of runes that are within through redact, from its first to its
// last digit.
func eachRun(s string, within func(rune) bool, redact func(string) string) string {
	var b strings.Builder
	for s != "" {
		start := strings.IndexFunc(s, within)
		if start < 0 {
			break
		}
		b.WriteString(s[:start])
		s = s[start:]
		end := strings.IndexFunc(s, func(r rune) bool { return !within(r) })
		if end < 0 {
			end = len(s)
		}
		run := s[:end]
		s = s[end:]
		bare := strings.TrimFunc(run, func(r rune) bool { return !unicode.IsDigit(r) })
		if len(bare) >= minDigits {
			at := strings.Index(run, bare)
			run = run[:at] + redact(bare) + run[at+len(bare):]
		}
		b.WriteString(run)
	}
	b.WriteString(s)
	return b.String()
}
