package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/redact"
	"github.com/kanava-go/kanava/template"
	"github.com/spf13/cobra"
)

// bsuid is what a business-scoped user id looks like.
var bsuid = regexp.MustCompile(`^[A-Z]{2}(\.ENT)?\.[A-Za-z0-9]+$`)

// spoiled is a number that a spreadsheet took for an amount: 13125550101.0, 1.31E+10.
var spoiled = regexp.MustCompile(`^\+?[0-9]+(?:\.0{1,2}|(?:[.,][0-9]+)?[eE]\+?[0-9]+)$`)

// recipientOf reads a phone number, in any punctuation, or a BSUID.
func recipientOf(text string) (message.Recipient, error) {
	text = strings.TrimSpace(strings.Map(func(r rune) rune { // what address books and web pages put around a number
		switch {
		case unicode.Is(unicode.Cf, r):
			return -1
		case unicode.Is(unicode.Zs, r):
			return ' '
		case unicode.Is(unicode.Pd, r), r == '\u2212':
			return '-'
		}
		return r
	}, text))
	if bsuid.MatchString(text) {
		return message.Recipient{BSUID: text}, nil
	}
	to := message.Recipient{Phone: strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -()./", r) {
			return -1
		}
		return r
	}, text)}
	switch {
	case strings.HasPrefix(to.Phone, "00"):
		return to, errors.New("write the country code with +, not 00")
	case strings.Contains(text, "(0)"):
		return to, errors.New("leave out the (0), which is not dialled from abroad")
	case spoiled.MatchString(text):
		return to, errors.New("what a spreadsheet made of a phone number: have the column hold text, and enter the number again")
	}
	if err := to.Validate(); err != nil || to.Phone == "" {
		return to, errors.New("neither a phone number with its country code, such as +12025550143, nor a BSUID")
	}
	return to, nil
}

func (p *program) sendVerb() *cobra.Command {
	var of ids
	var named, language, reply string
	var given []string
	cmd := &cobra.Command{
		Use:   "send TO [TEXT]",
		Short: "Send one message: a text, or a template with its values",
		Long: `Sends one message and tells under which id WhatsApp accepted it. TO is a phone number with its country code, or a BSUID. A text arrives only while the person's customer service window is open; a template arrives at any time.

What a template is filled with is named by --value; kanava templates preview NAME lists the names. Card numbers, their security codes and PINs are masked, as a hub does.`,
		Example: "  kanava send +12025550143 'Your bike is ready.'\n  kanava send +12025550143 --template hello_world\n  kanava send +12025550143 --template pickup --value name=Ada --value day=Friday\n  kanava send +13125550101 Hello --sim",
		Args:    arguments(1, 2, "a recipient and a text"),
		RunE: func(cmd *cobra.Command, args []string) error {
			to, err := recipientOf(args[0])
			if err != nil {
				return wrong("%q is %s", args[0], err)
			}
			values, err := pairs("value", given)
			if err != nil {
				return err
			}
			needs := []string{needToken, needNumber}
			switch {
			case named == "" && (len(args) < 2 || strings.TrimSpace(args[1]) == ""):
				return wrong("nothing to send: add a text, or --template NAME")
			case named != "" && len(args) == 2:
				return wrong("a text and --template do not go together: send one of them")
			case named == "" && len(values) > 0:
				return wrong("--value goes with --template")
			case named != "":
				needs = append(needs, needAccount)
			}
			pl, err := p.platform(cmd.Context(), of, needs...)
			if err != nil {
				return err
			}
			client, err := pl.client(cloudapi.Limits{})
			if err != nil {
				return err
			}
			out := message.Outbound{To: to, ReplyTo: reply, OpaqueID: "kanava-send-" + rand.Text()}
			if named != "" {
				out.Content, err = p.templateContent(cmd.Context(), client.Account(pl.Account), named, language, values)
			} else {
				out.Content = &message.Text{Body: p.masked(args[1])}
			}
			if err != nil {
				return err
			}
			return p.send(cmd.Context(), client.Number(pl.Number), out)
		},
	}
	of.flags(cmd, "number", "account")
	cmd.Flags().StringVar(&named, "template", "", "`NAME` of the template to send")
	cmd.Flags().StringVar(&language, "language", "", "`CODE` of the template's language, if it has several")
	cmd.Flags().StringArrayVar(&given, "value", nil, "`NAME=VALUE` that the template is filled with")
	cmd.Flags().StringVar(&reply, "reply-to", "", "`WAMID` of the message to quote")
	return cmd
}

func (p *program) send(ctx context.Context, number *cloudapi.Number, out message.Outbound) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	receipt, err := number.Send(ctx, out)
	if err != nil {
		return err
	}
	return p.print(map[string]any{"id": receipt.ID, "opaque_id": out.OpaqueID, "status": receipt.Status}, func(w io.Writer) {
		fmt.Fprintf(w, "Accepted by WhatsApp as %s.\nWhether it arrives comes by webhook: kanava listen shows it.\n", receipt.ID)
	})
}

// templateContent reads a template from the account and fills it.
func (p *program) templateContent(ctx context.Context, account *cloudapi.Account, named, language string, values map[string]string) (message.Content, error) {
	d, err := pick(ctx, account, named, language)
	if err != nil {
		return nil, err
	}
	for name, value := range values {
		values[name] = p.masked(value)
	}
	bound, _, err := fill(d, values)
	if err != nil {
		return nil, err
	}
	return &message.Template{Message: bound}, nil
}

// masked masks what must not be sent, and says that it did.
func (p *program) masked(text string) string {
	masked := redact.Cards(text)
	if masked != text {
		fmt.Fprintln(p.errs, "A card number is masked: what is sent stays with everybody who has the message.")
	}
	return masked
}

// pick reads one template by name and language; without a language there must be one.
func pick(ctx context.Context, account *cloudapi.Account, named, language string) (*template.Definition, error) {
	var found []template.Definition
	var names, languages []string
	for d, err := range account.Templates(ctx, cloudapi.TemplateQuery{}) {
		if err != nil {
			return nil, err
		}
		names = append(names, d.Name)
		if d.Name != named {
			continue
		}
		languages = append(languages, d.Language)
		if language == "" || template.CanonicalLanguage(d.Language) == template.CanonicalLanguage(language) {
			found = append(found, d)
		}
	}
	switch {
	case len(found) == 1:
		return &found[0], nil
	case len(found) > 1:
		return nil, wrong("the template %s exists in %s: choose one with --language", named, strings.Join(languages, ", "))
	case languages != nil:
		return nil, wrong("the template %s does not exist in %s, but in %s", named, language, strings.Join(languages, ", "))
	}
	slices.Sort(names)
	return nil, wrong("the account has no template %q%s; kanava templates list shows them", named, meant(near(named, slices.Compact(names)), ""))
}

// pairs reads flags of the form NAME=VALUE.
func pairs(flag string, given []string) (map[string]string, error) {
	values := map[string]string{}
	for _, text := range given {
		name, value, ok := strings.Cut(text, "=")
		if !ok || name == "" {
			return nil, wrong("--%s is NAME=VALUE, not %q", flag, text)
		}
		values[name] = value
	}
	return values, nil
}

// labelOf is what a user calls an input: the name of a named variable, else its path,
// which an example of another kind of thing makes plain: body[0], header, buttons[1].
func labelOf(in template.Input) string {
	if in.Name != "" {
		return in.Name
	}
	return in.Path
}

// fill binds values by their labels.
func fill(d *template.Definition, values map[string]string) (template.Message, template.Preview, error) {
	var labels []string
	for _, in := range d.Inputs() {
		labels = append(labels, labelOf(in))
	}
	for name := range values {
		if !slices.Contains(labels, name) {
			return template.Message{}, template.Preview{}, wrong("the template %s has no value %q; it takes %s", d.Name, name, listed(labels))
		}
	}
	filled, err := d.Fill(func(in template.Input) string { return values[labelOf(in)] })
	if err != nil {
		return template.Message{}, template.Preview{}, bindProblem(d, err)
	}
	bound, preview, err := d.Bind(filled)
	return bound, preview, bindProblem(d, err)
}

// listed joins names for a sentence.
func listed(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// bindProblem words what is wrong with the values of a template.
func bindProblem(d *template.Definition, err error) error {
	bind, ok := errors.AsType[*template.BindError](err)
	if !ok {
		return err
	}
	var parts []string
	labels := map[string]string{}
	for _, in := range d.Inputs() {
		labels[in.Path] = labelOf(in)
	}
	for _, problem := range bind.Problems {
		parts = append(parts, cmp.Or(labels[problem.Path], problem.Path)+": "+strings.TrimRight(problem.Sentence(), "."))
	}
	return wrong("the values do not fit the template %s: %s; give them with --value NAME=VALUE", d.Name, strings.Join(parts, "; "))
}
