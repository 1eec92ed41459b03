// Command helpdesk is a WhatsApp helpdesk in the browser: package console, mounted, and, unless -live
// is given, the phones of simulated customers beside it, a clock to move, colleagues with other rights,
// and a storm that breaks what can be broken and counts what was lost.
//
//	go run ./examples/helpdesk
//
// needs no account and no internet. With -live it works on a real number:
//
//	WHATSAPP_TOKEN=… WHATSAPP_PHONE_NUMBER_ID=… WHATSAPP_APP_SECRET=… WHATSAPP_VERIFY_TOKEN=… \
//		go run ./examples/helpdesk -live
//
// and takes webhooks on a listener of their own: http://localhost:8081/webhook, or where
// -webhook-addr says. WhatsApp has to reach it, through a tunnel or a proxy that speaks
// HTTPS. The console has no login: it listens on the loopback interface, answers only
// under localhost, and never moves to where the webhooks come in. Set WHATSAPP_ACCOUNT_ID
// too, and it offers the account's templates.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/kanava-go/kanava/examples/internal/helpdesk"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := helpdesk.Main(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(1)
	}
}
