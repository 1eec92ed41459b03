package channel_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
	"github.com/kanava-go/kanava/channel/message"
)

// folder keeps customers' files on disk. [os.Root] lets no name lead out of it.
type folder struct{ *os.Root }

// Save gives the same file the same name each time it is offered, and leaves nothing of one that breaks
// off.
func (f folder) Save(_ context.Context, in channel.File, body io.Reader) (ref string, err error) {
	ref = in.Message + "-" + in.SafeName
	part, err := f.Create(ref + ".part")
	if err != nil {
		return "", err
	}
	_, err = io.Copy(part, body)
	if err = errors.Join(err, part.Sync(), part.Close()); err != nil {
		return "", errors.Join(err, f.Root.Remove(ref+".part"))
	}
	return ref, f.Rename(ref+".part", ref)
}

// Remove makes folder a Remover: files of who was erased, and those whose time is over, go.
func (f folder) Remove(_ context.Context, ref string) error {
	if err := f.Root.Remove(ref); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func ExampleAttachments() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "kanava")
	check(err)
	defer os.RemoveAll(dir)
	root, err := os.OpenRoot(dir)
	check(err)
	hub := simulate(func(c *channel.Config) { c.Attachments = folder{root} })
	defer hub.stop()

	hub.customer.Document(hub.number, cloudapitest.Attachment{Filename: "../../Bill.pdf", MIME: "application/pdf", Data: []byte("%PDF-1.7 …")})
	id := hub.ask("This is it.")
	messages, err := hub.Messages(ctx, channel.MessageQuery{Conversation: id})
	check(err)
	file := messages[0].Attachments[0]
	text, err := root.ReadFile(file.Ref)
	check(err)
	fmt.Println(file.SafeName, file.MIME, len(text) == int(file.Size))

	_, err = hub.EraseCustomer(ctx, "support", message.Recipient{Phone: hub.customer.Phone()})
	check(err)
	_, err = root.Stat(file.Ref)
	fmt.Println("gone with the customer:", errors.Is(err, fs.ErrNotExist))
	// Output:
	// Bill.pdf application/pdf true
	// gone with the customer: true
}
