package message

// Limits of commerce messages.
const (
	// MaxProducts counts the products of all sections of a product list together.
	MaxProducts    = 30
	MinCards       = 2
	MaxCards       = 10
	MaxCardBody    = 160
	MaxCardBreaks  = 2 // line breaks in the body of a card
	MaxCardReplies = 3
	MaxCardReplyID = 256
)

// Product shows one article of a catalog.
type Product struct {
	Body      string // at most MaxBody characters; may be empty
	Footer    string // at most MaxFooter characters; may be empty
	CatalogID string
	// RetailerID is the article's id in the catalog (SKU).
	RetailerID string
}

// ProductList shows up to [MaxProducts] articles of a catalog in sections.
type ProductList struct {
	Header    string // plain text, 1 to MaxHeaderText characters
	Body      string // 1 to MaxBody characters
	Footer    string // at most MaxFooter characters
	CatalogID string
	Sections  []ProductSection // 1 to MaxSections
}

// ProductSection is a group of articles.
type ProductSection struct {
	// Title is at most [MaxSectionTitle] characters; required if there is more
	// than one section.
	Title string
	// RetailerIDs are the articles' ids in the catalog.
	RetailerIDs []string
}

// Catalog opens the business's whole catalog.
type Catalog struct {
	Body   string // 1 to MaxBody characters
	Footer string // at most MaxFooter characters
	// ThumbnailRetailerID is the article whose picture is shown; empty leaves the
	// choice to Meta.
	ThumbnailRetailerID string
}

// Carousel shows [MinCards] to [MaxCards] cards to swipe through. Every card has
// the same kinds and number of buttons; pictures and videos may be mixed, and each card
// may have a body or none.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/interactive-media-carousel-messages
// (checked 2026-11-29)
type Carousel struct {
	Body  string // 1 to MaxBody characters
	Cards []Card
}

// Card is one card of a [Carousel]. It carries either one link (Label and URL)
// or quick replies.
type Card struct {
	Image *Image // one of Image and Video is required
	Video *Video
	Body  string // at most MaxCardBody characters and MaxCardBreaks line breaks
	Label string // of the link, 1 to MaxButtonTitle characters
	URL   string
	// Replies are at most [MaxCardReplies] quick replies; URL in them is not used.
	Replies []Button
}

// ProductCarousel shows [MinCards] to [MaxCards] articles of one catalog.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/interactive-product-carousel-messages
// (checked December 2025)
type ProductCarousel struct {
	Body        string // 1 to MaxBody characters
	CatalogID   string
	RetailerIDs []string
}
