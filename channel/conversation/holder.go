package conversation

// Holder says who answers in a conversation: people or a bot, never both. See channel.Hub.HandOver.
type Holder string

// Holders. As text they are "people" and "bot".
const (
	// HeldByPeople: agents answer, and a bot is refused. The zero value.
	HeldByPeople Holder = ""
	// HeldByBot: a bot answers until it hands over, or a person answers.
	HeldByBot Holder = "bot"
)

// String is the holder as changes and reports name it.
func (h Holder) String() string {
	if h == HeldByPeople {
		return "people"
	}
	return string(h)
}

// Holders are all of them.
func Holders() []Holder { return []Holder{HeldByPeople, HeldByBot} }

// Holds says whether an author may answer where h holds. A person and what rules or the host's system
// say may wherever it is; an author of a kind that there is not counts as a bot.
func (h Holder) Holds(a Author) bool {
	return h == HeldByBot || a.Kind == Agent || a.Kind == System || a.Kind == ""
}
