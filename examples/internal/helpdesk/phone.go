package helpdesk

import (
	"bytes"
	"context"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Phone is what the page shows beside the console: the phones of simulated customers.
type Phone interface {
	// Customers are their names; the others take a place in this list.
	Customers() []string
	// Bubbles are what a phone shows of the chat, oldest first.
	Bubbles(customer int) []Bubble
	// File is the content of the file of a message, and its media type.
	File(customer int, id string) (data []byte, mime string, err error)
	// Say writes a text.
	Say(customer int, text string)
	// Tap presses a button; the error says that there is none.
	Tap(customer int, label string) error
	// Gestures are what else a customer can do, and Do does one of them.
	Gestures() []string
	Do(customer int, gesture string) error
	// Advance moves the simulated clock.
	Advance(by time.Duration)
	// Run lets things happen until ctx is done.
	Run(ctx context.Context) error
}

// Bubble is a message on a phone.
type Bubble struct {
	ID, ReplyTo          string
	Mine                 bool // the customer's own
	At                   time.Time
	Header, Text, Footer string
	Ticks                string // of the customer's own: sent, delivered or read
	Buttons              []Button
	File                 *File // nil without one
}

// File is a file in a message; Kind is image, video, audio, document or sticker.
type File struct{ Kind, Name string }

// Button is a button of a message.
type Button struct{ Label, URL string }

// bubbleView is a Bubble as the page shows it.
type bubbleView struct {
	ID, Side, Header, Text, Footer, Time, Quoted, Ticks, State string
	Buttons                                                    []Button
	File                                                       *File
	FileURL                                                    string
}

// customer is whose phone a request is about; the first one if it does not say.
func (a *app) customer(r *http.Request) int {
	n, err := strconv.Atoi(r.FormValue("customer"))
	if err != nil || n < 0 || n >= len(a.phone.Customers()) {
		return 0
	}
	return n
}

func (a *app) showPhone(w http.ResponseWriter, r *http.Request) {
	seen := a.phone.Bubbles(a.customer(r))
	texts := map[string]string{}
	views := []bubbleView{}
	for i, b := range seen {
		texts[b.ID] = b.Text
		v := bubbleView{
			ID: b.ID, Side: "theirs", Header: b.Header, Text: b.Text, Footer: b.Footer,
			Time: b.At.Local().Format("15:04"), Quoted: texts[b.ReplyTo], File: b.File,
		}
		if b.File != nil {
			v.FileURL = "/phone/file?" + url.Values{"customer": {strconv.Itoa(a.customer(r))}, "id": {b.ID}}.Encode()
		}
		if b.Mine {
			v.Side, v.State = "mine", b.Ticks
			v.Ticks = map[string]string{"sent": "✓", "delivered": "✓✓", "read": "✓✓"}[b.Ticks]
		}
		if i == len(seen)-1 { // buttons of earlier messages have had their time
			v.Buttons = b.Buttons
		}
		views = append(views, v)
	}
	a.render(w, "phone.html", views)
}

// shownOnPhone are the types of files that the page shows by itself; none of them can hold a script.
var shownOnPhone = map[string]bool{
	"image/png": true, "image/jpeg": true, "image/webp": true, "image/gif": true, "audio/ogg": true, "audio/mpeg": true, "audio/mp4": true, "audio/aac": true, "video/mp4": true,
}

// phoneFile gives out a file that is on a phone.
func (a *app) phoneFile(w http.ResponseWriter, r *http.Request) {
	data, kind, err := a.phone.File(a.customer(r), r.FormValue("id"))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	base, _, err := mime.ParseMediaType(kind)
	if err != nil || !shownOnPhone[base] {
		kind = "application/octet-stream"
		w.Header().Set("Content-Disposition", "attachment")
	}
	w.Header().Set("Content-Type", kind)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
}

func (a *app) say(w http.ResponseWriter, r *http.Request) {
	if text := r.FormValue("text"); text != "" {
		a.phone.Say(a.customer(r), text)
	}
	a.done(w)
}

func (a *app) tap(w http.ResponseWriter, r *http.Request) {
	if a.phone.Tap(a.customer(r), r.FormValue("label")) != nil {
		http.Error(w, "This button is not on the phone any more.", http.StatusConflict)
		return
	}
	a.done(w)
}

func (a *app) gesture(w http.ResponseWriter, r *http.Request) {
	if a.phone.Do(a.customer(r), r.FormValue("gesture")) != nil {
		http.Error(w, "The phone has no message to do that with.", http.StatusConflict)
		return
	}
	a.done(w)
}

// advance moves the simulated clock.
func (a *app) advance(w http.ResponseWriter, r *http.Request) {
	by, err := time.ParseDuration(r.FormValue("by"))
	if err != nil || by <= 0 || by > 7*24*time.Hour {
		http.Error(w, "The clock moves ahead by at most a week at a time.", http.StatusBadRequest)
		return
	}
	a.phone.Advance(by)
	a.done(w)
}

// done says that something happened.
func (a *app) done(w http.ResponseWriter) {
	a.pages.notify()
	w.WriteHeader(http.StatusNoContent)
}
