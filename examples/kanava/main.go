// Command kanava does the chores around a WhatsApp support channel: it connects and
// examines a number, simulates WhatsApp, shows webhooks, checks templates, sends
// campaigns, and looks after the store of a running channel.
//
//	go run ./examples/kanava help
//	go run ./examples/kanava up --open    # a helpdesk and a simulated WhatsApp
//	go run ./examples/kanava doctor       # what is wrong with a live number
//
// go install of this folder gives the command its name. README.md beside this file has
// a line for every verb, the settings file, and the exit codes:
//
//	0  done, and nothing is wrong
//	1  it did not work, or what was examined is not in order
//	2  the command line, the environment or the settings file is wrong; nothing was done
//
// Results go to standard output, as text or with --json as JSON; progress and errors go
// to standard error. Secrets are read from the environment or from files, never from
// the command line, and are never printed.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/term"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	p := &program{
		in: os.Stdin, out: os.Stdout, errs: os.Stderr, getenv: os.Getenv,
		inTerminal: term.IsTerminal(int(os.Stdin.Fd())), outTerminal: term.IsTerminal(int(os.Stdout.Fd())), errTerminal: term.IsTerminal(int(os.Stderr.Fd())),
		columns: columns(os.Stdout, os.Stderr),
	}
	os.Exit(p.run(ctx, os.Args[1:]))
}

// columns is the width of the terminal, 80 where there is none.
func columns(files ...*os.File) int {
	for _, f := range files {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
			return width
		}
	}
	return 80
}
