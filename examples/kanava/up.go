package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/examples/internal/helpdesk"
	"github.com/kanava-go/kanava/examples/internal/simulator"
	"github.com/spf13/cobra"
)

// upping is one run of the verb up.
type upping struct {
	p                           *program
	addr, sim, webhook, dir     string
	twilio, open, verbose, live bool
	seed                        uint64
	log                         *slog.Logger
}

func (p *program) upVerb() *cobra.Command {
	u := &upping{p: p}
	cmd := &cobra.Command{
		Use:   "up",
		Short: "A helpdesk and a simulated WhatsApp, in one process",
		Long: `Starts a helpdesk in the browser and WhatsApp's simulator beside it: answer as an agent on one page, play the customers on the other. Nothing leaves this computer.

--twilio lets Twilio's simulator carry the messages, with the customer's phone on the page of the helpdesk. --live takes a real number, from WHATSAPP_TOKEN and its neighbours.

The tickets are gone with the next start, unless --dir names a folder. While it runs, kanava health --sim and its neighbours look at its store, and kanava trigger acts for the customers.`,
		Example: "  kanava up\n  kanava up --open --addr 9000\n  kanava up --dir ./desk --seed 7\n  kanava up --twilio",
		Args:    arguments(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := u.settle(cmd); err != nil {
				return err
			}
			return p.serve(cmd.Context(), u.run)
		},
	}
	f := cmd.Flags()
	f.StringVar(&u.addr, "addr", "8080", "`PORT` or loopback address of the helpdesk; the next free one if it is taken")
	f.StringVar(&u.sim, "simulator", "8090", "`PORT` or loopback address of the simulator; the next free one if it is taken")
	f.StringVar(&u.webhook, "webhook-addr", "", "`PORT` or address for the webhooks (default: any free one; with --live 8081)")
	f.StringVar(&u.dir, "dir", "", "`FOLDER` that keeps the tickets")
	f.BoolVar(&u.twilio, "twilio", false, "let a simulated Twilio carry the messages")
	f.BoolVar(&u.live, "live", false, "take a real number instead of the simulator")
	f.Uint64Var(&u.seed, "seed", 0, "`NUMBER` that everything random in the simulator follows from (default: another one each time)")
	f.BoolVar(&u.open, "open", false, "open the helpdesk in the browser")
	f.BoolVarP(&u.verbose, "verbose", "v", false, "log what the hub does")
	return cmd
}

// settle takes what flags do not say from the settings file, and reads addresses.
func (u *upping) settle(cmd *cobra.Command) (err error) {
	set := u.p.set.Up
	for _, from := range []struct {
		flag, setting string
		to            *string
	}{{"addr", set.Addr, &u.addr}, {"simulator", set.Simulator, &u.sim}, {"dir", set.Folder, &u.dir}} {
		if !cmd.Flags().Changed(from.flag) {
			*from.to = cmp.Or(from.setting, *from.to)
		}
	}
	if u.p.sim != "" && !cmd.Flags().Changed("simulator") {
		u.sim = u.p.sim // the same place as in every other verb
	}
	u.twilio, u.seed = u.twilio || set.Twilio && !u.live, cmp.Or(u.seed, set.Seed)
	if u.twilio && u.live {
		return wrong("--twilio is a simulation and does not go with --live")
	}
	if u.addr, err = addressOf("addr", u.addr); err != nil {
		return err
	}
	if u.sim, err = addressOf("simulator", u.sim); err != nil {
		return err
	}
	u.webhook = cmp.Or(u.webhook, map[bool]string{true: "8081", false: "0"}[u.live])
	if u.webhook, err = addressOf("webhook-addr", u.webhook); err != nil {
		return err
	}
	level := slog.LevelWarn
	if u.verbose {
		level = slog.LevelDebug
	}
	u.log = slog.New(slog.NewTextHandler(u.p.errs, &slog.HandlerOptions{Level: level}))
	return nil
}

// upped is what the verb prints for programs.
type upped struct {
	Helpdesk  string            `json:"helpdesk"`
	Webhook   string            `json:"webhook,omitempty"`
	Database  string            `json:"database"`
	Simulator *simulator.Values `json:"simulator,omitempty"`
}

// run serves everything until ctx is done.
func (u *upping) run(ctx context.Context) error {
	switch {
	case u.twilio:
		side, err := helpdesk.Twilio()
		if err != nil {
			return err
		}
		return u.helpdesk(ctx, helpdesk.Options{WhatsApp: side}, nil)
	case u.live:
		pl, err := u.p.platform(ctx, ids{}, needToken, needNumber, needSecret, needVerify)
		if err != nil {
			return err
		}
		side, err := meta(pl.config(cloudapi.Limits{}), pl)
		if err != nil {
			return err
		}
		return u.helpdesk(ctx, helpdesk.Options{WhatsApp: side, WebhookAddr: u.webhook}, nil)
	}
	return u.both(ctx)
}

// meta makes the number of a platform.
func meta(cfg cloudapi.Config, pl platform) (*helpdesk.WhatsApp, error) {
	return helpdesk.Meta(helpdesk.MetaConfig{Client: cfg, Number: pl.Number, Account: pl.Account, Secret: pl.Secret, VerifyToken: pl.Verify})
}

// both runs the simulator and, once it answers, the helpdesk; the end of one is the end
// of the other. The helpdesk stops first, so that what it has in hand is still answered.
func (u *upping) both(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	world, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	started, desk := make(chan struct{}), make(chan error, 1)
	err := simulator.Run(world, simulator.Options{
		Addr: u.sim, Seed: cmp.Or(u.seed, uint64(u.p.now().UnixNano())), Errs: u.p.errs,
		Started: func(v simulator.Values) error {
			pl := platform{
				Token: v.Token, Secret: v.Secret, Verify: v.Verify, Number: v.Number, Account: v.Account, App: v.App, Graph: v.Site, Simulator: v.Site,
			}
			side, err := meta(pl.config(cloudapi.Limits{}), pl)
			if err != nil {
				return err
			}
			side.Now = v.Now
			close(started)
			go func() {
				desk <- u.helpdesk(ctx, helpdesk.Options{WhatsApp: side, WebhookAddr: u.webhook}, &v)
				end()
			}()
			return nil
		},
	})
	stop()
	select {
	case <-started:
		return errors.Join(err, <-desk)
	default:
		return err
	}
}

// helpdesk runs the helpdesk, connects the simulator, and says where everything is.
func (u *upping) helpdesk(ctx context.Context, o helpdesk.Options, sim *simulator.Values) error {
	database, err := u.database(sim)
	if err != nil {
		return err
	}
	o.Addr, o.Dir, o.Log = u.addr, filepath.Dir(database), u.log
	o.Listening = func(at helpdesk.Addresses) error {
		if sim != nil {
			if err := u.p.control(ctx, "POST", sim.Site, "webhook", object("url", at.Webhook), nil); err != nil {
				return err
			}
		}
		if u.open {
			browse(ctx, at.Console)
		}
		return u.p.print(upped{at.Console, at.Webhook, database, sim}, func(w io.Writer) { u.text(w, at, database, sim) })
	}
	return helpdesk.Run(ctx, o)
}

// database is where the tickets are; without a folder they begin anew, since the
// simulator does.
func (u *upping) database(sim *simulator.Values) (string, error) {
	site := "http://" + u.sim
	if sim != nil {
		site = sim.Site
	}
	file, err := u.p.upDatabase(site)
	if u.dir != "" {
		kept, bad := filepath.Abs(filepath.Join(u.dir, "helpdesk.db"))
		if bad == nil && err == nil && sim != nil { // without it the verbs want --database
			_ = os.MkdirAll(filepath.Dir(file), 0o700)
			_ = os.WriteFile(signpost(file), []byte(kept), 0o600)
		}
		return kept, bad
	}
	if err != nil {
		return "", err
	}
	for _, old := range []string{file, file + "-wal", file + "-shm", signpost(file)} {
		if err := os.Remove(old); err != nil && !errors.Is(err, os.ErrNotExist) {
			return "", err
		}
	}
	return file, nil
}

func (u *upping) text(w io.Writer, at helpdesk.Addresses, database string, sim *simulator.Values) {
	p := u.p
	fmt.Fprintf(w, "%s %s\n", p.paint(bold, "Helpdesk  "), at.Console)
	switch {
	case sim != nil:
		fmt.Fprintf(w, "%s %s\n\nAnswer on the first page, play the customers on the second. A customer writes:\n  kanava trigger text text='Is my bike ready?' --sim=%s\n", p.paint(bold, "Simulator "), sim.Site, portOf(sim.Site))
	case u.live:
		fmt.Fprintf(w, "%s %s\n\nWhatsApp has to reach the webhook, through a tunnel or a proxy that speaks HTTPS.\n", p.paint(bold, "Webhook   "), at.Webhook)
	default:
		fmt.Fprintln(w, "\nTwilio is simulated. The customer's phone is on the page.")
	}
	if u.dir != "" {
		fmt.Fprintln(w, "The tickets are kept in "+database+".")
	}
	fmt.Fprintln(w, "Ctrl-C stops it.")
}

// browse opens a page, if the computer knows how.
func browse(ctx context.Context, page string) {
	opener := map[string][]string{"darwin": {"open"}, "windows": {"rundll32", "url.dll,FileProtocolHandler"}}[runtime.GOOS]
	if opener == nil {
		opener = []string{"xdg-open"}
	}
	_ = exec.CommandContext(ctx, opener[0], append(opener[1:], page)...).Start() // the address is printed in any case
}
