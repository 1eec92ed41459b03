package main

import (
	"context"
	"io"
	"time"

	"github.com/spf13/cobra"
)

// program is one run of the command with everything that it touches.
type program struct {
	in                                   io.Reader
	out, errs                            io.Writer
	getenv                               func(string) string
	inTerminal, outTerminal, errTerminal bool
	columns                              int
	now                                  func() time.Time // nil = time.Now

	// The flags of every verb.
	json     bool
	format   string
	sim      string
	settings string

	set      fileSettings
	progress progress
}

// The groups of verbs, as help lists them.
const (
	groupTry     = "try"
	groupConnect = "connect"
	groupSend    = "send"
	groupTables  = "tables"
	groupStore   = "store"
	groupAbout   = "about"
)

// verbs are the commands in the order of help.
func (p *program) verbs() []*cobra.Command {
	var all []*cobra.Command
	for _, group := range []struct {
		id    string
		verbs []*cobra.Command
	}{
		{groupTry, []*cobra.Command{p.upVerb(), p.simulateVerb(), p.triggerVerb()}},
		{groupConnect, []*cobra.Command{p.connectVerb(), p.doctorVerb(), p.listenVerb(), p.replayVerb()}},
		{groupSend, []*cobra.Command{p.sendVerb(), p.notifyVerb(), p.templatesVerb()}},
		{groupTables, []*cobra.Command{p.explainVerb(), p.windowVerb(), p.redactVerb()}},
		{groupStore, []*cobra.Command{p.healthVerb(), p.deadVerb(), p.reportVerb(), p.exportVerb(), p.eraseVerb(), p.migrateVerb(), p.moveVerb()}},
		{groupAbout, []*cobra.Command{p.versionVerb(), p.completionVerb()}},
	} {
		for _, verb := range group.verbs {
			verb.GroupID = group.id
			all = append(all, verb)
		}
	}
	return all
}

// root is the command with all its verbs.
func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "kanava",
		Short: "From a phone number to a live WhatsApp channel, and every chore after",
		Example: `  kanava up                       a helpdesk and a simulated WhatsApp
  kanava doctor                   what is wrong with a live number
  kanava notify people.csv        a campaign, checked row by row first
  kanava explain 131047           what an error of Meta's means`,
		SilenceErrors: true, SilenceUsage: true,
		Args: cobra.ArbitraryArgs,
		RunE: p.group,
	}
	root.AddGroup(
		&cobra.Group{ID: groupTry, Title: "Try and develop"},
		&cobra.Group{ID: groupConnect, Title: "Connect and examine a number"},
		&cobra.Group{ID: groupSend, Title: "Send"},
		&cobra.Group{ID: groupTables, Title: "Look things up"},
		&cobra.Group{ID: groupStore, Title: "Look after a store"},
		&cobra.Group{ID: groupAbout, Title: "The command itself"},
	)
	flags := root.PersistentFlags()
	flags.BoolVar(&p.json, "json", false, "print the result as JSON")
	flags.StringVarP(&p.format, "output", "o", "text", "`FORM` of the result, text or json")
	flags.StringVar(&p.sim, "sim", "", "use the simulator at this `PORT` or address instead of WhatsApp (--sim alone: 8090)")
	flags.Lookup("sim").NoOptDefVal = "8090"
	flags.StringVar(&p.settings, "settings", "", "settings `FILE` (kanava.yaml, if there is one)")
	root.AddCommand(p.verbs()...)
	help := p.helpVerb()
	help.GroupID = groupAbout
	root.SetHelpCommand(help)
	root.AddCommand(help)
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetIn(p.in)
	root.SetOut(p.out)
	root.SetErr(p.errs)
	root.SetHelpFunc(p.help)
	root.SetFlagErrorFunc(flagError)
	root.PersistentPreRunE = func(*cobra.Command, []string) error { return p.prepare() }
	return root
}

// prepare settles what all verbs share before one of them runs.
func (p *program) prepare() error {
	switch p.format {
	case "text":
	case "json":
		p.json = true
	default:
		return wrong("--output is text or json, not %q", p.format)
	}
	return p.readSettings()
}

// run performs one command line and returns the exit code.
func (p *program) run(ctx context.Context, args []string) int {
	if p.now == nil {
		p.now = time.Now
	}
	p.progress = progress{out: p.errs, live: p.errTerminal && p.getenv("TERM") != "dumb", columns: p.columns}
	result := &output{to: p.out}
	p.out = result
	p.in = newInterruptible(ctx, p.in)
	err := secretArgument(args)
	root := p.root()
	p.json = wantsJSON(args) // also if the flags cannot be read
	if err == nil {
		root.SetArgs(append([]string{}, args...)) // nil would be those of the process
		err = root.ExecuteContext(ctx)
	}
	p.progress.clear()
	return p.report(ctx, result.whole(err))
}

// wantsJSON reports whether a command line asks for JSON.
func wantsJSON(args []string) bool {
	for i, arg := range args {
		switch arg {
		case "--json", "--output=json", "-ojson", "-o=json":
			return true
		case "-o", "--output":
			if i+1 < len(args) && args[i+1] == "json" {
				return true
			}
		case "--":
			return false
		}
	}
	return false
}

// group refuses a word that is none of the verbs below a command, and shows the verbs
// if there is no word.
func (p *program) group(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return cmd.Help()
	}
	return wrong("%s has no verb %q%s; %s --help lists the verbs", cmd.CommandPath(), args[0], meant(suggestions(cmd, args[0]), cmd.CommandPath()+" "), cmd.CommandPath())
}

// suggestions are the verbs that a word may be a slip for.
func suggestions(cmd *cobra.Command, word string) []string {
	cmd.SuggestionsMinimumDistance = 2
	found := cmd.SuggestionsFor(word)
	if cmd == cmd.Root() && len(found) == 0 && distance(word, "help") <= 2 { // which the library leaves out
		found = []string{"help"}
	}
	return found
}
