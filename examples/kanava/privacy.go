package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/kanava-go/kanava/channel"
	"github.com/spf13/cobra"
)

func (p *program) exportVerb() *cobra.Command {
	var file string
	cmd := p.operation(&cobra.Command{
		Use:     "export PERSON",
		Short:   "Everything the store keeps about a person, as JSON lines",
		Long:    `Writes everything that a channel keeps about a person, for a request of access: the customer, the conversations and the messages, one JSON object a line. PERSON is a phone number or a BSUID. The output is JSON lines with and without --json.`,
		Example: "  kanava export +12025550143 --file export.jsonl\n  kanava export US.13491208655302741918 --channel support",
		Args:    arguments(1, 1, "a phone number or a BSUID"),
	}, true, func(ctx context.Context, o *operating, h *channel.Hub, args []string) error {
		who, err := recipientOf(args[0])
		if err != nil {
			return wrong("%q is %s", args[0], err)
		}
		// What fails in the middle leaves no half of an answer.
		var b bytes.Buffer
		if err := h.ExportCustomer(ctx, o.channel, who, &b); err != nil {
			return o.unknown(err)
		}
		if file == "" {
			_, err := p.out.Write(b.Bytes())
			return err
		}
		if err := writeWhole(file, b.Bytes()); err != nil {
			return err
		}
		p.tell("Written to %s. It is personal data.", file)
		return nil
	})
	cmd.Flags().StringVar(&file, "file", "", "`FILE` to write to instead of standard output")
	return cmd
}

func (p *program) eraseVerb() *cobra.Command {
	var yes bool
	cmd := p.operation(&cobra.Command{
		Use:   "erase PERSON",
		Short: "Remove everything the store keeps about a person",
		Long: `Removes everything that a channel keeps about a person, under all names that the person ever had there, and what waits or is dead. It cannot be taken back. Tickets and files are your ticket system's to remove: the receipt names the files.

Run it again after an error: it goes on where it was.`,
		Example: "  kanava erase +12025550143\n  kanava erase US.13491208655302741918 --channel support --yes --json",
		Args:    arguments(1, 1, "a phone number or a BSUID"),
	}, true, func(ctx context.Context, o *operating, h *channel.Hub, args []string) error {
		who, err := recipientOf(args[0])
		if err != nil {
			return wrong("%q is %s", args[0], err)
		}
		if err := p.confirm(yes, "Remove everything about this person from the channel "+o.channel+" for good?"); err != nil {
			return err
		}
		receipt, err := h.EraseCustomer(ctx, o.channel, who)
		if err != nil {
			return o.unknown(err)
		}
		return p.print(receipt, func(w io.Writer) {
			fmt.Fprintf(w, "Removed: %s, %s, %s, %s.\n", plural(receipt.Customers, "record"), plural(receipt.Conversations, "conversation"),
				plural(receipt.Messages, "message"), plural(receipt.Work, "waiting item"))
			if len(receipt.Attachments) > 0 {
				fmt.Fprintln(w, "These files are your ticket system's to remove:")
				for _, file := range receipt.Attachments {
					fmt.Fprintln(w, "  "+file)
				}
			}
		})
	})
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	return cmd
}

// unknown words that nobody goes by a name.
func (o *operating) unknown(err error) error {
	if errors.Is(err, channel.ErrNotFound) {
		return fmt.Errorf("the channel %s knows nobody by this name", o.channel)
	}
	return err
}
