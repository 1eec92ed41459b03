package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/kanava-go/kanava/template"
	"github.com/spf13/cobra"
)

// value is one thing that a template is filled with, as --value and the columns of
// kanava notify name it.
type value struct {
	Name     string `json:"name"`
	Kind     string `json:"kind"`
	Example  string `json:"example,omitempty"`
	Required bool   `json:"required"`
}

// valuesOf lists what a template is filled with.
func valuesOf(d *template.Definition) []value {
	all := []value{}
	for _, in := range d.Inputs() {
		all = append(all, value{labelOf(in), string(in.Kind), in.Example, in.Required})
	}
	return all
}

func (p *program) templatesPreview() *cobra.Command {
	var of ids
	var language string
	var given []string
	cmd := &cobra.Command{
		Use:     "preview FILE|NAME",
		Short:   "What a customer will see, and what has to be filled in",
		Long:    `Shows a template as a customer will see it, and the names of its values. FILE is a definition (.json); NAME is a template of the account. Values that are not given are those of the template's own example.`,
		Example: "  kanava templates preview templates/order_update.en_US.json\n  kanava templates preview order_update --value first_name=Ada --sim",
		Args:    arguments(1, 1, "a file or a template's name"),
		RunE: func(cmd *cobra.Command, args []string) error {
			values, err := pairs("value", given)
			if err != nil {
				return err
			}
			d := &template.Definition{}
			if strings.HasSuffix(args[0], ".json") {
				raw, err := os.ReadFile(args[0])
				if err != nil {
					return err
				}
				if err := json.Unmarshal(raw, d); err != nil {
					return fmt.Errorf("%s is no template's definition; kanava templates lint tells why", args[0])
				}
			} else {
				account, err := p.account(cmd.Context(), of)
				if err != nil {
					return err
				}
				if d, err = pick(cmd.Context(), account, args[0], language); err != nil {
					return err
				}
			}
			filled := map[string]string{}
			for _, v := range valuesOf(d) {
				filled[v.Name] = v.Example
				if v.Example == "" && v.Kind == string(template.InputText) {
					filled[v.Name] = "[" + v.Name + "]"
				}
			}
			for name, text := range values {
				filled[name] = text
			}
			_, preview, err := fill(d, filled)
			if err != nil {
				return err
			}
			return p.print(map[string]any{"name": d.Name, "language": d.Language, "category": d.Category, "text": preview.Text(), "values": valuesOf(d)}, func(w io.Writer) {
				fmt.Fprintf(w, "%s\n\n", p.paint(dim, fmt.Sprintf("%s in %s, %s", d.Name, d.Language, strings.ToLower(string(d.Category)))))
				for line := range strings.SplitSeq(preview.Text(), "\n") {
					fmt.Fprintln(w, "  "+wrap(line, p.width()-2, "  "))
				}
				if all := valuesOf(d); len(all) > 0 {
					fmt.Fprintln(w)
					rows := [][]string{{"VALUE", "KIND", "EXAMPLE"}}
					for _, v := range all {
						rows = append(rows, []string{v.Name, v.Kind, v.Example})
					}
					p.table(w, rows)
				}
			})
		},
	}
	of.flags(cmd, "account")
	cmd.Flags().StringVar(&language, "language", "", "`CODE` of the template's language, if it has several")
	cmd.Flags().StringArrayVar(&given, "value", nil, "`NAME=VALUE` that the template is filled with")
	return cmd
}
