-- For a company's own reports, read-only: what the documents say, in columns that stay when the
-- documents change. Empty is NULL. Times are timestamptz.
-- A document as jsonb, without the escapes that jsonb refuses: NUL and halves of characters.
CREATE FUNCTION kanava_document(body text) RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT CAST(CASE WHEN position('\u' IN body) > 0 THEN regexp_replace(body, '(?<!\\)((?:\\\\)*)\\u(?:0000|[dD][89a-fA-F][0-9a-fA-F]{2})', '\1', 'g') ELSE body END AS jsonb) $$;
CREATE VIEW kanava_conversations AS SELECT
	NULLIF(d.doc ->> 'id', '') AS id,
	NULLIF(d.doc ->> 'channel', '') AS channel,
	NULLIF(d.doc ->> 'customer', '') AS customer,
	NULLIF(d.doc ->> 'ticket', '') AS ticket,
	CAST(d.doc ->> 'opened' AS timestamptz) AS opened,
	NULLIF(d.doc -> 'state' ->> 'queue', '') AS queue,
	NULLIF(d.doc -> 'state' ->> 'agent', '') AS assignee,
	NULLIF(d.doc ->> 'topic', '') AS topic,
	d.doc -> 'tags' AS tags,
	CAST(d.doc ->> 'last_activity' AS timestamptz) AS last_activity,
	to_timestamp(CAST(d.doc -> 'state' ->> 'waiting' AS bigint)) AS waiting_since,
	to_timestamp(CAST(d.doc -> 'state' ->> 'resolved' AS bigint)) AS resolved_at,
	to_timestamp(CAST(d.doc -> 'state' ->> 'win_until' AS bigint)) AS window_until,
	CAST(d.doc ->> 'inbound' AS bigint) AS inbound,
	CAST(d.doc ->> 'outbound' AS bigint) AS outbound,
	NULLIF(d.doc ->> 'merged_into', '') AS merged_into,
	d.doc -> 'metadata' AS metadata
FROM (SELECT kanava_document(r.body) AS doc FROM kanava_record AS r WHERE r.kind = 'conversation') AS d;
CREATE VIEW kanava_messages AS SELECT
	NULLIF(d.doc ->> 'id', '') AS id,
	NULLIF(d.doc ->> 'conversation', '') AS conversation,
	NULLIF(d.doc ->> 'channel', '') AS channel,
	NULLIF(d.doc ->> 'direction', '') AS direction,
	NULLIF(d.doc -> 'author' ->> 'kind', '') AS author_kind,
	NULLIF(d.doc -> 'author' ->> 'id', '') AS author,
	CAST(d.doc ->> 'at' AS timestamptz) AS at,
	NULLIF(d.doc ->> 'kind', '') AS kind,
	NULLIF(d.doc ->> 'text', '') AS text,
	NULLIF(d.doc ->> 'template', '') AS template,
	NULLIF(d.doc ->> 'auto', '') AS automatic,
	CAST(d.doc ->> 'edited' AS timestamptz) AS edited,
	CAST(d.doc ->> 'deleted' AS timestamptz) AS deleted,
	d.doc -> 'metadata' AS metadata
FROM (SELECT kanava_document(r.body) AS doc FROM kanava_record AS r WHERE r.kind = 'message') AS d
WHERE d.doc ->> 'direction' <> '' AND d.doc ->> 'target' IS NULL;
CREATE VIEW kanava_customers AS SELECT
	NULLIF(d.doc ->> 'id', '') AS id,
	NULLIF(d.doc ->> 'channel', '') AS channel,
	NULLIF(d.doc ->> 'name', '') AS name,
	NULLIF(d.doc ->> 'phone', '') AS phone,
	NULLIF(d.doc ->> 'bsuid', '') AS bsuid,
	NULLIF(d.doc ->> 'username', '') AS username,
	CAST(d.doc ->> 'created' AS timestamptz) AS created,
	CAST(d.doc ->> 'marketing_stopped' AS timestamptz) AS marketing_stopped,
	NULLIF(d.doc ->> 'merged_into', '') AS merged_into,
	d.doc -> 'metadata' AS metadata
FROM (SELECT kanava_document(r.body) AS doc FROM kanava_record AS r WHERE r.kind = 'customer') AS d;
CREATE VIEW kanava_deliveries AS SELECT
	NULLIF(d.doc ->> 'id', '') AS message,
	NULLIF(d.doc ->> 'conversation', '') AS conversation,
	NULLIF(d.doc ->> 'channel', '') AS channel,
	CAST(d.doc -> 'delivery' ->> 'queued_at' AS timestamptz) AS queued_at,
	CAST(d.doc -> 'delivery' ->> 'accepted_at' AS timestamptz) AS accepted_at,
	CAST(d.doc -> 'delivery' ->> 'sent_at' AS timestamptz) AS sent_at,
	CAST(d.doc -> 'delivery' ->> 'delivered_at' AS timestamptz) AS delivered_at,
	CAST(d.doc -> 'delivery' ->> 'read_at' AS timestamptz) AS read_at,
	CAST(d.doc -> 'delivery' ->> 'failed_at' AS timestamptz) AS failed_at,
	CAST(d.doc -> 'delivery' ->> 'cancelled_at' AS timestamptz) AS cancelled_at,
	CAST(d.doc -> 'delivery' -> 'failure' ->> 'code' AS bigint) AS failure_code,
	NULLIF(d.doc -> 'delivery' -> 'failure' ->> 'class', '') AS failure_class,
	NULLIF(d.doc -> 'delivery' -> 'price' ->> 'category', '') AS category
FROM (SELECT kanava_document(r.body) AS doc FROM kanava_record AS r WHERE r.kind = 'message') AS d
WHERE d.doc ->> 'direction' = 'out' AND d.doc ->> 'target' IS NULL;
CREATE VIEW kanava_counters AS SELECT
	split_part(r.key, '|', 1) AS channel,
	CAST(split_part(r.key, '|', 2) AS date) AS day,
	split_part(r.key, '|', 3) AS name,
	r.n AS n
FROM kanava_record AS r WHERE r.kind = 'counter';
