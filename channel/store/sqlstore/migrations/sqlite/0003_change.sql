-- What transactions told, for followers, in the order of commit, there being one writer. told is
-- '' in the row up to which everything is forgotten, so that the table never becomes empty again.
CREATE TABLE kanava_change (
	seq  INTEGER PRIMARY KEY,
	at   INTEGER NOT NULL,
	told TEXT    NOT NULL
);
