package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// settingsFile is read if it exists and no other file is named.
const settingsFile = "kanava.yaml"

// fileSettings are those of the settings file. Flags and the environment go before it.
type fileSettings struct {
	Number        string `yaml:"number"`  // phone number id
	Account       string `yaml:"account"` // WABA id
	App           string `yaml:"app"`     // app id
	Graph         string `yaml:"graph"`   // base URL of the Graph API
	GraphVersion  string `yaml:"graph_version"`
	Webhook       string `yaml:"webhook"` // where WhatsApp finds the webhook
	TokenFile     string `yaml:"token_file"`
	AppSecretFile string `yaml:"app_secret_file"`
	VerifyFile    string `yaml:"verify_token_file"`
	Database      string `yaml:"database"`
	Channel       string `yaml:"channel"`

	Up struct {
		Addr      string `yaml:"addr"`
		Simulator string `yaml:"simulator"`
		Folder    string `yaml:"folder"`
		Twilio    bool   `yaml:"twilio"`
		Seed      uint64 `yaml:"seed"`
	} `yaml:"up"`
	Doctor struct {
		Skip []string `yaml:"skip"`
	} `yaml:"doctor"`
	Notify struct {
		Template string            `yaml:"template"`
		Language string            `yaml:"language"`
		Columns  map[string]string `yaml:"columns"`
		Rates    []string          `yaml:"rates"`
		Currency string            `yaml:"currency"`
		Webhook  string            `yaml:"webhook_addr"`
	} `yaml:"notify"`
}

// unknownKey is how the library words a key that it does not know.
var unknownKey = regexp.MustCompile(`line (\d+): field (\S+) not found`)

// readSettings reads the settings file.
func (p *program) readSettings() error {
	file := p.settings
	if file == "" {
		file = settingsFile
	}
	raw, err := os.ReadFile(file) //nolint:gosec // the user names the file
	switch {
	case errors.Is(err, fs.ErrNotExist) && p.settings == "":
		return nil
	case err != nil:
		return wrong("--settings %s cannot be read: check the path", file)
	}
	d := yaml.NewDecoder(bytes.NewReader(raw))
	d.KnownFields(true)
	switch err := d.Decode(&p.set); {
	case err == nil, errors.Is(err, io.EOF):
		return secretSetting(file, raw)
	default:
		return wrong("%s: %s", file, settingsProblem(err))
	}
}

// settingsProblem words what the library found: every unknown key with its line.
func settingsProblem(err error) string {
	var keys []string
	for _, m := range unknownKey.FindAllStringSubmatch(err.Error(), -1) {
		keys = append(keys, fmt.Sprintf("line %s: there is no setting %q%s", m[1], m[2], meant(near(m[2], settingNames), "")))
	}
	if keys == nil {
		return strings.Join(strings.Fields(strings.TrimPrefix(err.Error(), "yaml: ")), " ")
	}
	return strings.Join(keys, "; ")
}

// settingNames are the keys, for suggestions.
var settingNames = []string{
	"number", "account", "app", "graph", "graph_version", "webhook", "token_file", "app_secret_file", "verify_token_file", "database", "channel",
	"up", "addr", "simulator", "folder", "twilio", "seed", "doctor", "skip", "notify", "template", "language", "columns", "rates", "currency", "webhook_addr",
}

// near are the names that a word may be a slip for, none if it is far from all.
func near(word string, names []string) (out []string) {
	for _, name := range names {
		if len(word) > 2 && distance(word, name) <= min(2, len(word)/3) {
			out = append(out, name)
		}
	}
	return out
}

// secretSetting refuses a token in the file, which is likely to be committed.
func secretSetting(file string, raw []byte) error {
	if tokens.Match(raw) {
		return wrong("%s holds an access token, which belongs into a file of its own: name it with token_file", file)
	}
	return nil
}
