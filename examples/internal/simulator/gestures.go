package simulator

import (
	"errors"
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
)

// gesture is something a person can do with the phone.
type gesture struct {
	doc     string
	example string
	do      func(u *cloudapitest.User, n *cloudapitest.Number, in *words) (id string, err error)
}

// words are the arguments of gestures; each takes those its example shows.
type words struct {
	Text     string `json:"text" doc:"Text, caption, name of a place or answers of a form"`
	Label    string `json:"label" doc:"What a button or row says"`
	ID       string `json:"id" doc:"wamid a gesture refers to"`
	Emoji    string `json:"emoji" doc:"One emoji; nothing takes a reaction away"`
	Phone    string `json:"phone" doc:"A phone number"`
	Name     string `json:"name" doc:"A name"`
	File     string `json:"file" doc:"Path of a file on this computer"`
	MIME     string `json:"mime" doc:"Its MIME type, if the name does not tell"`
	Animated bool   `json:"animated" doc:"An animated sticker"`
	Forever  bool   `json:"forever" doc:"Calls are allowed for good"`
	Times    int    `json:"times" doc:"How often a text was forwarded before"`
	Items    []item `json:"items" doc:"Lines of an order: product, quantity, price"`
	On       *bool  `json:"on" doc:"false takes it back, or is in vain"`
}

// item is a line of an order.
type item struct {
	Product  string  `json:"product"`
	Quantity int     `json:"quantity"`
	Price    float64 `json:"price"`
}

// maxFile is the largest file that is read from disk: more than a phone can send.
const maxFile = 101 << 20

// attachment reads the file of a gesture, if it names one.
func (in *words) attachment(filename string) (cloudapitest.Attachment, error) {
	a := cloudapitest.Attachment{MIME: in.MIME, Caption: in.Text, Filename: filename, Animated: in.Animated}
	if in.File == "" {
		return a, nil
	}
	if info, err := os.Stat(in.File); err != nil || !info.Mode().IsRegular() || info.Size() > maxFile {
		return a, refusal(http.StatusBadRequest, "file must be the full path of a file of this computer, at most 100 MB: %s is not", in.File)
	}
	data, err := os.ReadFile(in.File)
	if err != nil {
		return a, refusal(http.StatusBadRequest, "the file %s cannot be read", in.File)
	}
	if a.Data, a.Filename = data, filepath.Base(in.File); a.MIME == "" {
		a.MIME, _, _ = strings.Cut(mime.TypeByExtension(filepath.Ext(in.File)), ";")
	}
	return a, nil
}

// file is the gesture of sending a file.
func file(filename string, send func(*cloudapitest.User, cloudapitest.Correspondent, cloudapitest.Attachment) string) func(*cloudapitest.User, *cloudapitest.Number, *words) (string, error) {
	return func(u *cloudapitest.User, n *cloudapitest.Number, in *words) (string, error) {
		a, err := in.attachment(filename)
		if err != nil {
			return "", err
		}
		return send(u, n, a), nil
	}
}

// plain is a gesture without arguments and outcome.
func plain(do func(*cloudapitest.User, *cloudapitest.Number)) func(*cloudapitest.User, *cloudapitest.Number, *words) (string, error) {
	return func(u *cloudapitest.User, n *cloudapitest.Number, _ *words) (string, error) {
		do(u, n)
		return "", nil
	}
}

// on tells whether a switch is to be on, which it is if nothing is said.
func (in *words) on() bool { return in.On == nil || *in.On }

// gestures are what a person can do, by the last part of the path.
var gestures = map[string]gesture{
	"text": {"Writes a text", `{"text":"Hello?"}`, func(u *cloudapitest.User, n *cloudapitest.Number, in *words) (string, error) {
		if in.Text == "" {
			return "", refusal(http.StatusBadRequest, `nothing was written; send {"text":"Hello?"}`)
		}
		return u.Text(n, in.Text), nil
	}},
	"reply": {"Answers a message of the chat", `{"id":"wamid.…","text":"Yes"}`, func(u *cloudapitest.User, n *cloudapitest.Number, in *words) (string, error) {
		return u.Reply(n, in.ID, in.Text)
	}},
	"forward": {"Passes a text on that was forwarded so many times", `{"text":"News!","times":6}`, func(u *cloudapitest.User, n *cloudapitest.Number, in *words) (string, error) {
		return u.Forward(n, in.Text, in.Times), nil
	}},
	"image":    {"Sends a picture, made up or from disk", `{"text":"a caption"}`, file("", (*cloudapitest.User).Image)},
	"video":    {"Sends a video", `{"text":"a caption"}`, file("", (*cloudapitest.User).Video)},
	"audio":    {"Sends an audio file", `{}`, file("", (*cloudapitest.User).Audio)},
	"voice":    {"Sends a voice message", `{}`, file("", (*cloudapitest.User).Voice)},
	"sticker":  {"Sends a sticker", `{"animated":true}`, file("", (*cloudapitest.User).Sticker)},
	"document": {"Sends a document", `{"text":"a caption"}`, file("invoice.pdf", (*cloudapitest.User).Document)},
	"place": {"Shares a place", `{"text":"a name"}`, func(u *cloudapitest.User, n *cloudapitest.Number, in *words) (string, error) {
		return u.SharePlace(n, cloudapitest.Place{Latitude: 60.1699, Longitude: 24.9384, Name: in.Text}), nil
	}},
	"contact": {"Shares somebody's contact card", `{"name":"Pat Example","phone":"+12025550199"}`, func(u *cloudapitest.User, n *cloudapitest.Number, in *words) (string, error) {
		if in.Name == "" || in.Phone == "" {
			return "", refusal(http.StatusBadRequest, "a contact card has a name and a phone")
		}
		return u.ShareContact(n, in.Name, in.Phone), nil
	}},
	"share-number": {"Answers the newest request for contact information with the own number", `{}`, func(u *cloudapitest.User, n *cloudapitest.Number, _ *words) (string, error) {
		return u.ShareMyNumber(n)
	}},
	"order": {"Sends a cart of the catalog", `{"text":"gift wrap","items":[{"product":"tea","quantity":2,"price":7.9}]}`, func(u *cloudapitest.User, n *cloudapitest.Number, in *words) (string, error) {
		if len(in.Items) == 0 {
			return "", refusal(http.StatusBadRequest, "an order has items")
		}
		var items []cloudapitest.OrderItem
		for _, x := range in.Items {
			if x.Product == "" || x.Quantity < 1 || x.Price < 0 {
				return "", refusal(http.StatusBadRequest, "an item has a product, a quantity from 1 and a price")
			}
			items = append(items, cloudapitest.OrderItem{RetailerID: x.Product, Quantity: x.Quantity, Price: x.Price})
		}
		return u.Order(n, catalogID, in.Text, items...), nil
	}},
	"ad": {"Writes after a tap on an advertisement: the message carries a referral", `{"text":"Is it still there?"}`, func(u *cloudapitest.User, n *cloudapitest.Number, in *words) (string, error) {
		return u.FromAd(n, in.Text, cloudapitest.Ad{Headline: "Everything is cheaper", Body: "Until Sunday", ImageURL: "https://example.com/ad.jpg", ClickID: "fictional-click"}), nil
	}},
	"poll": {"Sends a poll, which arrives as unsupported", `{}`, func(u *cloudapitest.User, n *cloudapitest.Number, _ *words) (string, error) { return u.Poll(n), nil }},
	"open": {"Opens the chat for the first time", `{}`, plain(func(u *cloudapitest.User, n *cloudapitest.Number) { u.OpenChat(n) })},
	"tap": {"Taps a button of the newest message that has it", `{"label":"what the button says"}`, func(u *cloudapitest.User, n *cloudapitest.Number, in *words) (string, error) {
		return u.Tap(n, in.Label)
	}},
	"choose": {"Picks a row of the newest list", `{"label":"what the row says"}`, func(u *cloudapitest.User, n *cloudapitest.Number, in *words) (string, error) {
		return u.Choose(n, in.Label)
	}},
	"flow": {"Fills the newest form in", `{"text":"{\"rating\":\"5\"}"}`, func(u *cloudapitest.User, n *cloudapitest.Number, in *words) (string, error) {
		return u.FillFlow(n, in.Text)
	}},
	"pay": {"Pays the newest order, or tries in vain", `{"on":true}`, func(u *cloudapitest.User, n *cloudapitest.Number, in *words) (string, error) {
		return "", u.Pay(n, in.on())
	}},
	"react": {"Puts an emoji on a message", `{"id":"wamid.…","emoji":"👍"}`, func(u *cloudapitest.User, n *cloudapitest.Number, in *words) (string, error) {
		return "", u.React(n, in.ID, in.Emoji)
	}},
	"edit": {"Changes a text of their own", `{"id":"wamid.…","text":"a better text"}`, func(u *cloudapitest.User, n *cloudapitest.Number, in *words) (string, error) {
		return "", u.Edit(n, in.ID, in.Text)
	}},
	"delete": {"Takes a message of their own back", `{"id":"wamid.…"}`, func(u *cloudapitest.User, n *cloudapitest.Number, in *words) (string, error) {
		return "", u.Delete(n, in.ID)
	}},
	"read":   {"Opens the chat and reads everything", `{}`, plain(func(u *cloudapitest.User, n *cloudapitest.Number) { u.Read(n) })},
	"play":   {"Listens to the voice messages", `{}`, plain(func(u *cloudapitest.User, n *cloudapitest.Number) { u.Play(n) })},
	"block":  {"Blocks the business; writing again unblocks it", `{}`, plain(func(u *cloudapitest.User, n *cloudapitest.Number) { u.Block(n) })},
	"optout": {"Stops marketing messages", `{}`, plain(func(u *cloudapitest.User, n *cloudapitest.Number) { u.OptOut(n) })},
	"optin":  {"Wants marketing messages again", `{}`, plain(func(u *cloudapitest.User, n *cloudapitest.Number) { u.OptIn(n) })},
	"call":   {"Calls the business", `{}`, plain(func(u *cloudapitest.User, n *cloudapitest.Number) { u.Call(n) })},
	"allow-calls": {"Allows the business to call, if it asked", `{"forever":true}`, func(u *cloudapitest.User, n *cloudapitest.Number, in *words) (string, error) {
		return u.AllowCalls(n, in.Forever)
	}},
	"deny-calls": {"Does not allow it", `{}`, func(u *cloudapitest.User, n *cloudapitest.Number, _ *words) (string, error) { return u.DenyCalls(n) }},
	"online":     {"Switches the phone on", `{}`, plain(func(u *cloudapitest.User, _ *cloudapitest.Number) { u.ComeOnline() })},
	"offline":    {"Switches the phone off", `{}`, plain(func(u *cloudapitest.User, _ *cloudapitest.Number) { u.GoOffline() })},
	"number": {"Moves to another phone number; every business is told", `{"phone":"+13125550199"}`, func(u *cloudapitest.User, _ *cloudapitest.Number, in *words) (string, error) {
		if !u.ChangeNumber(in.Phone) {
			return "", errors.New("the number is taken or no number")
		}
		return "", nil
	}},
	"give-up-number": {"Ends their WhatsApp: nobody is told, and the number may pass to somebody else", `{}`, plain(func(u *cloudapitest.User, _ *cloudapitest.Number) { u.GiveUpNumber() })},
	"agent": {"Meta's agent takes the conversation over, or gives it back: webhooks come on standby meanwhile", `{"on":true}`, func(u *cloudapitest.User, n *cloudapitest.Number, in *words) (string, error) {
		n.HandToAgent(u, in.on())
		return "", nil
	}},
	"agent-text": {"Meta's agent writes to the person", `{"text":"I am a machine."}`, func(u *cloudapitest.User, n *cloudapitest.Number, in *words) (string, error) {
		if id := n.AgentText(u, in.Text); id != "" {
			return id, nil
		}
		return "", errors.New("the agent does not hold this conversation; send agent first")
	}},
	"echo": {"The business writes from the WhatsApp Business app: an echo", `{"text":"I call you back."}`, func(u *cloudapitest.User, n *cloudapitest.Number, in *words) (string, error) {
		if id := n.AppText(u, in.Text); id != "" {
			return id, nil
		}
		return "", errors.New("the number is not in use in the Business app; start the simulator with -coexistence")
	}},
	"marketing-cap": {"Meta holds marketing to this person back (131049), or does so no more", `{"on":true}`, func(u *cloudapitest.User, n *cloudapitest.Number, in *words) (string, error) {
		code := 0
		if in.on() {
			code = 131049
		}
		u.SetMarketingCap(n, code)
		return "", nil
	}},
}
