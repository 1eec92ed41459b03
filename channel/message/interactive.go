package message

// Limits of interactive messages, in characters unless said otherwise.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/interactive-reply-buttons-messages
// and its sister pages (checked September 2026)
const (
	MaxHeaderText  = 60
	MaxBody        = 1024
	MaxListBody    = 4096
	MaxFooter      = 60
	MaxButtons     = 3
	MaxButtonTitle = 20
	MaxButtonID    = 256
	MaxSections    = 10
	// MaxRows counts the rows of all sections of a list together.
	MaxRows           = 10
	MaxSectionTitle   = 24
	MaxRowID          = 200
	MaxRowTitle       = 24
	MaxRowDescription = 72

	// MaxDirectButtons and MaxDirectLinks hold for Buttons sent with a Category.
	MaxDirectButtons = 10
	MaxDirectLinks   = 2
)

// Header is the optional head of an interactive message. The zero Header means
// none; otherwise exactly one field is set. Captions are not allowed in a header.
type Header struct {
	Text     string // at most MaxHeaderText characters
	Image    *Image
	Video    *Video
	Document *Document
}

// IsZero reports whether there is no header.
func (h Header) IsZero() bool { return h == Header{} }

// Buttons offers up to [MaxButtons] quick replies under a text.
type Buttons struct {
	Header  Header
	Body    string // 1 to MaxBody characters
	Footer  string // at most MaxFooter characters
	Buttons []Button
}

// Button is one quick reply.
type Button struct {
	// ID comes back in the webhook when the user taps: 1 to [MaxButtonID]
	// characters, unique in the message, no space at either end. It is the host's own word, which nobody
	// reads: it goes out, is kept and comes back as it is, and no digit of it is masked. Put no card number in it.
	ID string
	// Title is the label, 1 to [MaxButtonTitle] characters, unique in the message.
	Title string
	// URL makes this a link instead of a reply; ID is then empty. Direct Send
	// only: at most [MaxDirectLinks] of up to [MaxDirectButtons] buttons, and
	// before the replies.
	URL string
}

// List offers a menu behind one button.
type List struct {
	// Header is plain text, at most [MaxHeaderText] characters, or empty.
	Header string
	Body   string // 1 to MaxListBody characters
	Footer string // at most MaxFooter characters
	// Button is the label that opens the menu, 1 to [MaxButtonTitle] characters.
	Button string
	// Sections are 1 to [MaxSections], with at most [MaxRows] rows together.
	Sections []Section
}

// Section is a group of rows of a list.
type Section struct {
	// Title is at most [MaxSectionTitle] characters; required if there is more
	// than one section.
	Title string `json:"title,omitempty"`
	Rows  []Row  `json:"rows"`
}

// Row is one choice of a list.
type Row struct {
	// ID comes back in the webhook: 1 to [MaxRowID] characters, unique in the list. Like that of a
	// [Button] it is never masked.
	ID          string `json:"id"`
	Title       string `json:"title"`                 // 1 to MaxRowTitle characters
	Description string `json:"description,omitempty"` // at most MaxRowDescription characters
}

// CTAURL puts one link button under a text.
type CTAURL struct {
	Header Header
	Body   string // 1 to MaxBody characters
	Footer string // at most MaxFooter characters
	Label  string // 1 to MaxButtonTitle characters
	URL    string // http or https
}
