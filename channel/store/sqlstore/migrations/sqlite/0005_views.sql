-- For a company's own reports, read-only: what the documents say, in columns that stay when the
-- documents change. Empty is NULL. Times are texts of ISO 8601 in UTC.
CREATE VIEW kanava_conversations AS SELECT
	NULLIF(r.body ->> '$.id', '') AS id,
	NULLIF(r.body ->> '$.channel', '') AS channel,
	NULLIF(r.body ->> '$.customer', '') AS customer,
	NULLIF(r.body ->> '$.ticket', '') AS ticket,
	r.body ->> '$.opened' AS opened,
	NULLIF(r.body ->> '$.state.queue', '') AS queue,
	NULLIF(r.body ->> '$.state.agent', '') AS assignee,
	NULLIF(r.body ->> '$.topic', '') AS topic,
	r.body -> '$.tags' AS tags,
	r.body ->> '$.last_activity' AS last_activity,
	strftime('%Y-%m-%dT%H:%M:%SZ', r.body ->> '$.state.waiting', 'unixepoch') AS waiting_since,
	strftime('%Y-%m-%dT%H:%M:%SZ', r.body ->> '$.state.resolved', 'unixepoch') AS resolved_at,
	strftime('%Y-%m-%dT%H:%M:%SZ', r.body ->> '$.state.win_until', 'unixepoch') AS window_until,
	r.body ->> '$.inbound' AS inbound,
	r.body ->> '$.outbound' AS outbound,
	NULLIF(r.body ->> '$.merged_into', '') AS merged_into,
	r.body -> '$.metadata' AS metadata
FROM kanava_record AS r WHERE r.kind = 'conversation';
CREATE VIEW kanava_messages AS SELECT
	NULLIF(r.body ->> '$.id', '') AS id,
	NULLIF(r.body ->> '$.conversation', '') AS conversation,
	NULLIF(r.body ->> '$.channel', '') AS channel,
	NULLIF(r.body ->> '$.direction', '') AS direction,
	NULLIF(r.body ->> '$.author.kind', '') AS author_kind,
	NULLIF(r.body ->> '$.author.id', '') AS author,
	r.body ->> '$.at' AS at,
	NULLIF(r.body ->> '$.kind', '') AS kind,
	NULLIF(r.body ->> '$.text', '') AS text,
	NULLIF(r.body ->> '$.template', '') AS template,
	NULLIF(r.body ->> '$.auto', '') AS automatic,
	r.body ->> '$.edited' AS edited,
	r.body ->> '$.deleted' AS deleted,
	r.body -> '$.metadata' AS metadata
FROM kanava_record AS r WHERE r.kind = 'message'
	AND r.body ->> '$.direction' <> '' AND r.body ->> '$.target' IS NULL;
CREATE VIEW kanava_customers AS SELECT
	NULLIF(r.body ->> '$.id', '') AS id,
	NULLIF(r.body ->> '$.channel', '') AS channel,
	NULLIF(r.body ->> '$.name', '') AS name,
	NULLIF(r.body ->> '$.phone', '') AS phone,
	NULLIF(r.body ->> '$.bsuid', '') AS bsuid,
	NULLIF(r.body ->> '$.username', '') AS username,
	r.body ->> '$.created' AS created,
	r.body ->> '$.marketing_stopped' AS marketing_stopped,
	NULLIF(r.body ->> '$.merged_into', '') AS merged_into,
	r.body -> '$.metadata' AS metadata
FROM kanava_record AS r WHERE r.kind = 'customer';
CREATE VIEW kanava_deliveries AS SELECT
	NULLIF(r.body ->> '$.id', '') AS message,
	NULLIF(r.body ->> '$.conversation', '') AS conversation,
	NULLIF(r.body ->> '$.channel', '') AS channel,
	r.body ->> '$.delivery.queued_at' AS queued_at,
	r.body ->> '$.delivery.accepted_at' AS accepted_at,
	r.body ->> '$.delivery.sent_at' AS sent_at,
	r.body ->> '$.delivery.delivered_at' AS delivered_at,
	r.body ->> '$.delivery.read_at' AS read_at,
	r.body ->> '$.delivery.failed_at' AS failed_at,
	r.body ->> '$.delivery.cancelled_at' AS cancelled_at,
	r.body ->> '$.delivery.failure.code' AS failure_code,
	NULLIF(r.body ->> '$.delivery.failure.class', '') AS failure_class,
	NULLIF(r.body ->> '$.delivery.price.category', '') AS category
FROM kanava_record AS r WHERE r.kind = 'message'
	AND r.body ->> '$.direction' = 'out' AND r.body ->> '$.target' IS NULL;
CREATE VIEW kanava_counters AS SELECT
	substr(r.key, 1, instr(r.key, '|') - 1) AS channel,
	substr(r.key, instr(r.key, '|') + 1, 10) AS day,
	substr(r.key, instr(r.key, '|') + 12) AS name,
	r.n AS n
FROM kanava_record AS r WHERE r.kind = 'counter';
