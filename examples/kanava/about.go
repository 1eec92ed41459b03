package main

import (
	"cmp"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/spf13/cobra"
)

func (p *program) versionVerb() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Which version this is, and of the Graph API that it speaks",
		Example: "  kanava version\n  kanava version --json",
		Args:    arguments(0, 0, ""),
		RunE: func(*cobra.Command, []string) error {
			v := struct {
				Version  string `json:"version"`
				Revision string `json:"revision,omitempty"`
				Graph    string `json:"graph_api"`
				Go       string `json:"go"`
				Platform string `json:"platform"`
			}{Version: "(devel)", Graph: cloudapi.DefaultVersion, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
			if info, ok := debug.ReadBuildInfo(); ok {
				v.Version = cmp.Or(info.Main.Version, v.Version)
				for _, s := range info.Settings {
					if s.Key == "vcs.revision" {
						v.Revision = s.Value
					}
				}
			}
			return p.print(v, func(w io.Writer) {
				fmt.Fprintf(w, "kanava %s, Graph API %s, %s, %s\n", v.Version, v.Graph, v.Go, v.Platform)
			})
		},
	}
}

func (p *program) helpVerb() *cobra.Command {
	return &cobra.Command{
		Use:     "help [VERB]...",
		Short:   "What a verb does, with examples",
		Example: "  kanava help\n  kanava help notify\n  kanava help templates lint",
		Args:    cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			at := cmd.Root()
			for _, word := range args {
				i := slices.IndexFunc(at.Commands(), func(c *cobra.Command) bool { return c.Name() == word })
				if i < 0 {
					return p.group(at, []string{word})
				}
				at = at.Commands()[i]
			}
			at.InitDefaultHelpFlag()
			p.help(at, nil)
			return nil
		},
	}
}

// shells are those that can complete verbs and flags.
var shells = []string{"bash", "fish", "powershell", "zsh"}

func (p *program) completionVerb() *cobra.Command {
	return &cobra.Command{
		Use:       "completion SHELL",
		Short:     "Let the shell complete verbs and flags",
		Long:      `Prints a script that lets a shell complete verbs and flags: bash, fish, powershell or zsh.`,
		Example:   "  source <(kanava completion bash)\n  kanava completion zsh >~/.zfunc/_kanava\n  kanava completion fish | source",
		ValidArgs: shells,
		Args:      arguments(1, 1, "a shell: "+strings.Join(shells, ", ")),
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(p.out, true)
			case "fish":
				return root.GenFishCompletion(p.out, true)
			case "powershell":
				return root.GenPowerShellCompletionWithDesc(p.out)
			case "zsh":
				return root.GenZshCompletion(p.out)
			}
			return wrong("there is no completion for %q%s; there is for %s", args[0], meant(near(args[0], shells), ""), strings.Join(shells, ", "))
		},
	}
}
