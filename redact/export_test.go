package redact

import "strings"

// What the reference implementation shares with the package: the table of words and
// how letters are compared.

// A TableWord is an entry of the table of words, with its column.
type TableWord struct{ Language, Column, Entry string }

// TableWords returns all entries.
func TableWords() (all []TableWord) {
	for _, table := range [][]language{europe, world} {
		for _, l := range table {
			for column, cell := range map[string]string{
				"card": l.card, "code": l.code, "pin": l.pin, "expiry": l.expiry, "label": l.label, "kind": l.kind, "number": l.number,
			} {
				all = append(all, cellWords(l.name, column, cell)...)
			}
		}
	}
	all = append(all, cellWords("", "unionpay", unionPayNames)...)
	all = append(all, cellWords("", "means", means)...)
	return append(all, cellWords("", "money", currencies)...)
}

func cellWords(name, column, cell string) (all []TableWord) {
	for _, entry := range strings.Split(cell, ",") {
		all = append(all, TableWord{name, column, entry})
	}
	return all
}

// Fold, IsLetter, Unspaced and TierOf are the functions of those names.
func Fold(r rune) rune     { return charOf(table(), r).fold }
func IsLetter(r rune) bool { return charOf(table(), r).class&letter != 0 }
func Unspaced(r rune) bool { return charOf(table(), r).class&unspaced != 0 }

// Numeral returns the digit that a folded word stands for, or "".
func Numeral(word string) string {
	if v, ok := values()[word]; ok {
		return string(rune('0' + v))
	}
	return ""
}
