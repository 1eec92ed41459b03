package pgtest

import (
	"fmt"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// other is the user that runs the server when the tests run as root, which PostgreSQL
// refuses to be.
func other() (uid, gid int, needed bool) {
	if os.Geteuid() != 0 {
		return 0, 0, false
	}
	for _, name := range []string{"postgres", "nobody"} {
		if u, err := user.Lookup(name); err == nil {
			uid, err1 := strconv.Atoi(u.Uid)
			gid, err2 := strconv.Atoi(u.Gid)
			if err1 == nil && err2 == nil {
				return uid, gid, true
			}
		}
	}
	return 65534, 65534, true
}

// giveAway makes the folder that of the user who runs the server.
func giveAway(dir string) error {
	uid, gid, needed := other()
	if !needed {
		return nil
	}
	if err := os.Chown(dir, uid, gid); err != nil {
		return fmt.Errorf("give the data folder to another user: %w", err)
	}
	return nil
}

// asOther says how to start the server: as the other user, and so that it ends when
// this process does, however that ends.
func asOther() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Pdeathsig: syscall.SIGQUIT}
	if uid, gid, needed := other(); needed {
		attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	}
	return attr
}
