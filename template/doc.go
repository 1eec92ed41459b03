// Package template makes sure that a WhatsApp message template can be sent, and
// shows beforehand what the customer will see.
//
// A business may start a conversation, or write after the customer service
// window has closed, only with a template that Meta has approved. What was
// approved is a [Definition]; what varies from customer to customer are
// [Values]. [Definition.Bind] brings the two together:
//
//	msg, preview, err := def.Bind(template.Values{
//		Body: []template.Value{template.Text("Noor"), template.Text("Tue 14:30")},
//	})
//
// msg is the "template" object of the send request, preview is what the agent
// sees before pressing the button, and err, if any, is a [*BindError] that names
// every slot that would have made Meta refuse the message, with the error code
// Meta would have answered. Values are never cut, trimmed or altered.
//
// Around that function the package has:
//
//   - [Definition.Validate]: the rules of template creation, all problems at once;
//   - [Definition.Inputs] and [Definition.Fill]: what a template wants to be given,
//     as the fields of a form, and the way from a filled form to values;
//   - [Definition.Sendable]: status, quality, pause and health of one template;
//   - [Catalog]: the templates of an account, kept current by listings and
//     webhooks, with lookup, fallback languages and search for a picker;
//   - [ParseShorthand] and [Shorthand.Format]: the &((…))& syntax of Zendesk and
//     Sunshine Conversations (package convert reads what Chatwoot and Twilio write);
//   - [Expand]: placeholders such as {{customer.name}} in macro texts.
//
// The package does no I/O and knows no other package of this module. Functions
// that depend on time take it as an argument.
//
// Platform facts are from
// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/overview
// and the pages beneath it, checked 2026-11-22, unless a comment says otherwise.
package template
