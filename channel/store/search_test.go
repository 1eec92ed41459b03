package store_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/store"
)

func TestWordsOfATextAreItsDifferentWordsInTheirOrder(t *testing.T) {
	t.Parallel()
	var numbers, numbersTwice []string
	for i := range 100 {
		numbers = append(numbers, fmt.Sprint("n", i))
		numbersTwice = append(numbersTwice, fmt.Sprint("N", i), fmt.Sprint("n", i/2))
	}
	for _, c := range []struct {
		name, text string
		words      []string
	}{
		{"no words", " .!\x00\ufffd\xff ", []string{}},
		{"small letters, each word once", "The CAT and the cat's hat", []string{"the", "cat", "and", "s", "hat"}},
		{"a word at the end of the text", "a b2", []string{"a", "b2"}},
		{"accents", "Déjà Große", []string{"deja", "grosse"}},
		{"40 characters of a word", strings.Repeat("ab", 30) + " é" + strings.Repeat("ж", 50), []string{strings.Repeat("ab", 20), "e" + strings.Repeat("ж", 39)}},
		{"40 characters that are no bytes", strings.Repeat("ж", 50), []string{strings.Repeat("ж", 40)}},
		{"40 characters and no more", strings.Repeat("ж", 40), []string{strings.Repeat("ж", 40)}},
		{"more words than are looked at one by one", strings.Join(numbersTwice, " "), numbers},
		{"neighbours of a script without spaces, and the last of a row", "包裹在 a裹", []string{"包裹", "裹在", "在", "a", "裹"}},
		{"a row of one", "裹", []string{"裹"}},
		{"scripts side by side", "abc包裹123", []string{"abc", "包裹", "裹", "123"}},
		{"marks stay with their letter", "หน้า", []string{"หน", "น้", "้า", "า"}},
	} {
		require.Equal(t, c.words, append([]string{}, store.Words(c.text)...), c.name)
	}
	require.Len(t, store.Words(strings.Repeat("包", 50)+strings.Join(numbers, " ")), 102)
	many := strings.Builder{}
	for i := range 1000 {
		fmt.Fprint(&many, " w", i)
	}
	require.Len(t, store.Words(many.String()), store.MaxWords)
	require.Equal(t, "w399", store.Words(many.String())[store.MaxWords-1])
}
