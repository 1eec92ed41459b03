package webhook

import (
	"fmt"

	"github.com/kanava-go/kanava/internal/discreet"
)

// However a value of this package is printed, by itself, behind a pointer or inside of
// something else, it shows what its LogValue shows.

// MarshalJSON shows what LogValue shows, since a record of slog may hold an event inside of
// something else. The form in which to store an event is [Event.AppendBody].
func (e Event) MarshalJSON() ([]byte, error) { return discreet.JSON(e) }

// MarshalJSON shows sizes. The form in which to store a delivery is its Body.
func (d Delivery) MarshalJSON() ([]byte, error) { return discreet.JSON(d) }

// Format implements [fmt.Formatter].
func (d Delivery) Format(f fmt.State, _ rune) { discreet.Format(f, d) }

// Format implements [fmt.Formatter].
func (e Event) Format(f fmt.State, _ rune) { discreet.Format(f, e) }

// Format implements [fmt.Formatter].
func (n Number) Format(f fmt.State, _ rune) { discreet.Format(f, n) }

// Format implements [fmt.Formatter].
func (id Identity) Format(f fmt.State, _ rune) { discreet.Format(f, id) }

// Format implements [fmt.Formatter].
func (e Error) Format(f fmt.State, _ rune) { discreet.Format(f, e) }

// Format implements [fmt.Formatter].
func (u Unknown) Format(f fmt.State, _ rune) { discreet.Format(f, u) }

// Format implements [fmt.Formatter].
func (t Text) Format(f fmt.State, _ rune) { discreet.Format(f, t) }

// Format implements [fmt.Formatter].
func (m Media) Format(f fmt.State, _ rune) { discreet.Format(f, m) }

// Format implements [fmt.Formatter].
func (l Location) Format(f fmt.State, _ rune) { discreet.Format(f, l) }

// Format implements [fmt.Formatter].
func (c Contacts) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (r Reaction) Format(f fmt.State, _ rune) { discreet.Format(f, r) }

// Format implements [fmt.Formatter].
func (o Order) Format(f fmt.State, _ rune) { discreet.Format(f, o) }

// Format implements [fmt.Formatter].
func (w Welcome) Format(f fmt.State, _ rune) { discreet.Format(f, w) }

// Format implements [fmt.Formatter].
func (e Edit) Format(f fmt.State, _ rune) { discreet.Format(f, e) }

// Format implements [fmt.Formatter].
func (r Revoke) Format(f fmt.State, _ rune) { discreet.Format(f, r) }

// Format implements [fmt.Formatter].
func (u Unsupported) Format(f fmt.State, _ rune) { discreet.Format(f, u) }

// Format implements [fmt.Formatter].
func (m MediaPlaceholder) Format(f fmt.State, _ rune) { discreet.Format(f, m) }

// Format implements [fmt.Formatter].
func (r QuickReply) Format(f fmt.State, _ rune) { discreet.Format(f, r) }

// Format implements [fmt.Formatter].
func (r ButtonReply) Format(f fmt.State, _ rune) { discreet.Format(f, r) }

// Format implements [fmt.Formatter].
func (r ListReply) Format(f fmt.State, _ rune) { discreet.Format(f, r) }

// Format implements [fmt.Formatter].
func (r FlowReply) Format(f fmt.State, _ rune) { discreet.Format(f, r) }

// Format implements [fmt.Formatter].
func (c CallPermission) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (c PastContent) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (m PaymentMethod) Format(f fmt.State, _ rune) { discreet.Format(f, m) }

// Format implements [fmt.Formatter].
func (r ProductReply) Format(f fmt.State, _ rune) { discreet.Format(f, r) }

// Format implements [fmt.Formatter].
func (s System) Format(f fmt.State, _ rune) { discreet.Format(f, s) }

// Format implements [fmt.Formatter].
func (m Message) Format(f fmt.State, _ rune) { discreet.Format(f, m) }

// Format implements [fmt.Formatter].
func (n ErrorNotice) Format(f fmt.State, _ rune) { discreet.Format(f, n) }

// Format implements [fmt.Formatter].
func (s Status) Format(f fmt.State, _ rune) { discreet.Format(f, s) }

// Format implements [fmt.Formatter].
func (s PaymentStatus) Format(f fmt.State, _ rune) { discreet.Format(f, s) }

// Format implements [fmt.Formatter].
func (c Call) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (c CallStatus) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (e Echo) Format(f fmt.State, _ rune) { discreet.Format(f, e) }

// Format implements [fmt.Formatter].
func (m StandbyMessage) Format(f fmt.State, _ rune) { discreet.Format(f, m) }

// Format implements [fmt.Formatter].
func (s StandbyStatus) Format(f fmt.State, _ rune) { discreet.Format(f, s) }

// Format implements [fmt.Formatter].
func (e StandbyEcho) Format(f fmt.State, _ rune) { discreet.Format(f, e) }

// Format implements [fmt.Formatter].
func (h Handover) Format(f fmt.State, _ rune) { discreet.Format(f, h) }

// Format implements [fmt.Formatter].
func (m HistoryMessage) Format(f fmt.State, _ rune) { discreet.Format(f, m) }

// Format implements [fmt.Formatter].
func (c HistoryChunk) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (d HistoryDeclined) Format(f fmt.State, _ rune) { discreet.Format(f, d) }

// Format implements [fmt.Formatter].
func (c ContactSync) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (u UserPreference) Format(f fmt.State, _ rune) { discreet.Format(f, u) }

// Format implements [fmt.Formatter].
func (u UserIDUpdate) Format(f fmt.State, _ rune) { discreet.Format(f, u) }

// Format implements [fmt.Formatter].
func (u UserAction) Format(f fmt.State, _ rune) { discreet.Format(f, u) }

// Format implements [fmt.Formatter].
func (a AutomaticEvent) Format(f fmt.State, _ rune) { discreet.Format(f, a) }

// Format implements [fmt.Formatter].
func (e TrackingEvent) Format(f fmt.State, _ rune) { discreet.Format(f, e) }

// Format implements [fmt.Formatter].
func (g GroupLifecycle) Format(f fmt.State, _ rune) { discreet.Format(f, g) }

// Format implements [fmt.Formatter].
func (g GroupParticipants) Format(f fmt.State, _ rune) { discreet.Format(f, g) }

// Format implements [fmt.Formatter].
func (g GroupSettings) Format(f fmt.State, _ rune) { discreet.Format(f, g) }

// Format implements [fmt.Formatter].
func (g GroupStatus) Format(f fmt.State, _ rune) { discreet.Format(f, g) }

// Format implements [fmt.Formatter].
func (s TemplateStatus) Format(f fmt.State, _ rune) { discreet.Format(f, s) }

// Format implements [fmt.Formatter].
func (q TemplateQuality) Format(f fmt.State, _ rune) { discreet.Format(f, q) }

// Format implements [fmt.Formatter].
func (c TemplateComponents) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (c TemplateCategory) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (c TemplateMiscategorized) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (f FlowEvent) Format(s fmt.State, _ rune) { discreet.Format(s, f) }

// Format implements [fmt.Formatter].
func (a AccountAlert) Format(f fmt.State, _ rune) { discreet.Format(f, a) }

// Format implements [fmt.Formatter].
func (r AccountReview) Format(f fmt.State, _ rune) { discreet.Format(f, r) }

// Format implements [fmt.Formatter].
func (u AccountUpdate) Format(f fmt.State, _ rune) { discreet.Format(f, u) }

// Format implements [fmt.Formatter].
func (c CapabilityUpdate) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (s PartnerSolution) Format(f fmt.State, _ rune) { discreet.Format(f, s) }

// Format implements [fmt.Formatter].
func (s NumberSettings) Format(f fmt.State, _ rune) { discreet.Format(f, s) }

// Format implements [fmt.Formatter].
func (n NumberName) Format(f fmt.State, _ rune) { discreet.Format(f, n) }

// Format implements [fmt.Formatter].
func (q NumberQuality) Format(f fmt.State, _ rune) { discreet.Format(f, q) }

// Format implements [fmt.Formatter].
func (u UsernameUpdate) Format(f fmt.State, _ rune) { discreet.Format(f, u) }

// Format implements [fmt.Formatter].
func (s SecurityEvent) Format(f fmt.State, _ rune) { discreet.Format(f, s) }

// Format implements [fmt.Formatter].
func (c PaymentConfiguration) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (c Card) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (n CardName) Format(f fmt.State, _ rune) { discreet.Format(f, n) }

// Format implements [fmt.Formatter].
func (p CardPhone) Format(f fmt.State, _ rune) { discreet.Format(f, p) }

// Format implements [fmt.Formatter].
func (e CardEntry) Format(f fmt.State, _ rune) { discreet.Format(f, e) }

// Format implements [fmt.Formatter].
func (a CardAddress) Format(f fmt.State, _ rune) { discreet.Format(f, a) }

// Format implements [fmt.Formatter].
func (i OrderItem) Format(f fmt.State, _ rune) { discreet.Format(f, i) }

// Format implements [fmt.Formatter].
func (p Product) Format(f fmt.State, _ rune) { discreet.Format(f, p) }

// Format implements [fmt.Formatter].
func (p Participant) Format(f fmt.State, _ rune) { discreet.Format(f, p) }

// Format implements [fmt.Formatter].
func (c Context) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (r Referral) Format(f fmt.State, _ rune) { discreet.Format(f, r) }

// Format implements [fmt.Formatter].
func (s CallSession) Format(f fmt.State, _ rune) { discreet.Format(f, s) }

// Format implements [fmt.Formatter].
func (a Amount) Format(f fmt.State, _ rune) { discreet.Format(f, a) }

// Format implements [fmt.Formatter].
func (t Transaction) Format(f fmt.State, _ rune) { discreet.Format(f, t) }

// Format implements [fmt.Formatter].
func (r Refund) Format(f fmt.State, _ rune) { discreet.Format(f, r) }

// Format implements [fmt.Formatter].
func (p Pricing) Format(f fmt.State, _ rune) { discreet.Format(f, p) }

// Format implements [fmt.Formatter].
func (c Conversation) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (t Template) Format(f fmt.State, _ rune) { discreet.Format(f, t) }

// Format implements [fmt.Formatter].
func (b TemplateButton) Format(f fmt.State, _ rune) { discreet.Format(f, b) }

// Format implements [fmt.Formatter].
func (v Violation) Format(f fmt.State, _ rune) { discreet.Format(f, v) }

// Format implements [fmt.Formatter].
func (r Restriction) Format(f fmt.State, _ rune) { discreet.Format(f, r) }

// Format implements [fmt.Formatter].
func (b Ban) Format(f fmt.State, _ rune) { discreet.Format(f, b) }

// Format implements [fmt.Formatter].
func (w WABAInfo) Format(f fmt.State, _ rune) { discreet.Format(f, w) }

// Format implements [fmt.Formatter].
func (d Disconnection) Format(f fmt.State, _ rune) { discreet.Format(f, d) }

// Format implements [fmt.Formatter].
func (c Certification) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (a AuthRates) Format(f fmt.State, _ rune) { discreet.Format(f, a) }

// Format implements [fmt.Formatter].
func (v VolumeTier) Format(f fmt.State, _ rune) { discreet.Format(f, v) }

// Format implements [fmt.Formatter].
func (f FlowError) Format(s fmt.State, _ rune) { discreet.Format(s, f) }

// Format implements [fmt.Formatter].
func (g GroupSetting) Format(f fmt.State, _ rune) { discreet.Format(f, g) }

// Format implements [fmt.Formatter].
func (c CallHours) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (o OpenHours) Format(f fmt.State, _ rune) { discreet.Format(f, o) }
