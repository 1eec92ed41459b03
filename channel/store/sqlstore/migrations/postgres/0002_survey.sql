-- Work that was given back or revived, and dead letters, by group: what a survey counts.
CREATE INDEX kanava_work_tried ON kanava_work (queue, grp, enqueued) WHERE dead = FALSE AND tries > 0;
CREATE INDEX kanava_work_buried ON kanava_work (queue, grp) WHERE dead = TRUE;
