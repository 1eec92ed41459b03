package console

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// lasts says how long something takes, in the two largest units.
func (l *language) lasts(d time.Duration) string {
	d = max(d, 0)
	values := []string{"{h}", strconv.Itoa(int(d.Hours())), "{m}", strconv.Itoa(int(d.Minutes()) % 60), "{s}", strconv.Itoa(int(d.Seconds()) % 60)}
	form := "js.left.h"
	switch {
	case d < time.Second && d > 0:
		return strconv.FormatInt(d.Milliseconds(), 10) + " ms"
	case d < time.Minute:
		form = "js.left.s"
	case d < time.Hour:
		form = "js.left.m"
	}
	return strings.NewReplacer(values...).Replace(l.words[form])
}

// grouped groups the digits of a number by narrow spaces.
func grouped(n any) (string, error) {
	var v int64
	switch n := n.(type) {
	case int:
		v = int64(n)
	case int64:
		v = n
	default:
		return "", fmt.Errorf("count: %T is no number", n)
	}
	text, sign := strconv.FormatInt(v, 10), ""
	if v < 0 {
		text, sign = text[1:], "−"
	}
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "\u202f" + text[i:]
	}
	return sign + text, nil
}

// size says how much room something takes.
func size(n int64) string {
	units := []string{"B", "kB", "MB", "GB", "TB"}
	v, i := float64(n), 0
	for ; v >= 1000 && i < len(units)-1; i++ {
		v /= 1000
	}
	return strconv.FormatFloat(v, 'g', 3, 64) + " " + units[i]
}
