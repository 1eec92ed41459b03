package pgtest

import (
	"fmt"
	"net"
	"sync"
	"testing"
)

// ports gives out ports for servers that listen later, or again. A port that the kernel chose would be
// free for every outgoing connection of the machine meanwhile. These lie below those that it
// chooses, in blocks: a block belongs to the process that listens on its first port, until the process
// ends.
var ports struct {
	mu     sync.Mutex
	blocks []net.Listener // on the first port of each block that is ours
	last   int            // the port given out last
}

const (
	firstPort, endOfPorts = 10_000, 32_000
	portsInBlock          = 100
)

// Port returns a port of the loopback interface on which nobody listens and which no other test
// gets, for a server that listens later, or is killed and listens again.
func Port(tb testing.TB) int {
	tb.Helper()
	port, err := freePort()
	if err != nil {
		tb.Fatal(err)
	}
	return port
}

func freePort() (int, error) {
	ports.mu.Lock()
	defer ports.mu.Unlock()
	for {
		if ports.last%portsInBlock == portsInBlock-1 || len(ports.blocks) == 0 {
			if err := nextBlock(); err != nil {
				return 0, err
			}
		}
		ports.last++
		if l := listen(ports.last); l != nil {
			_ = l.Close()
			return ports.last, nil
		}
	}
}

// nextBlock takes a block that no process has. Those that are used up stay ours.
func nextBlock() error {
	for port := firstPort; port < endOfPorts; port += portsInBlock {
		if l := listen(port); l != nil {
			ports.blocks, ports.last = append(ports.blocks, l), port
			return nil
		}
	}
	return fmt.Errorf("no port between %d and %d is free", firstPort, endOfPorts)
}

// listen returns nil if somebody else listens there.
func listen(port int) net.Listener {
	l, err := net.Listen("tcp", fmt.Sprint("127.0.0.1:", port))
	if err != nil {
		return nil
	}
	return l
}
