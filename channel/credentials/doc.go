// Package credentials is what somebody types in to connect a channel: a struct for each way to
// WhatsApp, a JSON schema from which a host makes its form, and a test that says what is wrong before the
// channel is saved.
//
//	form := credentials.CloudAPI{}.Schema() // titles, descriptions, what is required, what is secret
//	var c credentials.CloudAPI
//	err := json.Unmarshal(body, &c) // what the form sent
//	for _, finding := range c.Test(ctx, nil) {
//		fmt.Println(finding.Title, finding.Grade, finding.Text, finding.Do, finding.Link)
//	}
//	client, err := cloudapi.New(c.Config())
//
// # Secrets
//
// The library stores no credentials: they are with the host, in the Sender that a channel is given, and
// neither settings nor the state of package onboard nor anything in the hub's store holds one. A host
// that keeps them encrypts the JSON that its form sent with a key of its own. To encode a value of this package
// leaves the secrets out, as its schema says (writeOnly), and to print one does, too; no finding and no
// error quotes one.
package credentials
