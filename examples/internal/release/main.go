// Command release prepares the modules of a release, and rehearses that release without publishing anything: it makes a
// copy of the working tree in which nested modules require the version instead of pointing at each other's folders, serves
// the copy to the go command as a proxy of modules would, and does what users do: get the core, build a program on it, look
// at what came along, and install the command.
//
//	go run ./examples/internal/release v0.1.0           # a rehearsal; nothing changes
//	go run ./examples/internal/release -write v0.1.0    # go.mod and go.sum of the nested modules are made ready
package main

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

const core = "github.com/kanava-go/kanava"

func main() {
	write := flag.Bool("write", false, "change go.mod and go.sum of the nested modules in the working tree")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, flag.Arg(0), *write); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

var versionForm = regexp.MustCompile(`^v\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$`)

func run(ctx context.Context, version string, write bool) (err error) {
	if !versionForm.MatchString(version) {
		return errors.New("say which version, such as v0.1.0")
	}
	work, err := os.MkdirTemp("", "kanava-release-")
	if err != nil {
		return err
	}
	r := &release{version: version, write: write, tree: filepath.Join(work, "tree"), proxy: filepath.Join(work, "proxy"), bin: filepath.Join(work, "bin")}
	defer func() { err = errors.Join(err, r.forget(), os.RemoveAll(work)) }()
	if err := r.rehearse(ctx, work); err != nil {
		return err
	}
	if !write {
		fmt.Println("The release can be made.")
		return nil
	}
	for _, m := range r.modules[1:] {
		for _, name := range []string{"go.mod", "go.sum"} {
			text, err := os.ReadFile(filepath.Join(r.tree, m.dir, name))
			if err != nil {
				return err
			}
			if err := os.WriteFile(filepath.Join(r.root, m.dir, name), text, 0o644); err != nil { // #nosec G306 -- source code
				return err
			}
		}
	}
	fmt.Println("Commit this, and tag that commit:")
	for _, m := range r.modules[1:] {
		fmt.Println("\tgit tag " + m.dir + "/" + version)
	}
	return nil
}

// A release is a copy of the working tree on its way to users.
type release struct {
	version          string
	write            bool
	root             string // of the working tree
	tree, proxy, bin string
	cache, proxies   string   // GOMODCACHE and GOPROXY of whoever runs this
	files            []string // of the tree, with slashes
	modules          []module // in an order in which each requires only those before it; the core is the first
}

// module is one of ours: its folder, "" for the core, and its path.
type module struct{ dir, path string }

func (r *release) rehearse(ctx context.Context, work string) error {
	env, err := r.run(ctx, ".", "go", "env", "GOMODCACHE", "GOPROXY")
	if err != nil {
		return fmt.Errorf("go env: %w: %s", err, env)
	}
	cache, proxies, _ := strings.Cut(strings.TrimSpace(env), "\n")
	if _, err := os.Stat(filepath.Join(cache, "cache", "download", core, "@v", r.version+".zip")); err == nil {
		return fmt.Errorf("%s is released: it is in the cache of modules", r.version)
	}
	r.cache, r.proxies = cache, "file://"+filepath.ToSlash(cache)+"/cache/download,"+proxies
	if err := r.copyTree(ctx); err != nil {
		return fmt.Errorf("copy the tree: %w", err)
	}
	if err := r.order(); err != nil {
		return fmt.Errorf("order the modules: %w", err)
	}
	for _, m := range r.modules {
		if err := r.prepare(ctx, m); err != nil {
			return fmt.Errorf("prepare %s: %w", m.path, err)
		}
		fmt.Println("ready", m.path, r.version)
	}
	if err := r.consume(ctx, filepath.Join(work, "consumer")); err != nil {
		return fmt.Errorf("a program that gets the core: %w", err)
	}
	fmt.Println("a program that gets the core gets golang.org/x/time with it, and nothing else")
	if out, err := r.run(ctx, work, "go", "install", core+"/examples/kanava@"+r.version); err != nil {
		return fmt.Errorf("go install of the command: %w: %s", err, out)
	}
	out, err := r.run(ctx, work, filepath.Join(r.bin, "kanava"), "version")
	if err != nil || !strings.Contains(out, r.version) {
		return fmt.Errorf("the installed command says of its version: %s (%w)", out, err)
	}
	fmt.Println("go install works, and kanava version knows its version")
	return nil
}

// copyTree copies what git knows of, and what is new and not ignored.
func (r *release) copyTree(ctx context.Context) error {
	root, err := r.run(ctx, ".", "git", "rev-parse", "--show-toplevel")
	if err != nil {
		return err
	}
	r.root = strings.TrimSpace(root)
	if r.write {
		switch dirty, err := r.run(ctx, r.root, "git", "status", "--porcelain"); {
		case err != nil:
			return err
		case dirty != "":
			return errors.New("commit or discard first: go.sum has to be that of what is tagged")
		}
	}
	list, err := r.run(ctx, r.root, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	if err != nil {
		return err
	}
	for name := range strings.SplitSeq(strings.TrimRight(list, "\x00"), "\x00") {
		text, err := os.ReadFile(filepath.Join(r.root, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue // deleted
		}
		if err == nil {
			err = writeFile(filepath.Join(r.tree, name), text)
		}
		if err != nil {
			return err
		}
		r.files = append(r.files, name)
	}
	return nil
}

func writeFile(name string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	return os.WriteFile(name, text, 0o600)
}

// order finds the modules.
func (r *release) order() error {
	texts := map[module]string{}
	for _, name := range r.files {
		if path.Base(name) != "go.mod" {
			continue
		}
		text, err := os.ReadFile(filepath.Join(r.tree, name))
		if err != nil {
			return err
		}
		dir := strings.TrimPrefix(path.Dir(name), ".")
		texts[module{dir, path.Join(core, dir)}] = string(text)
	}
	for len(texts) > 0 {
		var ready []module
		for m, text := range texts {
			waits := false
			for other := range texts {
				waits = waits || other != m && strings.Contains(text, other.path+" v")
			}
			if !waits {
				ready = append(ready, m)
			}
		}
		if len(ready) == 0 {
			return errors.New("modules require each other in a circle")
		}
		slices.SortFunc(ready, func(a, b module) int { return strings.Compare(a.path, b.path) })
		for _, m := range ready {
			delete(texts, m)
		}
		r.modules = append(r.modules, ready...)
	}
	return nil
}

// prepare makes a module require the versions of this release, and puts it into the proxy.
func (r *release) prepare(ctx context.Context, m module) error {
	dir := filepath.Join(r.tree, m.dir)
	if m.dir != "" {
		text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err != nil {
			return err
		}
		edit := []string{"mod", "edit"}
		for _, other := range r.modules {
			if strings.Contains(string(text), other.path+" v") {
				edit = append(edit, "-require="+other.path+"@"+r.version)
			}
			if strings.Contains(string(text), other.path+" =>") {
				edit = append(edit, "-dropreplace="+other.path)
			}
		}
		for _, args := range [][]string{edit, {"mod", "tidy"}, {"build", "./..."}} {
			if out, err := r.run(ctx, dir, "go", args...); err != nil {
				return fmt.Errorf("go %s: %w: %s", strings.Join(args, " "), err, out)
			}
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		return err
	}
	if bytes.Contains(text, []byte(" => ")) {
		return errors.New("go.mod has a replace line: nobody can install from it")
	}
	packed, err := r.pack(m)
	if err != nil {
		return err
	}
	at := filepath.Join(r.proxy, m.path, "@v", r.version)
	info := fmt.Sprintf(`{"Version":%q,"Time":%q}`, r.version, time.Now().UTC().Format(time.RFC3339))
	return errors.Join(writeFile(at+".mod", text), writeFile(at+".zip", packed), writeFile(at+".info", []byte(info)),
		writeFile(filepath.Join(filepath.Dir(at), "list"), []byte(r.version+"\n")))
}

// pack is the module as the go command makes it of a tag, to the byte of each file, so that go.sum of the others is right:
// without the modules below it, and with the licence of the root.
func (r *release) pack(m module) ([]byte, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, name := range r.files {
		below, ok := strings.CutPrefix(name, m.dir+"/")
		if m.dir == "" {
			below, ok = name, true
		}
		ok = ok && !slices.ContainsFunc(r.modules, func(other module) bool {
			return len(other.dir) > len(m.dir) && strings.HasPrefix(name, other.dir+"/")
		})
		if name == "LICENSE" && !slices.Contains(r.files, path.Join(m.dir, name)) {
			below, ok = name, true
		}
		if !ok {
			continue
		}
		text, err := os.ReadFile(filepath.Join(r.tree, name))
		if err != nil {
			return nil, err
		}
		w, err := z.Create(m.path + "@" + r.version + "/" + below)
		if err == nil {
			_, err = w.Write(text)
		}
		if err != nil {
			return nil, err
		}
	}
	err := z.Close()
	return out.Bytes(), err
}

// program uses most of the core.
const program = `package main

import (
	"fmt"

	_ "github.com/kanava-go/kanava/channel/cloudapi"
	_ "github.com/kanava-go/kanava/channel/console"
	_ "github.com/kanava-go/kanava/channel/onboard"
	_ "github.com/kanava-go/kanava/channel/store/sqlstore"
	_ "github.com/kanava-go/kanava/channel/twilio"
	"github.com/kanava-go/kanava/redact"
	_ "github.com/kanava-go/kanava/webhook"
)

func main() { fmt.Println(redact.Cards("4111 1111 1111 1111")) }
`

// consume does what a user does first.
func (r *release) consume(ctx context.Context, dir string) error {
	if err := writeFile(filepath.Join(dir, "main.go"), []byte(program)); err != nil {
		return err
	}
	for _, args := range [][]string{{"mod", "init", "example.com/desk"}, {"get", core + "@" + r.version}, {"mod", "tidy"}} {
		if out, err := r.run(ctx, dir, "go", args...); err != nil {
			return fmt.Errorf("go %s: %w: %s", strings.Join(args, " "), err, out)
		}
	}
	out, err := r.run(ctx, dir, "go", "run", ".")
	if err != nil || !strings.Contains(out, "1111") || strings.Contains(out, "4111") {
		return fmt.Errorf("it does not run: %w: %s", err, out)
	}
	// What is compiled, and what stands in go.mod.
	out, err = r.run(ctx, dir, "go", "list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", ".")
	if err != nil {
		return fmt.Errorf("go list: %w: %s", err, out)
	}
	mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		return err
	}
	required := regexp.MustCompile(`(?m)^(?:require)?\s+(\S+) v\S+`).FindAllStringSubmatch(string(mod), -1)
	all := strings.Fields(out)
	for _, m := range required {
		all = append(all, m[1])
	}
	slices.Sort(all)
	if all = slices.Compact(all); !slices.Equal(all, []string{"example.com/desk", core, "golang.org/x/time"}) {
		return fmt.Errorf("it got more than golang.org/x/time: %s", strings.Join(all, ", "))
	}
	return nil
}

// forget takes what was rehearsed out of the cache of modules, where it would be taken for a release.
func (r *release) forget() error {
	var errs []error
	for _, m := range r.modules {
		errs = append(errs, os.RemoveAll(filepath.Join(r.cache, m.path+"@"+r.version)))
		packed, err := filepath.Glob(filepath.Join(r.cache, "cache", "download", m.path, "@v", r.version+".*"))
		for _, name := range packed {
			err = errors.Join(err, os.Remove(name))
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// run runs a program that finds our modules in the proxy of this release.
func (r *release) run(ctx context.Context, dir, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...) // #nosec G204 -- go, git, and what they built
	cmd.Dir = dir
	// The go command remembers what a version imports, for ever: of an earlier rehearsal, that is the wrong thing.
	cmd.Env = append(os.Environ(), "GODEBUG=goindex=0", "GOWORK=off", "GOFLAGS=-mod=mod -modcacherw", "GONOSUMDB="+core+","+core+"/*", "GOBIN="+r.bin)
	if r.proxies != "" {
		cmd.Env = append(cmd.Env, "GOPROXY=file://"+filepath.ToSlash(r.proxy)+","+r.proxies)
	}
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return strings.TrimSpace(errs.String() + out.String()), err
	}
	return out.String(), nil
}
