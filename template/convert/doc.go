// Package convert reads the values of templates as other products write them, so that a
// helpdesk that moves to Kanava keeps its stored messages and macros: Chatwoot's
// template_params and Twilio's ContentVariables. Both become [template.Values] for a
// definition, which [template.Definition.Bind] then checks like any others.
package convert
