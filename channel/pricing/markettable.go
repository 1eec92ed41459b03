package pricing

import "strings"

// Group rows of the rate cards, and North America, which is the United States
// and Canada.
const (
	MarketNorthAmerica      Market = "North America"
	MarketRestOfAfrica      Market = "Rest of Africa"
	MarketRestOfAsiaPacific Market = "Rest of Asia Pacific"
	MarketRestOfCentralEast Market = "Rest of Central & Eastern Europe"
	MarketRestOfWestEurope  Market = "Rest of Western Europe"
	MarketRestOfLatAmerica  Market = "Rest of Latin America"
	MarketRestOfMiddleEast  Market = "Rest of Middle East"
	MarketOther             Market = "Other" // every other country
)

// defaultMarkets returns Meta's assignment of calling codes to markets.
//
// Platform source: developers.facebook.com/documentation/business-messaging/whatsapp/pricing
// and the update notices for 1 July and 1 October 2026, checked 2026-11-22. The
// groups that the countries of those notices left are inferred from the earlier
// lists.
func defaultMarkets() []MarketRow {
	var rows []MarketRow
	add := func(from Date, market Market, prefixes string) {
		for p := range strings.FieldsSeq(prefixes) {
			rows = append(rows, MarketRow{From: from, Prefix: p, Market: market})
		}
	}
	const (
		zimbabwe Date = "2025-10-01"
		july     Date = "2026-07-01"
		october  Date = "2026-10-01"
	)

	// Countries with a row of their own.
	add("", "Argentina", "54")
	add("", "Brazil", "55")
	add("", "Chile", "56")
	add("", "Colombia", "57")
	add("", "Egypt", "20")
	add("", "France", "33")
	add("", "Germany", "49")
	add("", "India", "91")
	add("", "Indonesia", "62")
	add("", "Israel", "972")
	add("", "Italy", "39")
	add("", "Malaysia", "60")
	add("", "Mexico", "52")
	add("", "Netherlands", "31")
	add("", "Nigeria", "234")
	add("", "Pakistan", "92")
	add("", "Peru", "51")
	add("", "Russia", "7")
	add("", "Saudi Arabia", "966")
	add("", "South Africa", "27")
	add("", "Spain", "34")
	add("", "Turkiye", "90")
	add("", "United Arab Emirates", "971")
	add("", "United Kingdom", "44")

	// Groups. Hong Kong, Singapore, Bangladesh and others were members until
	// they got their own rows below.
	add("", MarketRestOfAfrica, "213 244 229 267 226 257 237 235 242 291 251 241 220 233 245 225 254 "+
		"266 231 218 261 265 223 222 212 258 264 227 250 221 232 252 211 249 268 255 228 216 256 260")
	add(zimbabwe, MarketRestOfAfrica, "263")
	add("", MarketRestOfAsiaPacific, "93 61 880 855 86 852 81 856 976 977 64 675 63 65 94 886 992 66 993 998 84")
	add("", MarketRestOfCentralEast, "355 374 994 375 359 385 420 995 30 36 371 370 373 389 48 40 381 421 386 380")
	add("", MarketRestOfWestEurope, "43 32 45 358 353 47 351 46 41")
	add("", MarketRestOfLatAmerica, "591 506 593 503 502 509 504 505 507 595 598 58")
	add("", MarketRestOfMiddleEast, "973 964 962 965 961 968 974 967")

	// Calling code 1 is shared. The Dominican Republic, Jamaica and Puerto Rico
	// belong to Latin America; the other islands and territories to no row.
	add("", MarketNorthAmerica, "1")
	add("", MarketRestOfLatAmerica, "1809 1829 1849 1658 1876 1787 1939")
	add("", MarketOther, "1242 1246 1264 1268 1284 1340 1345 1441 1473 1649 1664 1670 1671 1684 1721 1758 1767 1784 1868 1869")

	// Calling code 7 is shared: Kazakhstan has 76 and 77.
	add("", MarketOther, "76 77")

	// Rows of their own since.
	add(july, "Hong Kong", "852")
	add(july, "Hungary", "36")
	add(july, "Poland", "48")
	add(july, "Qatar", "974")
	add(july, "Romania", "40")
	add(july, "Singapore", "65")
	add(october, "Bangladesh", "880")
	add(october, "Iraq", "964")
	add(october, "Kazakhstan", "76 77")
	add(october, "Kuwait", "965")
	add(october, "Morocco", "212")
	add(october, "Nepal", "977")
	add(october, "Oman", "968")
	add(october, "Sri Lanka", "94")
	add(october, "Ukraine", "380")
	return rows
}
