package main

import (
	"cmp"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

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
