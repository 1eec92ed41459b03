package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/template"
	"github.com/spf13/cobra"
)

func (p *program) templatesVerb() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "templates",
		Short: "List, check, compare and publish message templates",
		Long: `Keeps the templates of an account as files, one JSON file for each name and language, so that they are reviewed and versioned like code. A file holds a definition as Meta's API takes it; lint checks it without an account, and push submits what differs.

lint also checks macro files (.txt, .md): placeholders, and templates in the shorthand &((template=[[name]] …))&.`,
		Example: "  kanava templates pull templates\n  kanava templates lint templates macros\n  kanava templates diff templates\n  kanava templates push templates",
		Args:    cobra.ArbitraryArgs,
		RunE:    p.group,
	}
	cmd.AddCommand(p.templatesList(), p.templatesPull(), p.templatesDiff(), p.templatesLint(), p.templatesPreview(), p.templatesPush())
	return cmd
}

// account gives a client of the account that a verb is about.
func (p *program) account(ctx context.Context, of ids) (*cloudapi.Account, error) {
	pl, err := p.platform(ctx, of, needToken, needAccount)
	if err != nil {
		return nil, err
	}
	client, err := pl.client(cloudapi.Limits{})
	if err != nil {
		return nil, err
	}
	return client.Account(pl.Account), nil
}

// remote reads the templates of an account, in order.
func (p *program) remote(ctx context.Context, account *cloudapi.Account) ([]template.Definition, error) {
	var all []template.Definition
	for d, err := range account.Templates(ctx, cloudapi.TemplateQuery{}) {
		if err != nil {
			return nil, err
		}
		all = append(all, d)
		p.progress.show(false, "%s read", plural(len(all), "template"))
	}
	p.progress.clear()
	slices.SortFunc(all, func(a, b template.Definition) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Language, b.Language))
	})
	return all, nil
}

func (p *program) templatesList() *cobra.Command {
	var of ids
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "The templates of the account, and which can be sent",
		Example: "  kanava templates list\n  kanava templates list --sim --json",
		Args:    arguments(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			account, err := p.account(cmd.Context(), of)
			if err != nil {
				return err
			}
			all, err := p.remote(cmd.Context(), account)
			if err != nil {
				return err
			}
			type row struct {
				ID       string `json:"id"`
				Name     string `json:"name"`
				Language string `json:"language"`
				Category string `json:"category"`
				Status   string `json:"status"`
				Quality  string `json:"quality,omitempty"`
				Sendable bool   `json:"sendable"`
				Reason   string `json:"reason,omitempty"`
			}
			rows := []row{}
			for _, d := range all {
				can := d.Sendable(p.now())
				r := row{ID: d.ID, Name: d.Name, Language: d.Language, Category: string(d.Category), Status: string(d.Status), Sendable: can.OK}
				if d.Quality != nil {
					r.Quality = string(d.Quality.Score)
				}
				r.Reason = string(can.Reason)
				rows = append(rows, r)
			}
			return p.print(rows, func(w io.Writer) {
				table := [][]string{{"NAME", "LANGUAGE", "CATEGORY", "STATUS", "QUALITY", ""}}
				for _, r := range rows {
					colour := green
					if !r.Sendable {
						colour = yellow
					}
					table = append(table, []string{r.Name, r.Language, strings.ToLower(r.Category), p.paint(colour, strings.ToLower(r.Status)), strings.ToLower(r.Quality), r.Reason})
				}
				p.table(w, table)
			})
		},
	}
	of.flags(cmd, "account")
	return cmd
}

func (p *program) templatesPull() *cobra.Command {
	var of ids
	cmd := &cobra.Command{
		Use:     "pull FOLDER",
		Short:   "Write the account's templates into files",
		Long:    `Writes every template of the account into FOLDER/NAME.LANGUAGE.json: what an author decides, and nothing that Meta does. Files that are there are overwritten; files of templates that the account does not have stay.`,
		Example: "  kanava templates pull templates\n  kanava templates pull templates --sim",
		Args:    arguments(1, 1, "a folder"),
		RunE: func(cmd *cobra.Command, args []string) error {
			account, err := p.account(cmd.Context(), of)
			if err != nil {
				return err
			}
			all, err := p.remote(cmd.Context(), account)
			if err != nil {
				return err
			}
			if err := os.MkdirAll(args[0], 0o750); err != nil {
				return err
			}
			files := []string{}
			for _, d := range all {
				file := filepath.Join(args[0], fileOf(d))
				raw, err := authored(d)
				if err != nil {
					return err
				}
				if err := os.WriteFile(file, raw, 0o600); err != nil {
					return err
				}
				files = append(files, file)
			}
			return p.print(map[string]any{"files": files}, func(w io.Writer) {
				fmt.Fprintf(w, "%s written into %s.\n", plural(len(files), "template"), args[0])
			})
		},
	}
	of.flags(cmd, "account")
	return cmd
}

// fileOf is the name of the file of a template.
func fileOf(d template.Definition) string {
	return d.Name + "." + template.CanonicalLanguage(d.Language) + ".json"
}

// authored is what an author decides of a template, as JSON for a file.
func authored(d template.Definition) ([]byte, error) {
	d = template.Definition{
		Name: d.Name, Language: d.Language, Category: d.Category, SubCategory: d.SubCategory, Format: d.Format, TTL: d.TTL,
		DisplayFormat: d.DisplayFormat, ProductSetID: d.ProductSetID, ClickTrackingOptedOut: d.ClickTrackingOptedOut,
		DegreesOfFreedom: d.DegreesOfFreedom, Library: d.Library, Components: d.Components,
	}
	// What Meta says where the author said nothing.
	if d.Format == template.Positional {
		d.Format = ""
	}
	if d.SubCategory == "CUSTOM" {
		d.SubCategory = ""
	}
	if d.ClickTrackingOptedOut != nil && !*d.ClickTrackingOptedOut {
		d.ClickTrackingOptedOut = nil
	}
	raw, err := json.Marshal(d)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(json.RawMessage(raw)); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// localTemplate is a definition out of a file.
type localTemplate struct {
	template.Definition
	file string
	raw  []byte
}

// local reads the definitions below files and folders; macros are the other files.
func local(paths []string) (all []localTemplate, macros []string, err error) {
	for _, path := range paths {
		err := filepath.WalkDir(path, func(file string, d os.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && file != path && strings.HasPrefix(d.Name(), "."):
				return filepath.SkipDir
			case d.IsDir():
				return nil
			}
			switch filepath.Ext(file) {
			case ".json":
				raw, err := os.ReadFile(file) //nolint:gosec // the user names the folder
				if err != nil {
					return err
				}
				all = append(all, localTemplate{file: file, raw: raw})
			case ".txt", ".md", ".macro":
				macros = append(macros, file)
			default:
				if file == path {
					return wrong("%s is neither a definition (.json) nor a macro (.txt, .md)", file)
				}
			}
			return nil
		})
		if err != nil {
			return nil, nil, err
		}
	}
	return all, macros, nil
}

// good reads definitions that have to be without faults, before they go anywhere.
func (p *program) good(paths []string) ([]localTemplate, error) {
	all, _, err := local(paths)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, wrong("%s holds no template: one is a file such as order_update.en_US.json", strings.Join(paths, " "))
	}
	var findings []finding
	for i := range all {
		findings = append(findings, all[i].lint()...)
	}
	findings = slices.DeleteFunc(findings, func(f finding) bool { return f.Severity != string(template.SeverityError) })
	if len(findings) > 0 {
		return nil, fmt.Errorf("%s in the files, the first %s; kanava templates lint shows all", plural(len(findings), "fault"), findings[0])
	}
	return all, nil
}
