-- By which words records are found. The kind and the group are among them, behind a space,
-- which no word has.
CREATE SEQUENCE kanava_entry_id AS bigint;
CREATE TABLE kanava_entry (
	id    bigint   NOT NULL DEFAULT nextval('kanava_entry_id') PRIMARY KEY,
	kind  text     COLLATE "C" NOT NULL,
	key   text     COLLATE "C" NOT NULL,
	grp   text     COLLATE "C" NOT NULL,
	words tsvector NOT NULL,
	UNIQUE (kind, key)
);
CREATE INDEX kanava_entry_words ON kanava_entry USING gin (words) WITH (gin_pending_list_limit = 512);
