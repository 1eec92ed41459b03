package main

import (
	"errors"
	"flag"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCommand(t *testing.T) {
	t.Parallel()
	const chat = "hi\nmy card is 4242 4242 4242 4242 exp 03/27 cvv 123\nand this is about the parcel that never came to us\norder 4539148803436467\n"
	for _, tc := range []struct {
		name, args, in, out, report string
	}{
		{
			"counts what it masks", "", chat,
			"hi\nmy card is XXXX XXXX XXXX 4242 exp 03/27 cvv XXX\nand this is about the parcel that never came to us\norder 4539148803436467\n",
			"masked card: 1, security code: 1\n",
		},
		{"has nothing to do", "", "hi\n", "hi\n", "masked nothing\n"},
		{
			"takes the options", "-keep first6_last4 -mask # -strict", chat,
			"hi\nmy card is 4242 42## #### 4242 exp 03/27 cvv ###\nand this is about the parcel that never came to us\norder 453914######6467\n",
			"masked card: 2, security code: 1\n",
		},
		{
			"explains without the number", "-explain", chat,
			"hi\nmy card is XXXX XXXX XXXX 4242 exp 03/27 cvv XXX\nand this is about the parcel that never came to us\norder 4539148803436467\n",
			"bytes 14 to 33: card (visa, strong): number alone\nbytes 48 to 51: security code: label before\nmasked card: 1, security code: 1\n",
		},
		{
			"explains in JSON", "-explain -json", "visa 4222222222222",
			"visa XXXXXXXXX2222",
			`{"start":5,"end":18,"kind":"card","scheme":"visa","tier":"weak","reason":"card word near","digits":13,"hidden":9}` + "\n" +
				`{"masked":{"card":1}}` + "\n",
		},
		{
			"looks at parts of documents", "-values text.body,**.caption",
			`{"id":"4242424242424242","text":{"body":"4242424242424242"}}` + "\n\n" + `{"image":{"caption":"4111111111111111"}}`,
			`{"id":"4242424242424242","text":{"body":"XXXXXXXXXXXX4242"}}` + "\n\n" + `{"image":{"caption":"XXXXXXXXXXXX1111"}}`,
			"masked document: 2\n",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var out, report strings.Builder
			require.NoError(t, run(strings.Fields(tc.args), strings.NewReader(tc.in), &out, &report))
			require.Equal(t, tc.out, out.String())
			require.Equal(t, tc.report, report.String())
		})
	}
}

func TestCommandFails(t *testing.T) {
	t.Parallel()
	for args, in := range map[string]string{
		"-keep all": "", "-mask 7": "", "file.txt": "", "-explain -values a": "", "-values a": `{"a":"4242424242424242"`,
	} {
		var out, report strings.Builder
		err := run(strings.Fields(args), strings.NewReader(in), &out, &report)
		require.Error(t, err, args)
		require.NotContains(t, err.Error()+report.String(), "4242424242424242")
		require.Empty(t, out.String())
	}
	var out, report strings.Builder
	require.ErrorIs(t, run([]string{"-h"}, strings.NewReader(""), &out, &report), flag.ErrHelp)
	require.Contains(t, report.String(), "-explain")

	broken := errors.New("broken pipe")
	require.ErrorIs(t, run(nil, strings.NewReader("text"), writerFunc(func([]byte) (int, error) { return 0, broken }), &report), broken)
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }
