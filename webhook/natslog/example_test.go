package natslog_test

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"github.com/kanava-go/kanava/webhook"
	"github.com/kanava-go/kanava/webhook/natslog"
)

// One process receives, another one works. Here both are one, on a server in the program.
func Example() {
	dir, err := os.MkdirTemp("", "natslog-")
	check(err)
	defer os.RemoveAll(dir)
	s, err := server.NewServer(&server.Options{Port: server.RANDOM_PORT, JetStream: true, StoreDir: dir, NoSigs: true, NoLog: true})
	check(err)
	s.Start()
	defer s.Shutdown()

	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	conn, err := nats.Connect(s.ClientURL(), nats.MaxReconnects(-1), nats.Timeout(10*time.Second))
	check(err)
	defer conn.Close()
	log, err := natslog.Open(ctx, natslog.Config{
		Conn: conn,
		// A trial on one server. In production: three servers, and neither of these lines.
		Replicas: 1, InsecureAllowLoss: true,
	})
	check(err)

	// Where webhooks come in, the log is the Sink of a webhook.Handler.
	check(log.Accept(ctx, delivery("wamid.1")))

	// Where they are worked off, the sink is a hub.
	hub := webhook.SinkFunc(func(_ context.Context, d *webhook.Delivery) error {
		fmt.Println("got a delivery with", d.Len(), "event")
		stop()
		return nil
	})
	check(log.Run(ctx, hub))
	// Output: got a delivery with 1 event
}

// What the sink refused too often waits until somebody has looked at it.
func ExampleLog_Replay() {
	var log *natslog.Log // from Open
	look := func(ctx context.Context) error {
		dead, err := log.DeadLetters(ctx, 100)
		if err != nil {
			return err
		}
		for _, d := range dead {
			fmt.Println(d.At, d.Number, d.Reason)
		}
		_, err = log.Replay(ctx, len(dead)) // once the cause is mended
		return err
	}
	_ = look
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
