package helpdesk

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"

	"golang.org/x/crypto/bcrypt"

	"github.com/kanava-go/kanava/channel/access"
)

// A password file has a line for each person, as htpasswd -B writes it, and behind it, if one wants, a role:
//
//	ada:$2y$10$…:admin
//	lee:$2y$10$…:contributor
//
// The roles are viewer, contributor (without one), supervisor, and admin, who supervises and administers.
// Empty lines and those that begin with # do not count.

// passwords are who may sign in, and with what.
type passwords struct {
	people []person
	roles  access.Policy
	hashes map[string][]byte

	mu    sync.Mutex // one bcrypt at a time: whoever tries passwords waits
	known map[string][sha256.Size]byte
}

// standIn is compared with where nobody has the name, so that names cannot be told from the time it takes.
var standIn, _ = bcrypt.GenerateFromPassword([]byte("nobody"), bcrypt.DefaultCost)

// readPasswords reads a password file, or names everything that is wrong with it, by line.
func readPasswords(file string) (*passwords, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("helpdesk: -password-file: %w", err)
	}
	p := &passwords{hashes: map[string][]byte{}, known: map[string][sha256.Size]byte{}, roles: access.Policy{Users: map[string]access.Role{}}}
	var problems []string
	lines := bufio.NewScanner(bytes.NewReader(raw))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if problem := p.add(strings.Split(line, ":")); problem != "" {
			problems = append(problems, fmt.Sprintf("line %d: %s", n, problem))
		}
	}
	switch {
	case lines.Err() != nil:
		problems = append(problems, "a line is too long")
	case len(p.people) == 0 && problems == nil:
		problems = append(problems, "nobody is in it: htpasswd -nB NAME makes a line")
	}
	if problems != nil {
		return nil, fmt.Errorf("helpdesk: -password-file: %s: %s", file, strings.Join(problems, "; "))
	}
	return p, nil
}

// add takes a line, or says what is wrong with it.
func (p *passwords) add(parts []string) (problem string) {
	if len(parts) < 2 || len(parts) > 3 || parts[0] == "" || len(parts[0]) > 64 || strings.ContainsAny(parts[0], " \t|") {
		return "want NAME:HASH or NAME:HASH:ROLE"
	}
	name := parts[0]
	if p.hashes[name] != nil {
		return "a second one of this name"
	}
	if cost, err := bcrypt.Cost([]byte(parts[1])); err != nil || cost < bcrypt.DefaultCost {
		return fmt.Sprintf("want a bcrypt hash of cost %d or more, as htpasswd -B -C %d makes one", bcrypt.DefaultCost, bcrypt.DefaultCost)
	}
	role := "contributor"
	if len(parts) == 3 {
		role = parts[2]
	}
	known := map[string]access.Role{"viewer": access.Viewer, "contributor": access.Contributor, "supervisor": access.Supervisor, "admin": access.Supervisor}
	if known[role] == "" {
		return "want the role viewer, contributor, supervisor or admin"
	}
	p.hashes[name], p.roles.Users[name] = []byte(parts[1]), known[role]
	p.people = append(p.people, person{Actor: access.Actor{Kind: access.Agent, ID: name, Admin: role == "admin"}, name: name, can: role})
	return ""
}

// check returns who signs a request, by HTTP's basic authentication.
func (p *passwords) check(r *http.Request) (access.Actor, bool) {
	name, password, ok := r.BasicAuth()
	if !ok || len(password) > 72 { // bcrypt takes no more
		return access.Actor{}, false
	}
	i := slices.IndexFunc(p.people, func(one person) bool { return one.ID == name })
	sum := sha256.Sum256([]byte(name + "\x00" + password))
	p.mu.Lock()
	defer p.mu.Unlock()
	if i >= 0 && p.known[name] == sum { // a page asks often, and bcrypt is slow on purpose
		return p.people[i].Actor, true
	}
	hash := standIn
	if i >= 0 {
		hash = p.hashes[name]
	}
	if bcrypt.CompareHashAndPassword(hash, []byte(password)) != nil || i < 0 {
		return access.Actor{}, false
	}
	p.known[name] = sum
	return p.people[i].Actor, true
}

// only lets nobody in who is not signed in.
func (p *passwords) only(next http.Handler) http.Handler {
	if p == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, ok := p.check(r); !ok {
			w.Header().Set("WWW-Authenticate", `Basic realm="helpdesk", charset="UTF-8"`)
			w.Header().Set("Cache-Control", "no-store")
			http.Error(w, "Sign in.", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}
