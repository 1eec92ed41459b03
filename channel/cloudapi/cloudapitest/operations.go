package cloudapitest

// operations maps "METHOD kind/edge" to what answers it.
var operations = map[string]operation{
	"POST number/messages":           {scopeMessaging, false, sendMessage},
	"POST number/marketing_messages": {scopeMessaging, false, sendMarketing},
	"POST number/media":              {scopeMessaging, false, uploadMedia},
	"GET media":                      {scopeMessaging, false, getMedia},
	"DELETE media":                   {scopeMessaging, false, deleteMedia},

	"GET account/message_templates": {scopeManagement, true, listTemplates},
}
