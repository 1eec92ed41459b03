package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/template"
	"github.com/spf13/cobra"
)

// difference is how one template of the files differs from the account's.
type difference struct {
	Name     string   `json:"name"`
	Language string   `json:"language"`
	Kind     string   `json:"kind"` // new, changed or only there
	Changes  []change `json:"changes,omitempty"`
	local    *localTemplate
	remote   *template.Definition
}

// change is one value that differs; nil is a value that is not there.
type change struct {
	Path  string `json:"path"`
	Here  any    `json:"here"`
	There any    `json:"there"`
}

func (p *program) templatesDiff() *cobra.Command {
	var of ids
	cmd := &cobra.Command{
		Use:     "diff PATH...",
		Short:   "How the files differ from the account",
		Long:    `Compares definition files with the templates of the account. The exit code is 1 if they differ, so that CI notices a template that somebody changed by hand.`,
		Example: "  kanava templates diff templates\n  kanava templates diff templates --json",
		Args:    arguments(1, -1, "files or folders"),
		RunE: func(cmd *cobra.Command, args []string) error {
			account, err := p.account(cmd.Context(), of)
			if err != nil {
				return err
			}
			all, err := p.compare(cmd.Context(), account, args)
			if err != nil {
				return err
			}
			if err := p.print(all, func(w io.Writer) { p.differences(w, all) }); err != nil {
				return err
			}
			if len(all) > 0 {
				return errFound
			}
			return nil
		},
	}
	of.flags(cmd, "account")
	return cmd
}

// compare finds what differs between files and account.
func (p *program) compare(ctx context.Context, account *cloudapi.Account, paths []string) ([]difference, error) {
	files, err := p.good(paths)
	if err != nil {
		return nil, err
	}
	there, err := p.remote(ctx, account)
	if err != nil {
		return nil, err
	}
	remote := map[string]*template.Definition{}
	for i, d := range there {
		remote[fileOf(d)] = &there[i]
	}
	all := []difference{}
	for i := range files {
		d := difference{Name: files[i].Name, Language: files[i].Language, Kind: "new", local: &files[i], remote: remote[fileOf(files[i].Definition)]}
		if d.remote != nil {
			delete(remote, fileOf(*d.remote))
			if d.Changes, err = changes(files[i].Definition, *d.remote); err != nil {
				return nil, err
			}
			if d.Kind = "changed"; d.Changes == nil {
				continue
			}
		}
		all = append(all, d)
	}
	for i, d := range there {
		if remote[fileOf(d)] != nil {
			all = append(all, difference{Name: d.Name, Language: d.Language, Kind: "only there", remote: &there[i]})
		}
	}
	return all, nil
}

// changes compares what an author decides of two definitions.
func changes(here, there template.Definition) ([]change, error) {
	var trees [2]any
	for i, d := range []template.Definition{here, there} {
		raw, err := authored(d)
		if err == nil {
			err = json.Unmarshal(raw, &trees[i])
		}
		if err != nil {
			return nil, err
		}
	}
	return compareJSON(nil, "", trees[0], trees[1]), nil
}

func compareJSON(out []change, path string, here, there any) []change {
	switch a := here.(type) {
	case map[string]any:
		b, ok := there.(map[string]any)
		if !ok {
			break
		}
		keys := map[string]bool{}
		for key := range a {
			keys[key] = true
		}
		for key := range b {
			keys[key] = true
		}
		for _, key := range sorted(keys) {
			out = compareJSON(out, strings.TrimPrefix(path+"."+key, "."), a[key], b[key])
		}
		return out
	case []any:
		b, ok := there.([]any)
		if !ok {
			break
		}
		for i := range max(len(a), len(b)) {
			var x, y any
			if i < len(a) {
				x = a[i]
			}
			if i < len(b) {
				y = b[i]
			}
			out = compareJSON(out, fmt.Sprintf("%s[%d]", path, i), x, y)
		}
		return out
	}
	if !reflect.DeepEqual(here, there) {
		out = append(out, change{path, here, there})
	}
	return out
}

func sorted(keys map[string]bool) []string {
	var out []string
	for key := range keys {
		out = append(out, key)
	}
	slices.Sort(out)
	return out
}

// differences prints what differs: - is the account, + are the files.
func (p *program) differences(w io.Writer, all []difference) {
	if len(all) == 0 {
		fmt.Fprintln(w, "The files and the account are the same.")
	}
	for _, d := range all {
		what := map[string]string{"new": p.paint(green, "new"), "changed": p.paint(yellow, "changed"), "only there": p.paint(dim, "only in the account")}[d.Kind]
		fmt.Fprintf(w, "%s in %s: %s\n", d.Name, d.Language, what)
		for _, c := range d.Changes {
			fmt.Fprintln(w, "  "+c.Path)
			for _, side := range []struct {
				sign, colour string
				value        any
			}{{"-", red, c.There}, {"+", green, c.Here}} {
				if side.value != nil {
					raw, _ := json.Marshal(side.value) // it came out of JSON
					fmt.Fprintln(w, "    "+p.paint(side.colour, side.sign+" "+string(raw)))
				}
			}
		}
	}
}

func (p *program) templatesPush() *cobra.Command {
	var of ids
	var yes bool
	cmd := &cobra.Command{
		Use:   "push PATH...",
		Short: "Submit to Meta what is new or changed in the files",
		Long: `Submits the definitions that the account does not have, and edits those that differ. It shows what it will do and asks first; scripts say --yes. Every change goes through Meta's review again; an approved template can be edited once a day and ten times a month. Nothing is deleted.

A template that fails does not keep the others from going; the exit code is 1 then.`,
		Example: "  kanava templates push templates\n  kanava templates push templates/order_update.en_US.json --yes",
		Args:    arguments(1, -1, "files or folders"),
		RunE: func(cmd *cobra.Command, args []string) error {
			account, err := p.account(cmd.Context(), of)
			if err != nil {
				return err
			}
			all, err := p.compare(cmd.Context(), account, args)
			if err != nil {
				return err
			}
			all = slices.DeleteFunc(all, func(d difference) bool { return d.local == nil })
			if len(all) > 0 {
				if !p.json {
					p.differences(p.errs, all)
				}
				if err := p.confirm(yes, "Submit "+plural(len(all), "template")+" to Meta?"); err != nil {
					return err
				}
			}
			return p.push(cmd.Context(), account, all)
		},
	}
	of.flags(cmd, "account")
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	return cmd
}

// pushed is what became of one template.
type pushed struct {
	Name     string `json:"name"`
	Language string `json:"language"`
	ID       string `json:"id,omitempty"`
	Status   string `json:"status,omitempty"`
	Error    string `json:"error,omitempty"`
}

func (p *program) push(ctx context.Context, account *cloudapi.Account, all []difference) error {
	done, failed := []pushed{}, false
	for _, d := range all {
		r := pushed{Name: d.Name, Language: d.Language}
		p.progress.show(false, "%s in %s …", d.Name, d.Language)
		var err error
		if d.remote == nil {
			var made cloudapi.CreatedTemplate
			made, err = account.CreateTemplate(ctx, d.local.Definition)
			r.ID, r.Status = made.ID, strings.ToLower(string(made.Status))
		} else {
			edit := d.local.Definition
			edit.ID, edit.Status = d.remote.ID, d.remote.Status
			err = account.EditTemplate(ctx, edit)
			r.ID, r.Status = edit.ID, "submitted"
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			r.Error, r.Status, failed = sentence(err), "", true
		}
		done = append(done, r)
	}
	p.progress.clear()
	err := p.print(done, func(w io.Writer) {
		if len(done) == 0 {
			fmt.Fprintln(w, "The account has everything that is in the files.")
		}
		for _, r := range done {
			if r.Error != "" {
				fmt.Fprintln(w, wrap(fmt.Sprintf("%s in %s: %s", r.Name, r.Language, r.Error), p.width()-2, "  "))
				continue
			}
			fmt.Fprintf(w, "%s in %s: %s\n", r.Name, r.Language, p.paint(green, r.Status))
		}
	})
	if err == nil && failed {
		err = errFound
	}
	return err
}

// confirm asks before something that cannot be taken back.
func (p *program) confirm(yes bool, question string) error {
	if yes {
		return nil
	}
	if !p.inTerminal || !p.errTerminal {
		return wrong("nobody is there to be asked: %s Say so with --yes", question)
	}
	p.progress.clear()
	fmt.Fprint(p.errs, question+" [y/N] ")
	answer, err := bufio.NewReader(p.in).ReadString('\n')
	if err != nil {
		fmt.Fprintln(p.errs)
	}
	if errors.Is(err, context.Canceled) {
		return err
	}
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return nil
	}
	return errors.New("nothing was done, as you said")
}
