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
// HTTPS. Set WHATSAPP_ACCOUNT_ID too, and it offers the account's templates. -graph leads to a simulator instead of
// Meta.
//
// Nobody signs in, so the console listens on the loopback interface and answers only under localhost. With
// -password-file it may be reached from elsewhere, through a proxy that speaks HTTPS, under the names that
// -host gives:
//
//	htpasswd -nB ada >> people; htpasswd -nB lee >> people # and :admin behind the first line
//	go run ./examples/helpdesk -live -addr :8080 -host support.example.com -password-file people
//
// With -dir everything is there again after a restart: tickets, files, and in the simulation the clock and the phones.
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
