package flowdata

import (
	"context"
	"errors"
)

// Screens leads requests to the functions of their screens; its Answer is for
// Config.Answer. Fill it before it is used, not afterwards.
type Screens struct {
	init     func(context.Context, *Request) (Response, error)
	back     map[string]func(context.Context, *Request) (Response, error)
	exchange map[string]func(context.Context, *Request) (Response, error)
}

// NewScreens makes a Screens that knows no screen.
func NewScreens() *Screens {
	return &Screens{
		back:     make(map[string]func(context.Context, *Request) (Response, error)),
		exchange: make(map[string]func(context.Context, *Request) (Response, error)),
	}
}

// ErrScreen is the error for a screen, or an action, that no function was given for.
var ErrScreen = errors.New("flowdata: no function for this screen and action")

// Init is asked when the flow is opened.
func (s *Screens) Init(f func(context.Context, *Request) (Response, error)) { s.init = f }

// Back is asked when a person goes back to a screen that has refresh_on_back.
func (s *Screens) Back(screen string, f func(context.Context, *Request) (Response, error)) {
	s.back[screen] = f
}

// On is asked when a screen was filled in. What was filled in is read into a T; if it does
// not fit, the answer fails with [ErrData] and f is not called.
func On[T any](s *Screens, screen string, f func(ctx context.Context, r *Request, in T) (Response, error)) {
	s.exchange[screen] = func(ctx context.Context, r *Request) (Response, error) {
		var in T
		if err := r.Decode(&in); err != nil {
			return Response{}, err
		}
		return f(ctx, r, in)
	}
}

// Answer leads a request to its function.
func (s *Screens) Answer(ctx context.Context, r *Request) (Response, error) {
	f := s.init
	switch r.Action {
	case Init:
	case Back:
		f = s.back[r.Screen]
	case Exchange:
		f = s.exchange[r.Screen]
	default:
		f = nil
	}
	if f == nil {
		return Response{}, ErrScreen
	}
	return f(ctx, r)
}
