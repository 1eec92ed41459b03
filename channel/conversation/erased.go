package conversation

// Erased is the receipt of an erasure, such as channel.Hub.EraseCustomer: what was removed.
type Erased struct {
	// Customers counts the records of the person, merged ones included.
	Customers     int `json:"customers"`
	Conversations int `json:"conversations"`
	Messages      int `json:"messages"`
	// Work counts what was waiting: unsent messages, items, calls of Ticketing, dead letters.
	Work int `json:"work"`
	// Attachments are the host's references to the files: removed if its Attachments is a
	// channel.Remover, or the host's to remove.
	Attachments []string `json:"attachments,omitempty"`
	// Tickets are the host's IDs of the tickets of conversations that are gone, which are the host's to clear.
	Tickets []string `json:"tickets,omitempty"`
}
