//go:build !linux

package pgtest

import "syscall"

func giveAway(string) error { return nil }

func asOther() *syscall.SysProcAttr { return nil }
