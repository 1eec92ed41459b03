-- By which words records are found. words is empty where kanava_words has them.
CREATE TABLE kanava_entry (
	id    INTEGER PRIMARY KEY AUTOINCREMENT,
	kind  TEXT NOT NULL,
	key   TEXT NOT NULL,
	grp   TEXT NOT NULL,
	words TEXT NOT NULL,
	UNIQUE (kind, key)
);
-- An index of the words, by the id of the entry. scope has the hashes of kind and group. It is
-- left out where SQLite was built without FTS5; then every entry is looked at.
CREATE VIRTUAL TABLE kanava_words USING fts5(words, scope, content='', contentless_delete=1, prefix='1 2 3',
	tokenize="unicode61 remove_diacritics 0 categories 'L* N* M*'");
