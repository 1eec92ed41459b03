package helpdesk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/kanava-go/kanava/channel"
)

// folder keeps the files that customers send. It is the host's Attachments, and the console's Files.
type folder struct{ root *os.Root }

func newFolder(dir string) (*folder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("helpdesk: create folder: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("helpdesk: open folder: %w", err)
	}
	return &folder{root}, nil
}

// Save implements channel.Attachments. The name comes from the file's ID, never from the customer.
func (f *folder) Save(_ context.Context, file channel.File, body io.Reader) (_ string, err error) {
	name := nameOf(file.ID)
	out, err := f.root.Create(name + ".part")
	if err != nil {
		return "", fmt.Errorf("helpdesk: save file: %w", err)
	}
	_, err = io.Copy(out, body)
	if err = errors.Join(err, out.Close()); err == nil {
		err = f.root.Rename(name+".part", name)
	}
	if err != nil {
		_ = f.root.Remove(name + ".part") // it may not be there
		return "", fmt.Errorf("helpdesk: save file: %w", err)
	}
	return name, nil
}

// nameOf is the name of a file in the folder.
func nameOf(fileID string) string {
	sum := sha256.Sum256([]byte(fileID))
	return hex.EncodeToString(sum[:])
}

// Open implements console.Files.
func (f *folder) Open(_ context.Context, ref string) (io.ReadCloser, error) {
	if filepath.Base(ref) != ref {
		return nil, fs.ErrNotExist
	}
	return f.root.Open(ref)
}

// Remove implements channel.Remover: an erased customer's files go, too.
func (f *folder) Remove(_ context.Context, ref string) error {
	if err := f.root.Remove(ref); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("helpdesk: remove file: %w", err)
	}
	return nil
}

// Forget implements channel.Forgetter: so does one that was on its way when the process was killed.
func (f *folder) Forget(ctx context.Context, fileID string) error {
	return errors.Join(f.Remove(ctx, nameOf(fileID)), f.Remove(ctx, nameOf(fileID)+".part"))
}
