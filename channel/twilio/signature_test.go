package twilio_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/twilio"
	"github.com/kanava-go/kanava/channel/twilio/twiliotest"
)

// The vectors of Twilio's own helper libraries.
const (
	vectorToken   = "12345"
	vectorAddress = "https://mycompany.com/myapp.php?foo=1&bar=2"
	vectorBody    = `{"property": "value", "boolean": true}`
)

func vectorForm() url.Values {
	return url.Values{
		"CallSid": {"CA1234567890ABCDE"}, "Caller": {"+14158675309"}, "Digits": {"1234"}, "From": {"+14158675309"}, "To": {"+18005551212"},
	}
}

func TestSignaturesAreThoseOfTwiliosVectors(t *testing.T) {
	t.Parallel()
	require.Equal(t, "RSOYDt4T1cUTdK1PDd93/VVr8B8=", twilio.Sign(vectorToken, vectorAddress, vectorForm()))
	require.NoError(t, twilio.Verify(vectorToken, vectorAddress, vectorForm(), "RSOYDt4T1cUTdK1PDd93/VVr8B8="))

	signed, signature := twilio.SignBody(vectorToken, vectorAddress, []byte(vectorBody))
	require.Equal(t, vectorAddress+"&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620", signed)
	require.Equal(t, "a9nBmqA0ju/hNViExpshrM61xv4=", signature)
	require.NoError(t, twilio.VerifyBody(vectorToken, signed, []byte(vectorBody), signature))
}

func TestTheSimulatorSignsAlikeOnItsOwn(t *testing.T) {
	t.Parallel()
	form := vectorForm()
	form["Twice"], form["！"], form["😀"] = []string{"b", "！", "a", "😀", "b"}, []string{"1"}, []string{"2"}
	require.Equal(t, twilio.Sign(vectorToken, vectorAddress, form), twiliotest.Sign(vectorToken, vectorAddress, form))
}

func TestWhatSignaturesCover(t *testing.T) {
	t.Parallel()
	good := twilio.Sign(vectorToken, vectorAddress, vectorForm())
	with := func(name string, values ...string) url.Values {
		f := vectorForm()
		f[name] = values
		return f
	}
	for name, c := range map[string]struct {
		token, address, signature string
		form                      url.Values
		passes                    bool
	}{
		"the request as it was signed":              {vectorToken, vectorAddress, good, vectorForm(), true},
		"the standard port is named":                {vectorToken, "https://mycompany.com:443/myapp.php?foo=1&bar=2", good, vectorForm(), true},
		"a port of its own, signed without":         {vectorToken, "https://mycompany.com:8443/myapp.php?foo=1&bar=2", good, vectorForm(), true},
		"another port than that which was signed":   {vectorToken, "https://mycompany.com:8443/myapp.php?foo=1&bar=2", twilio.Sign(vectorToken, "https://mycompany.com:9443/myapp.php?foo=1&bar=2", vectorForm()), vectorForm(), false},
		"a host that looks like a port":             {vectorToken, "https://mycompany.com:443.example/myapp.php?foo=1&bar=2", good, vectorForm(), false},
		"a host before the at":                      {vectorToken, "https://mycompany.com:443@example.net/myapp.php?foo=1&bar=2", good, vectorForm(), false},
		"an address with another query":             {vectorToken, "https://mycompany.com/myapp.php?foo=1&bar=2'", good, vectorForm(), false},
		"another scheme":                            {vectorToken, "http://mycompany.com/myapp.php?foo=1&bar=2", good, vectorForm(), false},
		"another host":                              {vectorToken, "https://mycompany.example/myapp.php?foo=1&bar=2", good, vectorForm(), false},
		"another path":                              {vectorToken, "https://mycompany.com/other.php?foo=1&bar=2", good, vectorForm(), false},
		"the query in another order":                {vectorToken, "https://mycompany.com/myapp.php?bar=2&foo=1", good, vectorForm(), false},
		"another value":                             {vectorToken, vectorAddress, good, with("Digits", "1235"), false},
		"one parameter more":                        {vectorToken, vectorAddress, good, with("Extra", "1"), false},
		"an empty parameter more":                   {vectorToken, vectorAddress, good, with("Extra", ""), false},
		"no form":                                   {vectorToken, vectorAddress, good, nil, false},
		"another token":                             {"12346", vectorAddress, good, vectorForm(), false},
		"an empty token":                            {"", vectorAddress, twilio.Sign("", vectorAddress, vectorForm()), vectorForm(), false},
		"a blank token":                             {" ", vectorAddress, twilio.Sign(" ", vectorAddress, vectorForm()), vectorForm(), false},
		"no signature":                              {vectorToken, vectorAddress, "", vectorForm(), false},
		"a signature that is not base64":            {vectorToken, vectorAddress, "%%%", vectorForm(), false},
		"half a signature":                          {vectorToken, vectorAddress, good[:14], vectorForm(), false},
		"an address that is none":                   {vectorToken, "://", twilio.Sign(vectorToken, "://", nil), nil, true},
		"an IPv6 address without and with the port": {vectorToken, "https://[::1]:443/x", twilio.Sign(vectorToken, "https://[::1]/x", nil), nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := twilio.Verify(c.token, c.address, c.form, c.signature)
			if c.passes {
				require.NoError(t, err)
			} else {
				require.ErrorIs(t, err, twilio.ErrSignature)
			}
		})
	}
}

// TestOddRequestsAreSignedAsTwiliosLibraryDoes has signatures that twilio-node 6 computes and
// accepts for the address beside them.
func TestOddRequestsAreSignedAsTwiliosLibraryDoes(t *testing.T) {
	t.Parallel()
	const at = "https://desk.example/twilio"
	one := url.Values{"A": {"1"}}
	for name, c := range map[string]struct {
		address, signature string
		form               url.Values
	}{
		"a port of its own, signed without":               {"https://desk.example:8443/twilio", "f6F2wUw5L/9nNWuf7NfZq9nlAvA=", one},
		"an apostrophe in the query, signed escaped":      {at + "?a=it's", "NuM8equ80w7QOzXcqQWULvmy2Nw=", one},
		"an escaped apostrophe in the query, signed bare": {at + "?a=it%27s", "10TXJyKQYdkw0Z4oSPZlKq5y5sk=", one},
		"a plus for a blank in the query, signed as %20":  {at + "?a=b+c", "tqMAAPWFM+uzXtMdg86sJe0nEcE=", one},
		"values of one name beyond the first plane":       {at, "U77+oWd9Vh5mobwTBZKHegZAaI0=", url.Values{"A": {"！", "😀", "！", "a"}}},
		"names beyond the first plane":                    {at, "iWH0JW7ndZEtU1+3emmi1pmPy44=", url.Values{"！": {"1"}, "😀": {"2"}, "ü": {"3"}}},
		"an emoji, an empty value and a line break":       {at, "2nsI7oArsJtB6bYo4rmkIvCyQ9w=", url.Values{"Body": {"a\n😀 ä"}, "Empty": {""}}},
	} {
		require.NoError(t, twilio.Verify(vectorToken, c.address, c.form, c.signature), name)
		require.ErrorIs(t, twilio.Verify("12346", c.address, c.form, c.signature), twilio.ErrSignature, name)
	}
}

func TestABodyThatIsNoFormIsBoundByItsHash(t *testing.T) {
	t.Parallel()
	signed, signature := twilio.SignBody(vectorToken, "https://desk.example/twilio", []byte(vectorBody))
	for name, c := range map[string]struct{ address, body, signature string }{
		"another body":          {signed, vectorBody + " ", signature},
		"no hash":               {"https://desk.example/twilio", vectorBody, twilio.Sign(vectorToken, "https://desk.example/twilio", nil)},
		"half a hash":           {signed[:len(signed)-32], vectorBody, twilio.Sign(vectorToken, signed[:len(signed)-32], nil)},
		"the hash of another":   {strings.Replace(signed, "0a1f", "0a1e", 1), vectorBody, signature},
		"another's signature":   {signed, vectorBody, twilio.Sign("other", signed, nil)},
		"an address with a CR":  {"https://desk.example/\r", vectorBody, signature},
		"an empty body, signed": {signed, "", signature},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.ErrorIs(t, twilio.VerifyBody(vectorToken, c.address, []byte(c.body), c.signature), twilio.ErrSignature)
		})
	}
}
