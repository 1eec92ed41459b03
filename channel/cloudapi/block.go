package cloudapi

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"net/http"
	"slices"

	"github.com/kanava-go/kanava/channel/message"
)

// BlockResult tells for whom a change of the block list succeeded.
type BlockResult struct {
	Done   []BlockedUser
	Failed []BlockFailure
}

// BlockedUser is a user on the block list.
type BlockedUser struct {
	// Input is the address as it was given; empty in lists.
	Input string
	WAID  string
	BSUID string
}

// BlockFailure is a user who could not be blocked or unblocked.
type BlockFailure struct {
	User    BlockedUser
	Failure message.Failure // why; often that the user has not written in 24 hours
}

// maxBlock is how many users one request can name.
const maxBlock = 1000

// Block blocks users: they cannot write to the number, nor it to them. Only
// users who wrote in the last 24 hours can be blocked, and the list holds 64,000.
// Some may fail: then the error is an *[Error] with code 139100 and the result
// tells who. More than 1,000 users take several requests; the result covers those
// made before an error.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/block-users
// (checked May 2026)
func (n *Number) Block(ctx context.Context, users ...message.Recipient) (BlockResult, error) {
	return n.changeBlocks(ctx, "block users", http.MethodPost, users)
}

// Unblock takes users off the block list. See [Number.Block] about the result.
func (n *Number) Unblock(ctx context.Context, users ...message.Recipient) (BlockResult, error) {
	return n.changeBlocks(ctx, "unblock users", http.MethodDelete, users)
}

// blockable reports whether users are named who can be on a block list.
func blockable(users []message.Recipient) bool {
	return !slices.ContainsFunc(users, func(u message.Recipient) bool { return u.Group != "" || u.IsZero() })
}

// changeBlocks makes as many requests as it takes. Failures of single users do not
// stop it, failures of a request do.
func (n *Number) changeBlocks(ctx context.Context, op, method string, users []message.Recipient) (BlockResult, error) {
	var result BlockResult
	if !blockable(users) {
		return result, invalid(op, "every user needs a phone number or a user id")
	}
	var errs []error
	for len(users) > 0 {
		part := users[:min(len(users), maxBlock)]
		users = users[len(part):]
		err := n.blockPart(ctx, op, method, part, &result)
		if e, partial := errors.AsType[*Error](err); partial && e.Code == codeSomeNotBlocked {
			errs = append(errs, err)
			continue
		}
		if err != nil {
			return result, err
		}
	}
	return result, errors.Join(errs...)
}

const codeSomeNotBlocked = 139100

type wireBlockUser struct {
	User   string `json:"user,omitempty"`
	UserID string `json:"user_id,omitempty"`
}

type wireBlockResult struct {
	Users struct {
		Added   []wireBlocked `json:"added_users"`
		Removed []wireBlocked `json:"removed_users"`
		Failed  []wireBlocked `json:"failed_users"`
	} `json:"block_users"`
}

type wireBlocked struct {
	Input  string        `json:"input"`
	WAID   lenientString `json:"wa_id"`
	UserID string        `json:"user_id"`
	Errors []struct {
		Code lenientInt `json:"code"`
	} `json:"errors"`
}

func (w wireBlocked) user() BlockedUser {
	return BlockedUser{Input: w.Input, WAID: string(w.WAID), BSUID: w.UserID}
}

// blockPart makes one request and adds its outcome to the result.
func (n *Number) blockPart(ctx context.Context, op, method string, users []message.Recipient, result *BlockResult) error {
	in := struct {
		Product string          `json:"messaging_product"`
		Users   []wireBlockUser `json:"block_users"`
	}{Product: product}
	for _, u := range users {
		switch {
		case u.Phone != "" && u.Phone[0] != '+':
			in.Users = append(in.Users, wireBlockUser{User: "+" + u.Phone})
		case u.Phone != "":
			in.Users = append(in.Users, wireBlockUser{User: u.Phone})
		default:
			in.Users = append(in.Users, wireBlockUser{UserID: u.BSUID})
		}
	}
	cl, err := n.client.managementCall(op, method, n.id, nil, in, "block_users")
	if err != nil {
		return err
	}
	var out wireBlockResult
	cl.permit, cl.repeat, cl.decode = Permit{}, true, decodeInto(&out)
	err = n.client.do(ctx, cl)
	// A partial success arrives as an error that carries the result.
	if e, ok := errors.AsType[*Error](err); ok {
		_ = json.Unmarshal(e.Body, &out)
	}
	if err == nil && len(out.Users.Failed) > 0 { // whatever the status says
		err = &Error{Op: op, Status: http.StatusOK, Code: codeSomeNotBlocked, failure: message.Classify(codeSomeNotBlocked, 0, http.StatusOK, false)}
	}
	for _, u := range append(out.Users.Added, out.Users.Removed...) {
		result.Done = append(result.Done, u.user())
	}
	for _, u := range out.Users.Failed {
		f := message.Failure{Class: message.ClassUnknown}
		if len(u.Errors) > 0 {
			f = message.Classify(int(u.Errors[0].Code), 0, 0, false)
		}
		result.Failed = append(result.Failed, BlockFailure{User: u.user(), Failure: f})
	}
	return err
}

// Blocked walks through the users on the block list. See [Account.Numbers] about
// errors and breaking off. If the list changes on the way, the walk starts over
// and leaves out whom it has shown.
func (n *Number) Blocked(ctx context.Context) iter.Seq2[BlockedUser, error] {
	return all(ctx, n.client, listing[BlockedUser]{
		op: "list blocked users", id: n.id, edge: "block_users", items: blockedUsers, read: blockedUser,
		key: func(u BlockedUser) string { return u.WAID + "/" + u.BSUID },
	})
}

// blockedUsers reads a page of the block list. Meta shows it in two forms: users
// as elements, or lists of users within elements.
func blockedUsers(page []byte) ([]json.RawMessage, error) {
	var w struct {
		Data []json.RawMessage `json:"data"`
	}
	if json.Unmarshal(page, &w) != nil {
		return nil, errUnexpected
	}
	var users []json.RawMessage
	for _, raw := range w.Data {
		var e struct {
			wireBlocked
			Users []json.RawMessage `json:"block_users"`
		}
		if err := json.Unmarshal(raw, &e); err != nil || e.WAID != "" || e.UserID != "" {
			users = append(users, raw)
		}
		users = append(users, e.Users...)
	}
	return users, nil
}

// blockedUser reads one user of the block list.
func blockedUser(raw []byte) (BlockedUser, error) {
	var w wireBlocked
	if json.Unmarshal(raw, &w) != nil || w.WAID == "" && w.UserID == "" {
		return BlockedUser{}, errUnexpected
	}
	return w.user(), nil
}

// BlockUser blocks one user, or takes one off the block list, for package channel: see [Number.Block].
// The error of a user who cannot be blocked is why, not that one of several could not.
func (n *Number) BlockUser(ctx context.Context, to message.Recipient, blocked bool) error {
	change := n.Unblock
	if blocked {
		change = n.Block
	}
	result, err := change(ctx, to)
	if e, ok := errors.AsType[*Error](err); ok && e.Code == codeSomeNotBlocked && len(result.Failed) > 0 {
		return &blockError{result.Failed[0].Failure, err}
	}
	return err
}

// blockError is why one user could not be blocked.
type blockError struct {
	failure message.Failure
	cause   error
}

func (e *blockError) Error() string            { return e.cause.Error() }
func (e *blockError) Unwrap() error            { return e.cause }
func (e *blockError) Failure() message.Failure { return e.failure }
