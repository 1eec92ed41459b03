package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/onboard"
)

// ask answers the questions of the checklist: with what flags and environment gave, else
// by a person, else later.
func (c *connecting) ask(ctx context.Context, prompt onboard.Prompt) (string, error) {
	if answer, err := c.answers.Ask(ctx, prompt); err == nil {
		return answer, nil
	}
	if c.asking == nil {
		return "", onboard.ErrLater
	}
	c.p.progress.clear()
	if prompt.Kind == onboard.PromptCode && c.pl.Simulator != "" {
		if code := c.simulatedCode(ctx); code != "" {
			c.p.tell("(The simulator sent the code %s.)", code)
		}
	}
	return c.asking.question(ctx, prompt)
}

// simulatedCode is the code that a simulated number got; "" if the simulator does not
// tell.
func (c *connecting) simulatedCode(ctx context.Context) string {
	var numbers struct {
		Numbers []struct {
			Code string `json:"code"`
		} `json:"numbers"`
	}
	if c.p.control(ctx, http.MethodGet, c.pl.Simulator, "numbers", json.RawMessage(nil), &numbers) != nil {
		return ""
	}
	for _, n := range numbers.Numbers {
		if n.Code != "" {
			return n.Code
		}
	}
	return ""
}

// asking reads the answers of a person at a terminal.
type asking struct {
	p     *program
	lines chan string // closed when there is no more
}

// newAsking reads lines in a goroutine of its own, so that a countdown can go on and
// Ctrl-C is heard while a person types. It ends with the program.
func newAsking(p *program) *asking {
	a := &asking{p: p, lines: make(chan string)}
	go func() {
		defer close(a.lines)
		for scan := bufio.NewScanner(p.in); scan.Scan(); {
			a.lines <- scan.Text()
		}
	}()
	return a
}

// question puts one question; an empty answer means later.
func (a *asking) question(ctx context.Context, prompt onboard.Prompt) (string, error) {
	p := a.p
	if prompt.Problem != "" {
		p.tell("%s", p.on(p.errTerminal, yellow, prompt.Problem))
	}
	p.tell("%s", prompt.Text)
	if prompt.Choices != nil {
		p.tell("One of %s.", strings.Join(prompt.Choices, ", "))
	}
	if prompt.Kind == onboard.PromptCode {
		p.tell("%s", codeHint(prompt, p.now()))
	}
	fmt.Fprintln(p.errs, countdown(prompt, p.now()))
	fmt.Fprint(p.errs, "> ")
	if prompt.Kind == onboard.PromptPIN && p.progress.live { // what is typed is not shown
		fmt.Fprint(p.errs, "\x1b[8m")
		defer fmt.Fprint(p.errs, "\x1b[0m")
	}
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			fmt.Fprintln(p.errs)
			return "", ctx.Err()
		case line, more := <-a.lines:
			answer := strings.TrimSpace(line)
			if answer == "" || !more {
				return "", onboard.ErrLater
			}
			return answer, nil
		case <-tick.C:
			// The line above is written anew, and the cursor put back to what is being typed.
			fmt.Fprint(p.errs, "\x1b7\x1b[1A\r\x1b[K"+countdown(prompt, p.now())+"\x1b8")
		}
	}
}

// codeHint tells how to get another code.
func codeHint(prompt onboard.Prompt, now time.Time) string {
	text := "Or type sms or voice for another code"
	if wait := prompt.Resend.Sub(now); wait > 0 {
		text += ", in " + spoken(wait)
	}
	if prompt.Left > 0 {
		text += "; " + plural(prompt.Left, "try") + " left"
	}
	return text + "."
}

// countdown is the line above the answer.
func countdown(prompt onboard.Prompt, now time.Time) string {
	const later = "Enter alone: later."
	if prompt.Expires.IsZero() {
		return later
	}
	left := prompt.Expires.Sub(now).Round(time.Second)
	if left <= 0 {
		return "The code has expired; ask for another one. " + later
	}
	return fmt.Sprintf("Good for %d:%02d. %s", int(left.Minutes()), int(left.Seconds())%60, later)
}
