package redislimit_test

import (
	"fmt"
	"net"
	"sync"
	"testing"
)

// ports gives out ports for servers that are killed and started again on the same one. A port that
// the kernel chose would be free for every outgoing connection of the machine meanwhile. These
// lie below those that it chooses, in blocks: a block belongs to the process that listens on its
// first port, until the process ends.
var ports struct {
	mu     sync.Mutex
	blocks []net.Listener // on the first port of each block that is ours
	last   int            // the port given out last
}

const (
	firstPort, endOfPorts = 10_000, 32_000
	portsInBlock          = 100
)

// freePort returns a port on which nobody listens and which nobody else gets.
func freePort(t testing.TB) int {
	t.Helper()
	ports.mu.Lock()
	defer ports.mu.Unlock()
	for {
		if ports.last%portsInBlock == portsInBlock-1 || len(ports.blocks) == 0 {
			nextBlock(t)
		}
		ports.last++
		if l := listen(ports.last); l != nil {
			_ = l.Close()
			return ports.last
		}
	}
}

// nextBlock takes a block that no process has. Those that are used up stay ours.
func nextBlock(t testing.TB) {
	t.Helper()
	for port := firstPort; port < endOfPorts; port += portsInBlock {
		if l := listen(port); l != nil {
			ports.blocks, ports.last = append(ports.blocks, l), port
			return
		}
	}
	t.Fatalf("no port between %d and %d is free", firstPort, endOfPorts)
}

// listen returns nil if somebody else listens there.
func listen(port int) net.Listener {
	l, err := net.Listen("tcp", fmt.Sprint("127.0.0.1:", port))
	if err != nil {
		return nil
	}
	return l
}
