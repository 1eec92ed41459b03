-- One row: the highest Seq given out.
CREATE TABLE kanava_counter (
	only BOOLEAN PRIMARY KEY CHECK (only),
	seq  INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO kanava_counter (only, seq) VALUES (TRUE, 0);

-- Documents. The rows stay in the order of arrival; two small indexes find them.
CREATE TABLE kanava_record (
	kind    TEXT    NOT NULL,
	key     TEXT    NOT NULL,
	parent  TEXT    NOT NULL,
	sort    INTEGER NOT NULL,
	version INTEGER NOT NULL,
	n       INTEGER NOT NULL,
	body    TEXT,
	UNIQUE (kind, key)
);
CREATE INDEX kanava_record_parent ON kanava_record (kind, parent, sort, key);

-- Work, living and dead. Times are microseconds since 1970; due 0 means at once,
-- until 0 means not leased. ready orders the claims. head marks living work that is
-- first in its lane, or in none; lane_hash is 0 for no lane.
CREATE TABLE kanava_work (
	seq       INTEGER PRIMARY KEY,
	queue     TEXT    NOT NULL,
	id        TEXT    NOT NULL,
	lane      TEXT    NOT NULL,
	lane_hash INTEGER NOT NULL,
	grp       TEXT    NOT NULL,
	due       INTEGER NOT NULL,
	ready     INTEGER NOT NULL,
	until     INTEGER NOT NULL,
	head      BOOLEAN NOT NULL,
	dead      BOOLEAN NOT NULL,
	once      BOOLEAN NOT NULL,
	started   BOOLEAN NOT NULL,
	tries     INTEGER NOT NULL,
	enqueued  INTEGER NOT NULL,
	token     TEXT    NOT NULL,
	reason    TEXT    NOT NULL,
	body      TEXT
);
CREATE INDEX kanava_work_claim ON kanava_work (queue, head, ready, due, enqueued) WHERE dead = FALSE;
CREATE INDEX kanava_work_group ON kanava_work (queue, grp, ready, due) WHERE head = TRUE AND dead = FALSE;
CREATE INDEX kanava_work_lane ON kanava_work (lane_hash, seq) WHERE dead = FALSE AND lane_hash <> 0;
CREATE INDEX kanava_work_dead ON kanava_work (queue, seq) WHERE dead = TRUE;

-- Which work an ID means, by a hash of queue and ID; and the memory of Once work,
-- which outlives it: seen is when the ID was first seen, NULL if nobody asked for Once.
CREATE TABLE kanava_name (
	hash BLOB    NOT NULL PRIMARY KEY,
	seq  INTEGER NOT NULL,
	seen INTEGER
) WITHOUT ROWID;
CREATE INDEX kanava_name_seen ON kanava_name (seen) WHERE seen IS NOT NULL;
