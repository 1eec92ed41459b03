-- Work knows the hash of its queue and ID itself, and kanava_seen is only the memory of Once work, which outlives
-- it: other work needs no name that is made and removed with it. Both tables have new names, so that a process of
-- an earlier release takes nothing in hand any more that it could not settle.
CREATE TABLE kanava_task (
	seq       INTEGER PRIMARY KEY,
	hash      BLOB    NOT NULL,
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
CREATE INDEX kanava_name_of ON kanava_name (seq) WHERE seq > 0;
INSERT INTO kanava_task (seq, hash, queue, id, lane, lane_hash, grp, due, ready, until, head, dead, once, started, tries, enqueued, token, reason, body)
	SELECT w.seq, COALESCE((SELECT n.hash FROM kanava_name AS n WHERE n.seq = w.seq AND n.seq > 0), randomblob(16)),
		w.queue, w.id, w.lane, w.lane_hash, w.grp, w.due, w.ready, w.until, w.head, w.dead, w.once, w.started, w.tries, w.enqueued, w.token, w.reason, w.body
	FROM kanava_work AS w ORDER BY w.seq;
DROP TABLE kanava_work;
CREATE UNIQUE INDEX kanava_task_id ON kanava_task (hash);
CREATE INDEX kanava_task_claim ON kanava_task (queue, head, ready, due, enqueued) WHERE dead = FALSE;
CREATE INDEX kanava_task_group ON kanava_task (queue, grp, ready, due) WHERE head = TRUE AND dead = FALSE;
CREATE INDEX kanava_task_lane ON kanava_task (lane_hash, seq) WHERE dead = FALSE AND lane_hash <> 0;
CREATE INDEX kanava_task_dead ON kanava_task (queue, seq) WHERE dead = TRUE;
CREATE INDEX kanava_task_tried ON kanava_task (queue, grp, enqueued) WHERE dead = FALSE AND tries > 0;
CREATE INDEX kanava_task_buried ON kanava_task (queue, grp) WHERE dead = TRUE;
CREATE TABLE kanava_seen (
	hash BLOB    NOT NULL PRIMARY KEY,
	seen INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO kanava_seen (hash, seen) SELECT n.hash, n.seen FROM kanava_name AS n WHERE n.seen IS NOT NULL ORDER BY n.hash;
CREATE INDEX kanava_seen_time ON kanava_seen (seen);
DROP TABLE kanava_name;
