package helpdesk

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
)

// memory is what the demonstration keeps in its folder beside the database, so that it goes on where it was
// stopped: how far its clock is ahead, and what is on the phones.
type memory struct {
	dir  string // of phones.json, and of the files on the phones; "" keeps nothing
	last []byte // what was written
}

// remembered is the content of phones.json.
type remembered struct {
	Seed   uint64               `json:"seed"`
	Ahead  time.Duration        `json:"ahead"`
	Phones map[string][]onPhone `json:"phones"` // by name
}

// onPhone is a message on a phone.
type onPhone struct {
	cloudapitest.Bubble
	File string `json:"file,omitempty"` // below dir/phones
}

func (m *memory) path(parts ...string) string {
	return filepath.Join(append([]string{m.dir}, parts...)...)
}

// load reads what was kept. A folder that is new, or older than this file, has nothing.
func (m *memory) load() (r remembered, err error) {
	raw, err := os.ReadFile(m.path("phones.json"))
	switch {
	case m.dir == "", errors.Is(err, fs.ErrNotExist):
		return r, nil
	case err != nil:
		return r, fmt.Errorf("helpdesk: read phones: %w", err)
	}
	if err := json.Unmarshal(raw, &r); err != nil {
		return r, fmt.Errorf("helpdesk: %s is damaged: remove it, and the phones begin anew: %w", m.path("phones.json"), err)
	}
	return r, nil
}

// save writes what has changed. A crash leaves what was there before.
func (m *memory) save(r remembered, content func(phone, wamid string) []byte) error {
	if m.dir == "" {
		return nil
	}
	for phone, log := range r.Phones {
		for i := range log {
			if err := m.saveFile(&log[i], func(id string) []byte { return content(phone, id) }); err != nil {
				return err
			}
		}
	}
	raw, err := json.Marshal(r)
	if err != nil || bytes.Equal(raw, m.last) {
		return err
	}
	if err := replace(m.path("phones.json"), raw); err != nil {
		return err
	}
	m.last = raw
	return nil
}

// saveFile keeps the file of a message, once.
func (m *memory) saveFile(b *onPhone, content func(wamid string) []byte) error {
	if b.Media == nil || b.Media.ID == "" {
		return nil
	}
	sum := sha256.Sum256([]byte(b.ID))
	b.File = hex.EncodeToString(sum[:])
	at := m.path("phones", b.File)
	if _, err := os.Stat(at); err == nil {
		return nil
	}
	data := content(b.ID)
	if data == nil {
		b.File = ""
		return nil
	}
	if err := os.MkdirAll(m.path("phones"), 0o700); err != nil {
		return fmt.Errorf("helpdesk: save phones: %w", err)
	}
	return replace(at, data)
}

// file is the content of the file of a message; nil if it was not kept.
func (m *memory) file(b *onPhone) []byte {
	if b.File == "" || filepath.Base(b.File) != b.File {
		return nil
	}
	data, err := os.ReadFile(m.path("phones", b.File))
	if err != nil {
		return nil
	}
	return data
}

// replace writes a file as a whole.
func replace(path string, data []byte) error {
	err := os.WriteFile(path+".part", data, 0o600)
	if err == nil {
		err = os.Rename(path+".part", path)
	}
	if err != nil {
		return fmt.Errorf("helpdesk: save phones: %w", err)
	}
	return nil
}
