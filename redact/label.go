package redact

import (
	"bytes"
	"sync"
	"unicode"
	"unicode/utf8"
)

// isLabel reports whether word, in lower case, names an identifier other than a
// card number, when it stands directly before one.
func isLabel(word []byte) bool {
	switch string(word) {
	case "order", "orders", "pedido", "orden", "commande", "bestellung", "bestell", "bestelling", "ordine", "ordre",
		"pesanan", "sipariş", "siparis", "zamówienie", "zamówienia", "заказ", "заказа", "замовлення",
		"الطلب", "طلب", "سفارش", "ऑर्डर",
		"invoice", "inv", "factura", "fatura", "facture", "rechnung", "rechnungs", "fattura", "счет", "счёт", "счета",
		"ticket", "case", "booking", "reservation", "reserva", "buchung", "buchungs", "prenotazione", "réservation",
		"ref", "reference", "referencia", "referência", "référence", "referenz", "txn", "transaction", "transacción", "transação",
		"tracking", "awb", "waybill", "suivi", "sendung", "sendungs", "rastreo", "rastreio", "resi", "трек", "отслеживания",
		"imei", "imeisv", "iccid", "serial", "sn", "gtin", "ean", "upc", "barcode", "isbn", "sku",
		"iban", "account", "cuenta", "conta", "compte", "konto", "clabe",
		"id", "phone", "tel", "telefon", "teléfono", "telefono", "telefone", "mobile", "whatsapp", "телефон":
		return true
	}
	// Scripts written without spaces: the label is the end of the word.
	for _, label := range [...]string{"订单", "訂單", "运单", "運單", "快递", "注文", "追跡", "伝票", "주문", "운송장", "송장"} {
		if bytes.HasSuffix(word, []byte(label)) {
			return true
		}
	}
	return false
}

// fillers say no more than "number" and stand between a label and a number.
var fillers = [...]string{
	"number", "nummer", "numero", "número", "numéro", "numer", "num", "code", "id", "no", "nr", "n",
	"номер", "رقم", "号码", "號碼", "编号", "番号", "번호", "号", "號",
}

// fillerTrie holds fillers, read backwards.
var fillerTrie = sync.OnceValue(func() *trie {
	t := newTrie(90)
	for _, w := range fillers {
		t.add(w, 1, true)
	}
	return &t
})

// trimFiller cuts the longest filler of at least two bytes off the end of word, as in
// "bestellnummer", if that leaves anything. It also tells whether all of word is a
// filler.
func trimFiller(word []byte) (short []byte, whole bool) {
	t := fillerTrie()
	s, cut := uint16(0), len(word)
	for i := len(word) - 1; i >= 0; i-- {
		if s = t.step[s][t.class[word[i]]]; s == 0 {
			break
		}
		if t.word[s] == 0 {
			continue
		}
		if i == 0 {
			whole = true
		} else if i < len(word)-1 {
			cut = i
		}
	}
	return word[:cut], whole
}

const (
	labelGap   = 6  // characters between a label and a number
	labelWords = 3  // words looked at: "order id no."
	labelBytes = 48 // of one word
)

// labelled reports whether the word directly before the number that starts at i
// names another identifier.
func (s *scanner) labelled(i int) bool {
	for range labelWords {
		i = skipGapBack(s.b, i)
		start := wordBefore(s.b, i)
		if start == i {
			return false
		}
		var buf [labelBytes + utf8.UTFMax]byte
		word := lower(buf[:0], s.b[start:i])
		short, filler := trimFiller(word)
		if isLabel(word) || isLabel(short) {
			return true
		}
		if !filler {
			return false
		}
		i = start
	}
	return false
}

// skipGapBack moves i back over punctuation and white space.
func skipGapBack(b []byte, i int) int {
	for range labelGap {
		r, w := runeBefore(b, i)
		if w == 0 || isDigit(r) || isWordRune(r) {
			break
		}
		i -= w
	}
	return i
}

// wordBefore returns the start of the word that ends at i.
func wordBefore(b []byte, i int) int {
	for end := i; end-i < labelBytes; {
		r, w := runeBefore(b, i)
		if w == 0 || !isWordRune(r) {
			break
		}
		i -= w
	}
	return i
}

// isWordRune reports whether r is a letter or a mark that combines with one.
func isWordRune(r rune) bool {
	switch known, yes := quickLetter(r); {
	case known:
		return yes
	case isTransparent(r):
		return false
	}
	return unicode.IsLetter(r) || unicode.Is(unicode.M, r)
}

// isAnyLetter reports whether r is a letter.
func isAnyLetter(r rune) bool {
	known, yes := quickLetter(r)
	return yes || !known && unicode.IsLetter(r)
}

// quickLetter tells without a search whether r is a letter, for most characters.
// The others may be marks, too.
func quickLetter(r rune) (known, yes bool) {
	switch {
	case r < utf8.RuneSelf:
		return true, isLetter(byte(r))
	case isLatin(r), r >= 0x0400 && r < 0x0482, r >= 0x3400 && r < 0x4DC0, r >= 0x4E00 && r < 0xA000, r >= 0xAC00 && r < 0xD7A4:
		return true, true // Latin, Cyrillic, Chinese, Korean
	case isDigit(r), r >= 0x2000 && r < 0x2070, r == utf8.RuneError:
		return true, false
	}
	return false, false
}

// lower appends text in lower case to dst.
func lower(dst, text []byte) []byte {
	for i := 0; i < len(text) && len(dst) < labelBytes; {
		r, w := runeAfter(text, i)
		dst = utf8.AppendRune(dst, toLower(r))
		i += w
	}
	return dst
}
