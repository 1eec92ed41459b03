package cloudapi

import (
	"context"
	"time"
)

// Hooks observe the calls of a [Client]. Any field may be nil. Hooks run inline
// and concurrently, and must not block.
type Hooks struct {
	// CallStart runs before the first attempt of a call. The context it returns
	// is used for the call and handed to CallDone.
	CallStart func(ctx context.Context, call CallInfo) context.Context
	// CallDone runs when a call has ended.
	CallDone func(ctx context.Context, call CallInfo, result CallResult)
}

// CallInfo describes a call: no content, no recipient.
type CallInfo struct {
	// Op is the operation, such as "send message": one of a small fixed set.
	Op string
	// Object is the id of the number, account or other object called.
	Object string
}

// CallResult describes how a call went.
type CallResult struct {
	// Attempts counts the requests made; 0 if none was.
	Attempts int
	// Waited is the time spent waiting for rate permits and between repeats.
	Waited time.Duration
	// Status is the HTTP status of the last answer, 0 if there was none.
	Status int
	// Err is the error returned to the caller, or nil.
	Err error
}
