package webhook

// A span is a piece of the body. The zero span is absent: nothing of interest
// starts at offset 0 of a body.
type span struct{ start, end uint32 }

// A frame is what the items of one list share, kept so that each of them can be
// given a body of its own.
type frame struct {
	entryID, entryTime span
	field              span
	metadata           span
	list               string // the key under which the item's list stands
	rare               *rare  // nil if it is all absent, as nearly always
}

// rare is the part of a frame that few have.
type rare struct {
	summary span // conversation_context
	errors  span // value-level errors that belong to calls

	// For the chat history: metadata of the chunk, id and context of the thread.
	chunk, threadID, thread span
}

// more returns the rare part of the frame.
func (f *frame) more() rare {
	if f.rare == nil {
		return rare{}
	}
	return *f.rare
}

// A shape says where in a body an event's item stands.
type shape uint8

const (
	shapeBody    shape = iota // the whole body
	shapeEntry                // an element of entry
	shapeChange               // an element of changes
	shapeValue                // the value of a change
	shapeItem                 // an element of the list value[list]
	shapeMember               // the member value[list]
	shapeStandby              // an element of the list value.standby[list]
	shapeAside                // the member value.standby[list]
	shapeChunk                // a member of an element of value.history
	shapeThread               // an element of value.history[].threads
	shapePast                 // an element of value.history[].threads[].messages
)
