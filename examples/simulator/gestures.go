package main

import (
	"errors"

	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
)

type gesture func(u *cloudapitest.User, n *cloudapitest.Number, in words) (id string, err error)

// gestures are what a person can do with the phone, by the name in the path.
var gestures = map[string]gesture{
	"text": func(u *cloudapitest.User, n *cloudapitest.Number, in words) (string, error) {
		if in.Text == "" {
			return "", errors.New("nothing was written")
		}
		return u.Text(n, in.Text), nil
	},
	"reply": func(u *cloudapitest.User, n *cloudapitest.Number, in words) (string, error) {
		return u.Reply(n, in.ID, in.Text)
	},
	"image": func(u *cloudapitest.User, n *cloudapitest.Number, in words) (string, error) {
		return u.Image(n, cloudapitest.Attachment{Caption: in.Text}), nil
	},
	"voice": func(u *cloudapitest.User, n *cloudapitest.Number, _ words) (string, error) {
		return u.Voice(n, cloudapitest.Attachment{}), nil
	},
	"document": func(u *cloudapitest.User, n *cloudapitest.Number, in words) (string, error) {
		return u.Document(n, cloudapitest.Attachment{Filename: "invoice.pdf", Caption: in.Text}), nil
	},
	"place": func(u *cloudapitest.User, n *cloudapitest.Number, in words) (string, error) {
		return u.SharePlace(n, cloudapitest.Place{Latitude: 60.1699, Longitude: 24.9384, Name: in.Text}), nil
	},
	"tap": func(u *cloudapitest.User, n *cloudapitest.Number, in words) (string, error) {
		return u.Tap(n, in.Label)
	},
	"choose": func(u *cloudapitest.User, n *cloudapitest.Number, in words) (string, error) {
		return u.Choose(n, in.Label)
	},
	"flow": func(u *cloudapitest.User, n *cloudapitest.Number, in words) (string, error) {
		return u.FillFlow(n, in.Text)
	},
	"react": func(u *cloudapitest.User, n *cloudapitest.Number, in words) (string, error) {
		return "", u.React(n, in.ID, in.Emoji)
	},
	"edit": func(u *cloudapitest.User, n *cloudapitest.Number, in words) (string, error) {
		return "", u.Edit(n, in.ID, in.Text)
	},
	"delete": func(u *cloudapitest.User, n *cloudapitest.Number, in words) (string, error) {
		return "", u.Delete(n, in.ID)
	},
	"read":   plain(func(u *cloudapitest.User, n *cloudapitest.Number) { u.Read(n) }),
	"block":  plain(func(u *cloudapitest.User, n *cloudapitest.Number) { u.Block(n) }),
	"optout": plain(func(u *cloudapitest.User, n *cloudapitest.Number) { u.OptOut(n) }),
	"optin":  plain(func(u *cloudapitest.User, n *cloudapitest.Number) { u.OptIn(n) }),
	"call":   plain(func(u *cloudapitest.User, n *cloudapitest.Number) { u.Call(n) }),
	"online": plain(func(u *cloudapitest.User, _ *cloudapitest.Number) { u.ComeOnline() }),
	"offline": plain(func(u *cloudapitest.User, _ *cloudapitest.Number) {
		u.GoOffline()
	}),
	"number": func(u *cloudapitest.User, _ *cloudapitest.Number, in words) (string, error) {
		if !u.ChangeNumber(in.Phone) {
			return "", errors.New("the number is taken or no number")
		}
		return "", nil
	},
}

// plain is a gesture without arguments and outcome.
func plain(do func(*cloudapitest.User, *cloudapitest.Number)) gesture {
	return func(u *cloudapitest.User, n *cloudapitest.Number, _ words) (string, error) {
		do(u, n)
		return "", nil
	}
}
