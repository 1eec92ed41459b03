-- What a host says of a customer wins over what WhatsApp says, as in the hub. Who has a conversation, a bot
-- or people, and which team.
CREATE OR REPLACE VIEW kanava_conversations AS SELECT
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
	d.doc -> 'metadata' AS metadata,
	COALESCE(NULLIF(d.doc ->> 'holder', ''), 'people') AS held_by,
	NULLIF(d.doc ->> 'team', '') AS team
FROM (SELECT kanava_document(r.body) AS doc FROM kanava_record AS r WHERE r.kind = 'conversation') AS d;
CREATE OR REPLACE VIEW kanava_customers AS SELECT
	NULLIF(d.doc ->> 'id', '') AS id,
	NULLIF(d.doc ->> 'channel', '') AS channel,
	COALESCE(NULLIF(d.doc -> 'profile' ->> 'name', ''), NULLIF(d.doc ->> 'name', ''), '@' || NULLIF(d.doc ->> 'username', '')) AS name,
	NULLIF(d.doc ->> 'phone', '') AS phone,
	NULLIF(d.doc ->> 'bsuid', '') AS bsuid,
	NULLIF(d.doc ->> 'username', '') AS username,
	CAST(d.doc ->> 'created' AS timestamptz) AS created,
	CAST(d.doc ->> 'marketing_stopped' AS timestamptz) AS marketing_stopped,
	NULLIF(d.doc ->> 'merged_into', '') AS merged_into,
	d.doc -> 'metadata' AS metadata,
	NULLIF(d.doc ->> 'name', '') AS whatsapp_name,
	NULLIF(d.doc -> 'profile' ->> 'first_name', '') AS first_name,
	NULLIF(d.doc -> 'profile' ->> 'email', '') AS email,
	NULLIF(d.doc -> 'profile' ->> 'company', '') AS company
FROM (SELECT kanava_document(r.body) AS doc FROM kanava_record AS r WHERE r.kind = 'customer') AS d;
