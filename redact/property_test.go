package redact_test

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"unicode/utf8"

	"github.com/kanava-go/kanava/redact"
)

func TestReferenceAgreesOnTheCorpus(t *testing.T) {
	t.Parallel()
	for i, l := range corpus(t) {
		if got := refRedact(&redact.Redactor{Mask: '*'}, l.Text); got != l.Want {
			t.Errorf("line %d (%s)\n text %q\n  got %q\n want %q", i+1, l.Note, l.Text, got, l.Want)
		}
	}
}

func TestReferenceAgreesOnRandomTexts(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(3, 4))
	iterations := 6000
	if v, err := strconv.Atoi(os.Getenv("REF")); err == nil {
		iterations = v
	}
	options := []*redact.Redactor{{}, {Keep: redact.KeepFirst6Last4}, {Mask: '*'}, {Keep: redact.KeepNone, Mask: '█'}, {Strict: true}, {InsecureKeepSAD: true}}
	masked, bad := 0, 0
	for n := range iterations {
		text := randomText(rnd, 3+rnd.IntN(25))
		if !utf8.ValidString(text) {
			continue
		}
		r := options[n%len(options)]
		got, want := r.String(text), refRedact(r, text)
		if want != text {
			masked++
		}
		if got != want {
			if bad++; bad > 5 {
				t.FailNow()
			}
			t.Errorf("%+v\n text %q\n  got %q\n want %q\n spans %+v", r, text, got, want, r.Find(text))
		}
	}
	t.Logf("%d of the texts had something to mask", masked)
}
