package channel

import (
	"time"

	"github.com/kanava-go/kanava/channel/deskapi"
)

// scene is a [deskapi.Scene] and how the hub carries out what a desk wants in it.
type scene struct {
	deskapi.Scene

	ch      *Channel
	unit    *unit
	id      string                    // of the event or action, which makes what follows from it unique
	at      time.Time                 // when it happened
	told    int                       // how much was told
	after   []func() error            // what is to be done at the end
	answers map[string]*messageRecord // the answers that the desk was shown, by ID
	wake    time.Time
	wakes   bool // wake was set
}

func (m *messageRecord) sent() *deskapi.Sent {
	return &deskapi.Sent{Message: &m.Message, Answer: m.Answer}
}

// answered lets the desk make an answer of a message.
func (s *scene) answered(m *messageRecord) error {
	sent := m.sent()
	err := s.unit.core.desk.Answered(&s.Scene, sent)
	m.Answer = sent.Answer
	return err
}

// failed lets the desk take an answer back.
func (s *scene) failed(m *messageRecord) error {
	sent := m.sent()
	err := s.unit.core.desk.Failed(&s.Scene, sent)
	m.Answer = sent.Answer
	return err
}
