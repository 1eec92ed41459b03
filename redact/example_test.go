package redact_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/kanava-go/kanava/redact"
)

func ExampleCards() {
	fmt.Println(redact.Cards("my card is 4242 4242 4242 4242 exp 03/27 cvv 123"))
	fmt.Println(redact.Cards("order 4539148803436467, my number is +49 151 23456789"))
	// Output:
	// my card is XXXX XXXX XXXX 4242 exp 03/27 cvv XXX
	// order 4539148803436467, my number is +49 151 23456789
}

func ExampleRedactor() {
	r := redact.Redactor{Keep: redact.KeepFirst6Last4, Mask: '•'}
	fmt.Println(r.String("カード番号は４２４２４２４２４２４２４２４２です"))
	// Output: カード番号は４２４２４２••••••４２４２です
}

func ExampleRedactor_Find() {
	var r redact.Redactor
	for _, s := range r.Find("maestro card 6799990100000000019, cvc 737") {
		fmt.Println(s.Start, s.End, s.Kind, s.Scheme, s.Tier, s.Reason)
	}
	// Output:
	// 13 32 card maestro weak card word near
	// 38 41 security code   label near
}

func ExampleRedactor_NewWriter() {
	var r redact.Redactor
	w := r.NewWriter(os.Stdout)
	for _, piece := range []string{"card 4242 42", "42 4242 4", "242, thanks\n"} {
		_, _ = io.WriteString(w, piece)
	}
	_ = w.Close()
	// Output: card XXXX XXXX XXXX 4242, thanks
}

func ExampleRedactor_NewReader() {
	var r redact.Redactor
	_, _ = io.Copy(os.Stdout, r.NewReader(strings.NewReader("visa: 4012888888881881\n")))
	// Output: visa: XXXXXXXXXXXX1881
}

func ExampleRedactor_ReplaceAttr() {
	var r redact.Redactor
	log := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{
		ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return r.ReplaceAttr(groups, a)
		},
	}))
	log.Warn("declined 4242424242424242", "err", fmt.Errorf("no funds on 4242424242424242"))
	// Output: level=WARN msg="declined XXXXXXXXXXXX4242" err="no funds on XXXXXXXXXXXX4242"
}

func ExampleRedactor_Handler() {
	var out bytes.Buffer
	var r redact.Redactor
	log := slog.New(r.Handler(slog.NewTextHandler(&out, nil)))
	log.Info("paid", "card", "4242 4242 4242 4242")
	fmt.Println(out.String()[strings.Index(out.String(), "msg"):])
	// Output: msg=paid card="XXXX XXXX XXXX 4242"
}

func ExampleRedactor_Values() {
	var r redact.Redactor
	doc := []byte(`{"id":"4539148803436467","text":{"body":"take 4242424242424242"}}`)
	clean, err := r.Values(doc, redact.Paths("text.body", "**.caption"))
	fmt.Println(string(clean), err)
	// Output: {"id":"4539148803436467","text":{"body":"take XXXXXXXXXXXX4242"}} <nil>
}

func ExampleTrail() {
	var r redact.Redactor
	var trail redact.Trail
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for i, text := range []string{"ok, here it is", "4242", "4242", "4242", "4242"} {
		for _, p := range trail.Add(&r, redact.Part{ID: fmt.Sprint("m", i), At: at.Add(time.Duration(i) * time.Second), Text: text}) {
			fmt.Println("rewrite", p.ID, "to", p.Text)
		}
	}
	// Output:
	// rewrite m1 to XXXX
	// rewrite m2 to XXXX
	// rewrite m3 to XXXX
	// rewrite m4 to 4242
}

func ExampleDetector() {
	// A gift card of this shop is written GC-, then eight digits.
	r := redact.Redactor{Detectors: []redact.Detector{{
		Name: "gift card",
		Next: func(text string, from int) (start, end int) {
			i := strings.Index(text[from:], "GC-")
			if i < 0 || len(text) < from+i+11 {
				return -1, -1
			}
			return from + i + 3, from + i + 11
		},
		KeepLast: 2,
	}}}
	fmt.Println(r.String("my voucher is GC-12345678"))
	// Output: my voucher is GC-XXXXXX78
}
