package message

import (
	"fmt"

	"github.com/kanava-go/kanava/internal/discreet"
)

// However a value of this package is printed, by itself, behind a pointer or inside of
// something else, it shows what its LogValue shows.

// Format implements [fmt.Formatter].
func (o Outbound) Format(f fmt.State, _ rune) { discreet.Format(f, o) }

// Format implements [fmt.Formatter].
func (r Recipient) Format(f fmt.State, _ rune) { discreet.Format(f, r) }

// Format implements [fmt.Formatter].
func (r Receipt) Format(f fmt.State, _ rune) { discreet.Format(f, r) }

// Format implements [fmt.Formatter].
func (u Upload) Format(f fmt.State, _ rune) { discreet.Format(f, u) }

// Format implements [fmt.Formatter].
func (d Download) Format(f fmt.State, _ rune) { discreet.Format(f, d) }

// Format implements [fmt.Formatter].
func (c Contact) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (c Text) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (c Image) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (c Audio) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (c Video) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (c Document) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (c Sticker) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (c Location) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (c Contacts) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (c Reaction) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (c Pin) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (c Buttons) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (c List) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (c CTAURL) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (f Flow) Format(s fmt.State, _ rune) { discreet.Format(s, f) }

// Format implements [fmt.Formatter].
func (c LocationRequest) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (c ContactRequest) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (c AddressRequest) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (c Product) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (c ProductList) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (c Catalog) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (c CallPermission) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (c VoiceCall) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (c Carousel) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (c ProductCarousel) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (d OrderDetails) Format(f fmt.State, _ rune) { discreet.Format(f, d) }

// Format implements [fmt.Formatter].
func (s OrderStatus) Format(f fmt.State, _ rune) { discreet.Format(f, s) }

// Format implements [fmt.Formatter].
func (o Order) Format(f fmt.State, _ rune) { discreet.Format(f, o) }

// Format implements [fmt.Formatter].
func (i OrderItem) Format(f fmt.State, _ rune) { discreet.Format(f, i) }

// Format implements [fmt.Formatter].
func (p Payment) Format(f fmt.State, _ rune) { discreet.Format(f, p) }

// Format implements [fmt.Formatter].
func (p Pix) Format(f fmt.State, _ rune) { discreet.Format(f, p) }

// Format implements [fmt.Formatter].
func (c Template) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (c Unknown) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (p ProductSection) Format(f fmt.State, _ rune) { discreet.Format(f, p) }

// Format implements [fmt.Formatter].
func (c Card) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (h Header) Format(f fmt.State, _ rune) { discreet.Format(f, h) }

// Format implements [fmt.Formatter].
func (b Button) Format(f fmt.State, _ rune) { discreet.Format(f, b) }

// Format implements [fmt.Formatter].
func (s Section) Format(f fmt.State, _ rune) { discreet.Format(f, s) }

// Format implements [fmt.Formatter].
func (r Row) Format(f fmt.State, _ rune) { discreet.Format(f, r) }

// Format implements [fmt.Formatter].
func (m Marketing) Format(f fmt.State, _ rune) { discreet.Format(f, m) }

// Format implements [fmt.Formatter].
func (c ContactName) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (c ContactPhone) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (c ContactEmail) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (c ContactURL) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (c ContactAddress) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (c ContactOrg) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (s SavedAddress) Format(f fmt.State, _ rune) { discreet.Format(f, s) }
