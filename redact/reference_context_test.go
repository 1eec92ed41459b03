package redact_test

import (
	"math/big"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/kanava-go/kanava/redact"
)

// before returns the text up to i, after the text from i on, both without the
// invisible characters that touch i.
func (x *refText) before(i int) string {
	for n := 0; n < 8 && i > 0 && refIsTransparent(x.runes[i-1]); n++ {
		i--
	}
	return string(x.runes[:i])
}

func (x *refText) after(i int) string {
	for n := 0; n < 8 && i < len(x.runes) && refIsTransparent(x.runes[i]); n++ {
		i++
	}
	return string(x.runes[i:])
}

const (
	refUnionPayWords = `unionpay|银联|銀聯`
	refWords         = refUnionPayWords + `|card|visa|amex|american express|maestro|discover|diners|jcb|rupay|verve|troy|humo` +
		`|bancontact|uatp|tarjeta|targeta|cartão|carta|carte|kart|kredit|kort|kad|thẻ|карт|κάρτα|כרטיס|بطاق|کارت|کارڈ` +
		`|कार्ड|কার্ড|ਕਾਰਡ|அட்டை|บัตร|ကတ်|ካርድ|カード|카드|卡|信用`
	refShortWords = `cc|mc|pan|elo|mir|мир`
)

// wordNear reports whether one of the words stands whole in the 64 characters
// before or the 40 after.
func (x *refText) wordNear(from, to int, words *regexp.Regexp) bool {
	a, b := max(0, from-64), min(len(x.runes), to+40)
	lower := x.lower
	if words.MatchString(string(lower[a:from])) || words.MatchString(string(lower[to:b])) {
		return true
	}
	if words != refCardIn {
		return false
	}
	for _, stretch := range [][2]int{{a, from}, {to, b}} {
		for _, w := range strings.Split(refShortWords, "|") {
			n := len([]rune(w))
			for i := stretch[0]; i+n <= stretch[1]; i++ {
				if string(lower[i:i+n]) == w && (i == 0 || !unicode.IsLetter(lower[i-1])) &&
					(i+n == len(lower) || !unicode.IsLetter(lower[i+n])) {
					return true
				}
			}
		}
	}
	return false
}

var (
	refFillers  = `number|nummer|numero|número|numéro|numer|num|code|id|no|nr|n|номер|رقم|号码|號碼|编号|番号|번호|号|號`
	refIsFiller = regexp.MustCompile(`^(?:` + refFillers + `)$`)
	refCardIn   = regexp.MustCompile(refWords)
	refUnionIn  = regexp.MustCompile(refUnionPayWords)
	refShortIs  = regexp.MustCompile(`(^|[^\pL])(?:` + refShortWords + `)($|[^\pL])`)
)

func refSpeaksOfCard(word string) bool {
	word = strings.ToLower(word)
	if refCardIn.MatchString(word) || refShortIs.MatchString(word) {
		return true
	}
	for _, f := range strings.Split(refFillers, "|") {
		if short, ok := strings.CutSuffix(word, f); ok && f != "n" && short != "" {
			return refCardIn.MatchString(short) || refShortIs.MatchString(short)
		}
	}
	return false
}

// refLatins are the Latin letters that count, for a class of characters. Full-width
// letters, as in Japanese text, are none: a card word may be written in them.
const refLatins = `A-Za-zªºÀ-ÖØ-öø-ʸˠ-ˤᴀ-ᴥᴬ-ᵜᵢ-ᵥᵫ-ᵷᵹ-ᶾḀ-ỿ`

var (
	refLettersEnd   = regexp.MustCompile(`[` + refLatins + `]+$`)
	refLettersStart = regexp.MustCompile(`^[` + refLatins + `]+`)
	refEscape       = regexp.MustCompile(`\\[ntrfbv]$`)
	refSuffix       = regexp.MustCompile(`^(?i:exp|cvv|cvc|valid)`)
	refTokenEnd     = regexp.MustCompile(`[` + refLatins + `\p{Nd}\-_/.#]*[-_/.#]$`)
	refTokenStart   = regexp.MustCompile(`^[-_/.#][\p{Nd}\-_/.#]*([` + refLatins + `]+)`)
	refURL          = regexp.MustCompile("[^\\s\"'<>`]*$")
)

// touched reports whether a number belongs to an identifier, a URL or an e-mail
// address.
func (x *refText) touched(from, to int) bool {
	before, after := x.before(from), x.after(to)
	if w := refLettersEnd.FindString(before); w != "" && !refEscape.MatchString(before) && !refSpeaksOfCard(w) {
		return true
	}
	if strings.HasPrefix(after, "@") || refLettersStart.MatchString(after) && !refSuffix.MatchString(after) {
		return true
	}
	// A URL.
	url := refURL.FindString(before)
	www := strings.HasPrefix(strings.ToLower(url), "www.")
	if r := []rune(url); len(r) > 256 {
		url, www = string(r[len(r)-256:]), false
	}
	if strings.Contains(url, "://") || www {
		key, isValue := strings.CutSuffix(url, "=")
		key = key[strings.LastIndexAny(key, "?&;#/")+1:]
		low := strings.ToLower(key)
		if !isValue || !refCardIn.MatchString(low) && !refShortIs.MatchString(low) {
			return true
		}
	}
	if x.mask != 'X' { // what is masked counts like the digits that were there
		digits := strings.NewReplacer(string(x.mask), "0")
		before = digits.Replace(before[:max(0, len(before)-1)]) + before[max(0, len(before)-1):]
		if after != "" {
			after = after[:1] + digits.Replace(after[1:])
		}
	}
	return refIdentifierBefore(before) || refIdentifierAfter(after, x.mask == 'X' && refMaskedX.MatchString(after))
}

// refMaskedX is a full stop and a mask, not a word that begins with X.
var refMaskedX = regexp.MustCompile(`^\.X(?:$|X|[^` + refLatins + `])`)

func refIdentifierBefore(before string) bool {
	token := before
	if r := []rune(before); len(r) > 64 { // whole words, as far as they reach into the last 64 characters
		low := len(string(r[:len(r)-64]))
		if refLettersStart.MatchString(before[low:]) {
			low -= len(refLettersEnd.FindString(before[:low]))
		}
		token = before[low:]
	}
	token = refTokenEnd.FindString(token)
	found := false
	for token != "" {
		w := refLettersEnd.FindString(token)
		if w == "" {
			_, n := utf8.DecodeLastRuneInString(token)
			token = token[:len(token)-n]
			continue
		}
		at := strings.LastIndex(before, token) + len(token) - len(w)
		if refSpeaksOfCard(w) {
			return false
		}
		token = token[:len(token)-len(w)]
		sentence := len(w) >= 2 && strings.HasPrefix(before[at+len(w):], ".") && w == strings.Map(func(r rune) rune {
			if 'A' <= r && r <= 'Z' {
				return -1
			}
			return r
		}, w) && (at == 0 || strings.ContainsAny(before[at-1:at], " \t\n\v\f\r"))
		if !refIsFiller.MatchString(strings.ToLower(w)) && !sentence {
			found = true
		}
	}
	return found
}

func refIdentifierAfter(after string, masked bool) bool {
	m := refTokenStart.FindStringSubmatchIndex(after)
	if m == nil || utf8.RuneCountInString(after[:m[2]]) >= 64 || !masked && len(after) > 1 && after[0] == '.' && 'A' <= after[1] && after[1] <= 'Z' {
		return false
	}
	w := strings.ToLower(after[m[2]:m[3]])
	return !refSuffix.MatchString(w) && !refCardIn.MatchString(w) && !refShortIs.MatchString(w)
}

var (
	refNames = ` order orders pedido orden commande bestellung bestell bestelling ordine ordre pesanan sipariş siparis
 zamówienie zamówienia заказ заказа замовлення الطلب طلب سفارش ऑर्डर invoice inv factura fatura facture rechnung rechnungs
 fattura счет счёт счета ticket case booking reservation reserva buchung buchungs prenotazione réservation ref reference
 referencia referência référence referenz txn transaction transacción transação tracking awb waybill suivi sendung sendungs
 rastreo rastreio resi трек отслеживания imei imeisv iccid serial sn gtin ean upc barcode isbn sku iban account cuenta conta
 compte konto clabe id phone tel telefon teléfono telefono telefone mobile whatsapp телефон `
	refNameEnds = regexp.MustCompile(`(订单|訂單|运单|運單|快递|注文|追跡|伝票|주문|운송장|송장)$`)
)

// labelled reports whether the word before i names something else.
func (x *refText) labelled(i int) bool {
	for range 3 {
		for n := 0; n < 6 && i > 0 && !refWordRune(x.runes[i-1]) && !unicode.IsDigit(x.runes[i-1]); n++ {
			i--
		}
		start := i
		for start > 0 && refWordRune(x.runes[start-1]) {
			start--
		}
		if start == i {
			return false
		}
		w := strings.ToLower(string(x.runes[start:i]))
		i = start
		forms := []string{w}
		for _, f := range strings.Split(refFillers, "|") {
			if short, ok := strings.CutSuffix(w, f); ok && f != "n" && short != "" {
				forms = append(forms, short)
				break
			}
		}
		for _, f := range forms {
			if slices.Contains(strings.Fields(refNames), f) || refNameEnds.MatchString(f) {
				return true
			}
		}
		if !refIsFiller.MatchString(w) {
			return false
		}
	}
	return false
}

func refWordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsMark(r) && !refIsTransparent(r)
}

// squeezed returns the text from i on without the invisible characters between
// two digits, and where each rune of it stands in the text.
func (x *refText) squeezed(i int) (s []rune, at []int) {
	for k := i; k < len(x.runes); k++ {
		next := k
		for next < len(x.runes) && next-k < 8 && refIsTransparent(x.runes[next]) {
			next++
		}
		if next > k && next < len(x.runes) && k > i && refDigit(x.runes[k-1]) != "" && refDigit(x.runes[next]) != "" {
			k = next
		}
		s, at = append(s, x.runes[k]), append(at, k)
	}
	return s, append(at, len(x.runes))
}

var (
	refIBANStart  = regexp.MustCompile(`(?i)^[A-Z]{2}\d\d[A-Z0-9? ]*$`)
	refIBAN       = regexp.MustCompile(`^([A-Za-z0-9?]+ )*[A-Za-z0-9?]+$`)
	refAlnumEnd   = regexp.MustCompile(`[A-Za-z0-9?]$`)
	refAlnumStart = regexp.MustCompile(`^[A-Za-z0-9?]`)
)

// iban reports whether a bank account number covers the runes from and to. Masks
// count as question marks, which may be any digit, unless they are letters of a
// word.
func (x *refText) iban(from, to int) bool {
	inWord := func(i int) bool {
		return i >= 0 && i < len(x.runes) && refLatin(x.runes[i]) && x.runes[i] != x.mask
	}
	unknown := func(from, to int) string {
		text := slices.Clone(x.runes[from:to])
		for i, r := range text {
			if r == x.mask && (!refLatin(r) || !inWord(from+i-1) && !inWord(from+i+1)) {
				text[i] = '?'
			} else if r == '?' {
				text[i] = '!'
			}
		}
		return string(text)
	}
	for i := max(0, from-44); i+4 <= from; i++ {
		start := string(x.runes[i:i+4]) + unknown(i+4, from)
		if !refIBANStart.MatchString(start) || i > 0 && refAlnumEnd.MatchString(unknown(i-1, i)) {
			continue
		}
		text, least := start+unknown(from, len(x.runes)), len(start)+len(unknown(from, to))
		for end := least; end <= len(text); end++ {
			part := text[:end]
			if !refIBAN.MatchString(part) || refAlnumStart.MatchString(text[end:]) {
				continue
			}
			part = strings.ReplaceAll(part, " ", "")
			if len(part) >= 15 && len(part) <= 34 && (strings.Contains(part, "?") || refMod97(part)) {
				return true
			}
		}
	}
	return false
}

func refMod97(iban string) bool {
	digits := ""
	for _, c := range strings.ToUpper(iban[4:] + iban[:4]) {
		if c >= 'A' {
			digits += big.NewInt(int64(c - 'A' + 10)).String()
		} else {
			digits += string(c)
		}
	}
	n, _ := new(big.Int).SetString(digits, 10)
	return new(big.Int).Mod(n, big.NewInt(97)).Int64() == 1
}

// leftover reports whether a number begins or ends with digits that an earlier
// pass left readable: whether they, with masks next to them, have the form of a
// masked card.
func (x *refText) leftover(from, to int) bool {
	if x.r.Keep == redact.KeepNone {
		return false
	}
	form := regexp.MustCompile(`^\?{8,15}\d{4}$`)
	if x.r.Keep == redact.KeepFirst6Last4 {
		form = regexp.MustCompile(`^(\?{8,9}\d{4}|\d{6}\?{4,9}\d{4})$`)
	}
	unmasked := refText{r: x.r, mask: -1, runes: slices.Clone(x.runes)}
	for i, r := range x.runes {
		if r == x.mask {
			unmasked.runes[i] = '0'
		}
	}
	for _, chain := range unmasked.maskChains(x.mask, x.runes) {
		for i := range chain {
			for j := i; j < len(chain); j++ {
				// Masks of the text itself may touch those of the card.
				for _, g := range refTrimmed(chain[i : j+1]) {
					a, b := g[0].from, g[len(g)-1].to
					overlaps := a < from && from < b && b <= to || from <= a && a < to && to < b
					if !overlaps || !form.MatchString(refDigits(g)) {
						continue
					}
					if refShape(g) != "irregular" || refForm456(g) || x.wordNear(a, b, refCardIn) {
						return true
					}
				}
			}
		}
	}
	return false
}

// refTrimmed returns g, and g without what a mask in its first group follows, if
// a mask is the last of that.
func refTrimmed(g []refGroup) [][]refGroup {
	all := [][]refGroup{g}
	if len(g[0].digits) != g[0].to-g[0].from {
		return all // with invisible characters
	}
	for k := 1; k < len(g[0].digits); k++ {
		if g[0].digits[k-1] == '?' && g[0].digits[k] == '?' {
			short := slices.Clone(g)
			short[0].from += k
			short[0].digits = short[0].digits[k:]
			all = append(all, short)
		}
	}
	return all
}

func refForm456(g []refGroup) bool {
	return len(g) == 3 && len(g[0].digits) == 4 && len(g[1].digits) == 5 && len(g[2].digits) == 6
}

// maskChains cuts the text, in which masks are written as zeros, into chains, and
// marks the digits that are masks by question marks.
func (x *refText) maskChains(mask rune, text []rune) [][]refGroup {
	all := x.chains()
	for _, chain := range all {
		for k, g := range chain {
			digits := ""
			for i := g.from; i < g.to; i++ {
				if text[i] == mask {
					digits += "?"
				} else {
					digits += refDigit(text[i])
				}
			}
			chain[k].digits = digits
		}
	}
	return all
}

var (
	refTrack1 = regexp.MustCompile(`^\^[^^?\n]{0,63}\^([^?\s]*)`)
	refTrack2 = regexp.MustCompile(`^[=Dd][0-9]{7}`)
	refTrackS = regexp.MustCompile(`^[=Dd][0-9]{4}`)
)

// track returns the end of the track data behind a number, or -1 if it does not
// stand in any. It is the start if there is nothing behind.
func (x *refText) track(from, to int) int {
	before, after := string(x.runes[:from]), string(x.runes[to:])
	if strings.HasSuffix(before, "B") || strings.HasSuffix(before, "b") {
		if !strings.HasSuffix(before, "%B") && !strings.HasSuffix(before, "%b") && !strings.HasPrefix(after, "^") {
			return -1
		}
	} else if !refTrack2.MatchString(after) && (!strings.HasSuffix(before, ";") || !refTrackS.MatchString(after)) {
		return -1
	}
	start := x.trackFrom(from, to)
	end := start
	for n := 0; end < len(x.runes) && start > to && !strings.ContainsRune("? \t\n\v\f\r", x.runes[end]); end++ {
		if n += len(string(x.runes[end])); n > 80 {
			break
		}
	}
	return end
}

func (x *refText) trackFrom(from, to int) int {
	after := string(x.runes[to:])
	if strings.HasPrefix(after, "^") {
		if m := refTrack1.FindStringSubmatchIndex(after); m != nil {
			return to + len([]rune(after[:m[2]]))
		}
		return to
	}
	if from > 0 && (x.runes[from-1] == 'B' || x.runes[from-1] == 'b') {
		return to
	}
	return to + 1
}

const refCodeWords = `(?:^|[^\pL])(?:cvv|cvc|cid|cvn|csc|cav|cve|cvp|ccv|pin)2?$|pincode$|security code2?$|c[oó]digo de seguridad$|c[oó]digo de seguran[cç]a$` +
	`|cryptogramme$|code de s[eé]curit[eé]$|prüfziffer$|prüfnummer$|sicherheitscode$|codice di sicurezza$|beveiligingscode$|g[uü]venlik kodu$` +
	`|kode keamanan$|код безопасности$|رمز الأمان$|安全[码碼]$|セキュリティコード$|보안 ?코드$|пин$|пинкод$|密[码碼]$|暗証番号$|비밀번호$|الرقم السري$`

var refCode = regexp.MustCompile(refCodeWords)

// code reports whether g is a labelled security code or PIN.
func (x *refText) code(g refGroup) bool {
	if len(g.digits) != 3 && len(g.digits) != 4 {
		return false
	}
	breaks, masks := 0, 0
	for i := g.from; i >= 0 && g.from-i <= 16; i-- {
		before := string(x.lower[max(0, i-40):i])
		letter := i < len(x.runes) && refLatin(x.runes[i])
		if m := refCode.FindString(before); m != "" {
			last := []rune(m)
			if end := last[len(last)-1]; !letter || !refLatin(end) || end == '2' {
				return true
			}
		}
		if i == 0 {
			break
		}
		switch r := x.runes[i-1]; {
		case unicode.IsDigit(r):
			return false
		case r == x.mask:
			if masks++; masks == 3 {
				return false
			}
		case r == '\n':
			if breaks++; breaks > 1 {
				return false
			}
		}
	}
	return false
}

// refGap stands for one character that is no part of a word or number.
const refGap = `(?:[^\pL\pM\p{Nd}]|[\x{FE0E}\x{FE0F}\x{20E3}])`

var refLone = regexp.MustCompile(`^\p{Nd}{3,4}`)

var refFollows = regexp.MustCompile(`^(\p{Nd}|[` + refLatins + `]|[-/.:]\p{Nd}{1,6}($|\P{Nd}))`)

// refAlone reports whether what follows three or four digits leaves them alone.
func refAlone(after string) bool {
	return !refFollows.MatchString(after)
}

var (
	refGaps       = regexp.MustCompile(`^` + refGap + `*`)
	refExpiryWord = regexp.MustCompile(`^(?i:exp|valid|val|thru|good|venc|vence|vto|gültig|bis|scad|до|срок|有效期|有効期限|유효)[\pL\pM]*`)
	refMonthYear  = regexp.MustCompile(`^(?:(\p{Nd}{1,2})(` + refGap + `{1,3})(\p{Nd}{4}|\p{Nd}{2})|(\p{Nd}{2})(\p{Nd}{4}|\p{Nd}{2}))($|\P{Nd})`)
)

// refSkip cuts up to n characters that are no part of a word or number off the
// front of s, with one line break among them at most.
func refSkip(s string, n int) string {
	gap := refGaps.FindString(s)
	breaks := 0
	for i, r := range gap {
		if r == '\n' {
			breaks++
		}
		if n--; n < 0 || breaks > 1 {
			return s[i:]
		}
	}
	return s[len(gap):]
}

// expiry returns the end of the expiry date that follows i, or 0.
func (x *refText) expiry(i int) int {
	runes, at := x.squeezed(i)
	all := string(runes)
	after := refSkip(all, 8)
	for range 2 {
		if w := refExpiryWord.FindString(after); w != "" {
			after = refSkip(after[len(w):], 4)
		}
	}
	m := refMonthYear.FindStringSubmatchIndex(after)
	if m == nil || m[4] >= 0 && strings.Count(after[m[4]:m[5]], "\n") > 1 {
		return 0
	}
	text := func(k int) (s string) {
		if m[2*k] < 0 {
			return ""
		}
		for _, r := range after[m[2*k]:m[2*k+1]] {
			s += refDigit(r)
		}
		return s
	}
	month, year := text(1)+text(4), text(3)+text(5)
	if len(month) == 1 {
		month = "0" + month
	}
	if month < "01" || month > "12" || len(year) == 4 && year[:2] != "20" {
		return 0
	}
	if year = year[len(year)-2:]; year < "20" || year > "49" {
		return 0
	}
	return at[len([]rune(all))-len([]rune(after[m[12]:]))-1] + 1
}
