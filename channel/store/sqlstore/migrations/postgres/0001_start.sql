-- Seqs are given out in blocks of a thousand, one block or more per transaction.
CREATE SEQUENCE kanava_seq AS bigint START WITH 1000 INCREMENT BY 1000 MINVALUE 1000;

-- Pages are filled by half: an update then finds room beside the row, and touches no index.

-- Documents. Bodies are text, so that every valid JSON comes back as it went in:
-- jsonb refuses \u0000 and lone surrogates.
CREATE TABLE kanava_record (
	kind    text   COLLATE "C" NOT NULL,
	key     text   COLLATE "C" NOT NULL,
	parent  text   COLLATE "C" NOT NULL,
	sort    bigint NOT NULL,
	version bigint NOT NULL,
	n       bigint NOT NULL,
	body    text,
	PRIMARY KEY (kind, key)
) WITH (fillfactor = 50);
CREATE INDEX kanava_record_parent ON kanava_record (kind, parent, sort, key);

-- Work, living and dead. Times are microseconds since 1970; due 0 means at once,
-- until 0 means not leased. ready orders the claims; a claim changes nothing that an
-- index holds. head marks living work that is
-- first in its lane, or in none; lane_hash is 0 for no lane.
CREATE TABLE kanava_work (
	seq       bigint  NOT NULL PRIMARY KEY,
	due       bigint  NOT NULL,
	ready     bigint  NOT NULL,
	until     bigint  NOT NULL,
	enqueued  bigint  NOT NULL,
	lane_hash bigint  NOT NULL,
	tries     integer NOT NULL,
	head      boolean NOT NULL,
	dead      boolean NOT NULL,
	once      boolean NOT NULL,
	started   boolean NOT NULL,
	queue     text    COLLATE "C" NOT NULL,
	id        text    COLLATE "C" NOT NULL,
	lane      text    COLLATE "C" NOT NULL,
	grp       text    COLLATE "C" NOT NULL,
	token     text    COLLATE "C" NOT NULL,
	reason    text    NOT NULL,
	body      text
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX kanava_work_claim ON kanava_work (queue, head, ready, due, enqueued) WHERE dead = FALSE;
CREATE INDEX kanava_work_group ON kanava_work (queue, grp, ready, due) WHERE head = TRUE AND dead = FALSE;
CREATE INDEX kanava_work_lane ON kanava_work (lane_hash, seq) WHERE dead = FALSE AND lane_hash <> 0;
CREATE INDEX kanava_work_dead ON kanava_work (queue, seq) WHERE dead = TRUE;

-- Which work an ID means, by a hash of queue and ID; and the memory of Once work,
-- which outlives it: seen is when the ID was first seen, NULL if nobody asked for Once.
CREATE TABLE kanava_name (
	hash uuid   NOT NULL PRIMARY KEY,
	seq  bigint NOT NULL,
	seen bigint
);
CREATE INDEX kanava_name_seen ON kanava_name (seen) WHERE seen IS NOT NULL;
