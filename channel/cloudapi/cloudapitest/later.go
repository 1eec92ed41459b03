package cloudapitest

type numberExtra struct{}
type templateLog struct{}
type callPermission struct{}
type upload struct{ app *App }

// Group is a group chat of a business number.
type Group struct {
	ID     string
	number *Number
}

func (w *World) emitThroughput(*Number)                                   {}
func (c *call) sendToGroup(recipient, *draft, string, string) *graphError { return fail(131041, "") }
func (c *call) checkUnsendable(*Template)                                 {}
