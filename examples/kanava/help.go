package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// help shows what a verb does, with examples and flags, in the width of the terminal.
func (p *program) help(cmd *cobra.Command, _ []string) {
	w := cmd.OutOrStdout()
	text := cmd.Long
	if text == "" {
		text = cmd.Short + "."
	}
	for paragraph := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
		if strings.HasPrefix(paragraph, "  ") { // set as it is
			fmt.Fprintln(w, paragraph+"\n")
			continue
		}
		fmt.Fprintln(w, wrap(paragraph, p.width(), "")+"\n")
	}
	p.heading(w, "Usage")
	if cmd.Runnable() && !cmd.HasAvailableSubCommands() {
		fmt.Fprintln(w, "  "+usage(cmd)+" [flags]")
	} else {
		fmt.Fprintln(w, "  "+cmd.CommandPath()+" VERB [flags]")
	}
	for _, group := range append(cmd.Groups(), &cobra.Group{Title: "Verbs"}) {
		p.list(w, cmd, group)
	}
	if cmd.Example != "" {
		fmt.Fprintln(w)
		p.heading(w, "Examples")
		fmt.Fprintln(w, strings.TrimRight(cmd.Example, "\n"))
	}
	p.flags(w, "Flags", cmd.LocalNonPersistentFlags())
	p.flags(w, "Flags of every verb", cmd.Root().PersistentFlags())
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintf(w, "\n%s VERB --help tells more about one.\n", cmd.CommandPath())
	}
	fmt.Fprint(w, "\nExit codes: 0 done; 1 it failed, or what was examined is not in order;\n2 the command line, the environment or the settings are wrong.\n")
}

func (p *program) heading(w io.Writer, text string) { fmt.Fprintln(w, p.paint(bold, text)) }

// list shows the verbs of one group.
func (p *program) list(w io.Writer, cmd *cobra.Command, group *cobra.Group) {
	var rows [][]string
	for _, sub := range cmd.Commands() {
		if sub.GroupID == group.ID && (sub.IsAvailableCommand() || sub.Name() == "help") {
			rows = append(rows, []string{"  " + sub.Name(), sub.Short})
		}
	}
	if rows == nil {
		return
	}
	fmt.Fprintln(w)
	p.heading(w, group.Title)
	p.table(w, rows)
}

func (p *program) flags(w io.Writer, title string, set *pflag.FlagSet) {
	if !set.HasAvailableFlags() {
		return
	}
	fmt.Fprintln(w)
	p.heading(w, title)
	fmt.Fprint(w, set.FlagUsagesWrapped(p.width()))
}
