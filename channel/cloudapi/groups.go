package cloudapi

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"image/jpeg"
	"iter"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/message"
)

// Group is a client's view of a group chat of a number: up to eight people and the
// business. Only official business accounts have groups, and no number in coexistence.
// Most changes are asked for and done later: their outcome comes by a group webhook with
// the same request id. Messages are sent with message.Recipient.Group, and pinned with
// message.Pin. Safe for concurrent use.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/groups/reference
// (checked 2026-09-11)
type Group struct {
	number *Number
	id     string
}

// Group gives the view of the group with this id.
func (n *Number) Group(id string) *Group { return &Group{number: n, id: id} }

// ID is the group's id.
func (g *Group) ID() string { return g.id }

// Limits of groups: characters, bytes, pixels.
const (
	maxGroupSubject     = 128
	maxGroupDescription = 2048
	maxGroupPicture     = 5 << 20
	minGroupPicture     = 192 // on each side
	maxParticipants     = 8
)

// NewGroup describes a group to make. People join it by its invite link.
type NewGroup struct {
	Subject     string // 1 to 128 characters
	Description string // at most 2,048 characters
	// Approval makes joining a request, to be decided with [Group.Approve] and
	// [Group.Reject].
	Approval bool
}

// CreateGroup asks for a group. Its id and invite link come by webhook, with the request
// id that is returned. A number has at most 10,000 groups.
func (n *Number) CreateGroup(ctx context.Context, g NewGroup) (requestID string, err error) {
	const op = "create group"
	err = refuse(op, length("the subject", g.Subject, 1, maxGroupSubject), length("the description", g.Description, 0, maxGroupDescription))
	if err != nil {
		return "", err
	}
	in := struct {
		Product     string `json:"messaging_product"`
		Subject     string `json:"subject"`
		Description string `json:"description,omitempty"`
		Approval    string `json:"join_approval_mode,omitempty"`
	}{Product: product, Subject: g.Subject, Description: g.Description}
	if g.Approval {
		in.Approval = "approval_required"
	}
	return n.groupRequest(ctx, op, http.MethodPost, n.id, in, "groups")
}

// groupCall describes a call about groups, which does not count against the account.
func (n *Number) groupCall(op, method, id string, query url.Values, in any, edge ...string) (*call, error) {
	if n.err != nil {
		return nil, n.err
	}
	cl, err := n.client.managementCall(op, method, id, query, in, edge...)
	if err == nil {
		cl.permit = Permit{}
	}
	return cl, err
}

// groupRequest asks for a change that is done later.
func (n *Number) groupRequest(ctx context.Context, op, method, id string, in any, edge ...string) (requestID string, err error) {
	cl, err := n.groupCall(op, method, id, nil, in, edge...)
	if err != nil {
		return "", err
	}
	return n.request(ctx, cl)
}

// request makes a call that is answered with a request id.
func (n *Number) request(ctx context.Context, cl *call) (requestID string, err error) {
	var out struct {
		RequestID lenientString `json:"request_id"`
	}
	cl.decode = decodeInto(&out)
	err = n.client.do(ctx, cl)
	return string(out.RequestID), err
}

// GroupInfo is what the platform tells about a group. Lists of groups have ID, Subject and
// Created only.
type GroupInfo struct {
	ID          string
	Subject     string
	Description string
	Created     time.Time
	Suspended   bool // by Meta; nothing can be sent
	Approval    bool // joining has to be approved
	// Participants are the people, without the business. Count may be larger if Meta does
	// not show all.
	Participants []GroupPerson
	Count        int
}

// GroupPerson is somebody in a group, or who wants to join. What the person does not show
// is empty.
type GroupPerson struct {
	WAID     string // phone number, digits
	BSUID    string
	Username string // without "@"
}

// UnmarshalJSON reads the platform's form of a person. A user id may stand where the phone number does.
func (p *GroupPerson) UnmarshalJSON(data []byte) error {
	var w struct {
		WAID     lenientString `json:"wa_id"`
		BSUID    lenientString `json:"user_id"`
		Username lenientString `json:"username"`
	}
	if json.Unmarshal(data, &w) != nil {
		return errUnexpected
	}
	*p = GroupPerson{WAID: string(w.WAID), BSUID: string(w.BSUID), Username: strings.TrimPrefix(string(w.Username), "@")}
	if strings.Contains(p.WAID, ".") {
		p.WAID, p.BSUID = "", cmp.Or(p.BSUID, p.WAID)
	}
	return nil
}

const groupFields = "subject,description,suspended,creation_timestamp,join_approval_mode,total_participant_count,participants"

// UnmarshalJSON reads the platform's form of a group.
func (g *GroupInfo) UnmarshalJSON(data []byte) error {
	var w struct {
		ID           lenientString `json:"id"`
		Subject      string        `json:"subject"`
		Description  string        `json:"description"`
		Created      graphTime     `json:"creation_timestamp"`
		CreatedAt    graphTime     `json:"created_at"`
		Suspended    bool          `json:"suspended"`
		Approval     string        `json:"join_approval_mode"`
		Participants []GroupPerson `json:"participants"`
		Count        lenientInt    `json:"total_participant_count"`
	}
	if json.Unmarshal(data, &w) != nil {
		return errUnexpected
	}
	*g = GroupInfo{
		ID: string(w.ID), Subject: w.Subject, Description: w.Description, Created: w.Created.Time, Suspended: w.Suspended,
		Approval: w.Approval == "approval_required", Participants: w.Participants, Count: int(w.Count),
	}
	if g.Created.IsZero() {
		g.Created = w.CreatedAt.Time
	}
	return nil
}

// Groups walks through the groups of the number. See [Account.Numbers] about errors and
// breaking off.
func (n *Number) Groups(ctx context.Context) iter.Seq2[GroupInfo, error] {
	return all(ctx, n.client, listing[GroupInfo]{
		op: "list groups", id: n.id, edge: "groups", free: true, key: func(g GroupInfo) string { return g.ID },
		items: func(page []byte) ([]json.RawMessage, error) {
			var w struct {
				Data struct {
					Groups []json.RawMessage `json:"groups"`
				} `json:"data"`
			}
			if json.Unmarshal(page, &w) != nil {
				return nil, errUnexpected
			}
			return w.Data.Groups, nil
		},
	})
}

// Info reads the group.
func (g *Group) Info(ctx context.Context) (GroupInfo, error) {
	var info GroupInfo
	cl, err := g.number.groupCall("get group", http.MethodGet, g.id, url.Values{"fields": {groupFields}}, nil)
	if err != nil {
		return info, err
	}
	cl.decode = decodeInto(&info)
	err = g.number.client.do(ctx, cl)
	return info, err
}

// GroupChange changes a group. What is nil stays as it is.
type GroupChange struct {
	Subject     *string // 1 to 128 characters
	Description *string // at most 2,048 characters; empty removes it
}

// Update asks for another subject or description.
func (g *Group) Update(ctx context.Context, change GroupChange) (requestID string, err error) {
	const op = "update group"
	in := map[string]string{"messaging_product": product}
	var problems []error
	if s := change.Subject; s != nil {
		in["subject"] = *s
		problems = append(problems, length("the subject", *s, 1, maxGroupSubject))
	}
	if d := change.Description; d != nil {
		in["description"] = *d
		problems = append(problems, length("the description", *d, 0, maxGroupDescription))
	}
	if len(in) == 1 {
		problems = append(problems, errNothing)
	}
	if err := refuse(op, problems...); err != nil {
		return "", err
	}
	return g.number.groupRequest(ctx, op, http.MethodPost, g.id, in)
}

// SetPicture asks for another picture: a square JPEG of at least 192 pixels on each side
// and at most 5 MB.
func (g *Group) SetPicture(ctx context.Context, picture []byte) (requestID string, err error) {
	const op = "set group picture"
	size, err := jpeg.DecodeConfig(bytes.NewReader(picture))
	if err != nil || size.Width != size.Height || size.Width < minGroupPicture || len(picture) > maxGroupPicture {
		return "", invalid(op, "the picture must be a square JPEG of at least %d pixels and at most %d MB", minGroupPicture, maxGroupPicture>>20)
	}
	cl, err := g.number.groupCall(op, http.MethodPost, g.id, nil, nil)
	if err != nil {
		return "", err
	}
	var buf bytes.Buffer
	w := multipart.NewWriter(&buf)
	// Writing to a buffer cannot fail.
	_ = w.WriteField("messaging_product", product)
	part, _ := w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {multipart.FileContentDisposition("file", "picture.jpg")}, "Content-Type": {"image/jpeg"},
	})
	_, _ = part.Write(picture)
	_ = w.Close()
	cl.body, cl.content, cl.repeat = buf.Bytes(), []string{w.FormDataContentType()}, true
	return g.number.request(ctx, cl)
}

// Delete asks to remove the group, with everybody in it.
func (g *Group) Delete(ctx context.Context) (requestID string, err error) {
	return g.number.groupRequest(ctx, "delete group", http.MethodDelete, g.id, nil)
}

// InviteLink reads the link that lets people in.
func (g *Group) InviteLink(ctx context.Context) (string, error) {
	return g.invite(ctx, "get invite link", http.MethodGet, nil)
}

// ResetInviteLink makes a new link; the former one stops working.
func (g *Group) ResetInviteLink(ctx context.Context) (string, error) {
	return g.invite(ctx, "reset invite link", http.MethodPost, map[string]string{"messaging_product": product})
}

func (g *Group) invite(ctx context.Context, op, method string, in any) (string, error) {
	cl, err := g.number.groupCall(op, method, g.id, nil, in, "invite_link")
	if err != nil {
		return "", err
	}
	var out struct {
		Link string `json:"invite_link"`
	}
	cl.decode = decodeInto(&out)
	err = g.number.client.do(ctx, cl)
	return out.Link, err
}

// Remove asks to take people out of the group, at most eight. They cannot come back by the
// link.
func (g *Group) Remove(ctx context.Context, people ...message.Recipient) (requestID string, err error) {
	const op = "remove participants"
	if len(people) == 0 || len(people) > maxParticipants || !blockable(people) {
		return "", invalid(op, "1 to %d people are needed, each with a phone number or a user id", maxParticipants)
	}
	type user struct {
		User string `json:"user"`
	}
	in := struct {
		Product string `json:"messaging_product"`
		Users   []user `json:"participants"`
	}{Product: product}
	for _, p := range people {
		in.Users = append(in.Users, user{recipientKey(p)})
	}
	return g.number.groupRequest(ctx, op, http.MethodDelete, g.id, in, "participants")
}
