package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
	"github.com/kanava-go/kanava/template"
	"github.com/spf13/cobra"
)

// operating are the flags of the verbs that look after the store of a running channel.
type operating struct {
	p                         *program
	database, channel, number string
	store                     *sqlstore.Store
}

// operation adds the flags, and runs do with a hub on the store. The hub does not run: it
// asks and changes what the verb is about, beside the processes that work on the store.
func (p *program) operation(cmd *cobra.Command, oneChannel bool, do func(ctx context.Context, o *operating, h *channel.Hub, args []string) error) *cobra.Command {
	o := &operating{p: p}
	cmd.Flags().StringVar(&o.channel, "channel", "", "`ID` of the channel (default: the only one, or channel in the settings)")
	return p.onStore(cmd, o, oneChannel, do)
}

// onStore is operation for what is about all channels of a store.
func (p *program) onStore(cmd *cobra.Command, o *operating, oneChannel bool, do func(ctx context.Context, o *operating, h *channel.Hub, args []string) error) *cobra.Command {
	cmd.Flags().StringVar(&o.database, "database", "", "`FILE` of SQLite, or postgres://user@host/name (KANAVA_DATABASE, or database in the settings)")
	if oneChannel {
		cmd.Flags().StringVar(&o.number, "number", "", "phone number `ID` of the channel, if the store does not tell")
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := o.settle(); err != nil {
			return err
		}
		st, err := p.openStore(cmd.Context(), o.database, false)
		if err != nil {
			return err
		}
		defer st.close()
		o.store = st.Store
		h, err := o.hub(cmd.Context(), st, oneChannel)
		if err != nil {
			return err
		}
		return do(cmd.Context(), o, h, args)
	}
	return cmd
}

// settle finds the database: what was said, or with --sim that of kanava up.
func (o *operating) settle() error {
	p := o.p
	o.channel = cmp.Or(o.channel, p.set.Channel)
	o.database = cmp.Or(o.database, p.getenv("KANAVA_DATABASE"), p.set.Database)
	if p.sim != "" {
		base, err := siteOf(p.sim, "8090", "")
		if err != nil {
			return err
		}
		if o.database, err = p.upDatabase(base); err != nil {
			return err
		}
		if kept, err := os.ReadFile(signpost(o.database)); err == nil {
			o.database = string(kept)
		}
		if mustExist(o.database) != nil {
			o.database = ""
			return fmt.Errorf("no kanava up has run with the simulator at %s: start one, or name a database with --database", base)
		}
	}
	if o.database == "" {
		return wrong("say which database: --database FILE, KANAVA_DATABASE, or database in the settings; --sim takes that of kanava up")
	}
	return mustExist(o.database)
}

// upDatabase is where kanava up keeps its tickets, if no folder is given: apart for each
// simulator, so that several can run.
func (p *program) upDatabase(base string) (string, error) {
	u, err := url.Parse(base)
	if err != nil {
		return "", err
	}
	cache := p.getenv("XDG_CACHE_HOME")
	if cache == "" {
		if cache, err = os.UserCacheDir(); err != nil {
			return "", wrong("there is no folder for the database: give one with --dir")
		}
	}
	return filepath.Join(cache, "kanava", "up-"+u.Port(), "helpdesk.db"), nil
}

// signpost is the file that says where the tickets are if kanava up was given a folder.
func signpost(database string) string { return filepath.Join(filepath.Dir(database), "elsewhere") }

// hub makes a hub that knows the channels of the processes that work on the store.
func (o *operating) hub(ctx context.Context, st *openedStore, oneChannel bool) (*channel.Hub, error) {
	bare, err := newHub(st)
	if err != nil {
		return nil, err
	}
	processes, err := bare.Processes(ctx)
	if err != nil {
		return nil, err
	}
	var ids, numbers []string
	for _, process := range processes {
		ids, numbers = append(ids, process.Channels...), append(numbers, process.Numbers...)
	}
	slices.Sort(ids)
	slices.Sort(numbers)
	ids, numbers = slices.Compact(ids), slices.Compact(numbers)
	if o.channel == "" && len(ids) == 1 {
		o.channel = ids[0]
	}
	if o.channel != "" && len(ids) > 0 && !slices.Contains(ids, o.channel) {
		return nil, wrong("the store has no channel %q%s; there are %s", o.channel, meant(near(o.channel, ids), ""), strings.Join(ids, ", "))
	}
	if !oneChannel {
		return bare, nil
	}
	if o.number == "" && len(ids) == 1 && len(numbers) == 1 {
		o.number = numbers[0]
	}
	switch {
	case o.channel == "" && len(ids) > 1:
		return nil, wrong("say which channel: --channel %s", strings.Join(ids, " or --channel "))
	case o.channel == "":
		return nil, wrong("no process has worked on this store yet, so say which channel: --channel ID --number PHONE_NUMBER_ID")
	case o.number == "":
		return nil, wrong("the store does not tell the number of the channel %s: give its phone number ID with --number; there are %s", o.channel, listed(numbers))
	}
	return newHub(st, settings.Settings{ID: o.channel, Name: o.channel, Number: o.number})
}

// newHub makes a hub that sends nothing and is told nothing.
func newHub(st *openedStore, known ...settings.Settings) (*channel.Hub, error) {
	var channels []channel.Channel
	for _, s := range known {
		channels = append(channels, channel.Channel{Settings: s, Sender: nobody{}, Templates: &template.Catalog{}})
	}
	return channel.New(channel.Config{Store: st.Store, Ticketing: nobody{}, Channels: channels})
}

// nobody is the sender and the ticket system of a hub that does not run.
type nobody struct{}

var errNobody = errors.New("this hub does not run")

// Send implements [message.Sender].
func (nobody) Send(context.Context, message.Outbound) (message.Receipt, error) {
	return message.Receipt{}, errNobody
}

// MarkRead implements [message.Sender].
func (nobody) MarkRead(context.Context, string, bool) error { return errNobody }

// Receive implements channel.Ticketing.
func (nobody) Receive(context.Context, *conversation.Received) (string, error) { return "", errNobody }

// Changed implements channel.Ticketing.
func (nobody) Changed(context.Context, *conversation.Change) error { return errNobody }
