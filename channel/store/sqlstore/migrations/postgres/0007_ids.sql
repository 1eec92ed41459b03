-- Work knows the hash of its queue and ID itself, and kanava_seen is only the memory of Once work, which outlives
-- it: other work needs no name that is made and removed with it. Both tables have new names, so that a process of
-- an earlier release takes nothing in hand any more that it could not settle.
ALTER TABLE kanava_work RENAME TO kanava_task;
ALTER TABLE kanava_task ADD COLUMN hash uuid;
UPDATE kanava_task AS w SET hash = n.hash FROM kanava_name AS n WHERE n.seq = w.seq AND n.seq > 0;
UPDATE kanava_task SET hash = gen_random_uuid() WHERE hash IS NULL;
ALTER TABLE kanava_task ALTER COLUMN hash SET NOT NULL;
CREATE UNIQUE INDEX kanava_task_id ON kanava_task (hash);
ALTER INDEX kanava_work_pkey RENAME TO kanava_task_pkey;
ALTER INDEX kanava_work_claim RENAME TO kanava_task_claim;
ALTER INDEX kanava_work_group RENAME TO kanava_task_group;
ALTER INDEX kanava_work_lane RENAME TO kanava_task_lane;
ALTER INDEX kanava_work_dead RENAME TO kanava_task_dead;
ALTER INDEX kanava_work_tried RENAME TO kanava_task_tried;
ALTER INDEX kanava_work_buried RENAME TO kanava_task_buried;
ALTER TABLE kanava_name RENAME TO kanava_seen;
DELETE FROM kanava_seen WHERE seen IS NULL;
ALTER TABLE kanava_seen DROP COLUMN seq;
ALTER TABLE kanava_seen ALTER COLUMN seen SET NOT NULL;
ALTER INDEX kanava_name_pkey RENAME TO kanava_seen_pkey;
ALTER INDEX kanava_name_seen RENAME TO kanava_seen_time;
