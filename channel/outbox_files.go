package channel

import (
	"strconv"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/template"
)

// sentFile is a file in what is sent: the path of its part, as [message.Problem] has it, what it is sent as,
// and which uploaded one it is; "" for one by link.
type sentFile struct {
	path     string
	kind     message.Kind
	id, name string
	voice    bool
}

// filesOf are the files of a content in the order in which people see them. In headers and on cards those by link are
// left out: at these nobody has looked.
func filesOf(c message.Content) []sentFile {
	switch c := c.(type) {
	case *message.Image:
		return []sentFile{{path: "image", kind: c.Kind(), id: c.ID}}
	case *message.Video:
		return []sentFile{{path: "video", kind: c.Kind(), id: c.ID}}
	case *message.Audio:
		return []sentFile{{path: "audio", kind: c.Kind(), id: c.ID, voice: c.Voice}}
	case *message.Document:
		return []sentFile{{path: "document", kind: c.Kind(), id: c.ID, name: c.Filename}}
	case *message.Sticker:
		return []sentFile{{path: "sticker", kind: c.Kind(), id: c.ID}}
	case *message.Buttons:
		return filesOfHeader(&c.Header)
	case *message.CTAURL:
		return filesOfHeader(&c.Header)
	case *message.Flow:
		return filesOfHeader(&c.Header)
	case *message.AddressRequest:
		return filesOfHeader(&c.Header)
	case *message.OrderDetails:
		return filesOfHeader(&c.Header)
	case *message.Carousel:
		return filesOfCards(c.Cards)
	case *message.Template:
		return filesOfTemplate(&c.Message)
	default:
		return nil
	}
}

func filesOfHeader(h *message.Header) []sentFile {
	return uploadedOnly("interactive.header.", h.Image, h.Video, h.Document)
}

func filesOfCards(cards []message.Card) (all []sentFile) {
	for i := range cards {
		path := "interactive.action.cards[" + strconv.Itoa(i) + "].header."
		all = append(all, uploadedOnly(path, cards[i].Image, cards[i].Video, nil)...)
	}
	return all
}

func uploadedOnly(path string, i *message.Image, v *message.Video, d *message.Document) (all []sentFile) {
	if i != nil && i.ID != "" {
		all = append(all, sentFile{path: path + "image", kind: i.Kind(), id: i.ID})
	}
	if v != nil && v.ID != "" {
		all = append(all, sentFile{path: path + "video", kind: v.Kind(), id: v.ID})
	}
	if d != nil && d.ID != "" {
		all = append(all, sentFile{path: path + "document", kind: d.Kind(), id: d.ID, name: d.Filename})
	}
	return all
}

// kindOfMedia is what the file of a template's header is sent as.
var kindOfMedia = map[template.MediaKind]message.Kind{
	template.MediaImage: message.KindImage, template.MediaVideo: message.KindVideo, template.MediaGIF: message.KindVideo,
	template.MediaDocument: message.KindDocument,
}

func filesOfTemplate(m *template.Message) (all []sentFile) {
	for slot, p := range m.Parameters() {
		if p.Media == nil || p.Media.ID == "" {
			continue
		}
		path := "header."
		if slot.Card >= 0 {
			path = "cards[" + strconv.Itoa(slot.Card) + "].header."
		}
		media := template.MediaKind(p.Type)
		all = append(all, sentFile{path: path + string(media), kind: kindOfMedia[media], id: p.Media.ID, name: p.Media.Filename})
	}
	return all
}

// attach keeps with a message which files it sends.
func (m *messageRecord) attach(c message.Content) {
	m.Attachments = nil
	for _, f := range filesOf(c) {
		m.Attachments = append(m.Attachments, conversation.Attachment{MediaID: f.id, Name: f.name, Voice: f.voice})
	}
}
