package conversation

// Holder says who answers in a conversation: people or a bot, never both.
//
// As long as people have it, channel.Hub.Reply refuses what a [Bot] writes with channel.ErrHeldByPeople, and
// what a bot had scheduled fails when it is due; what it wrote before goes out. An answer of an [Agent], here
// or in the Business app, takes the conversation from the bot in the same commit, and so does
// channel.Hub.HandOver; a bot cannot take it back, that is channel.Hub.HandBack for others. The host is told
// with [HolderChanged]. Reactions, notifications and what rules send change nothing, and of these only a bot's
// reactions are refused. BotFirst of the channel's settings says who has a conversation that begins.
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
