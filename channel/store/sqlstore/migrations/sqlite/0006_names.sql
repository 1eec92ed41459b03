-- What a host says of a customer wins over what WhatsApp says, as in the hub. Who has a conversation, a bot
-- or people, and which team.
DROP VIEW kanava_conversations;
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
	r.body -> '$.metadata' AS metadata,
	COALESCE(NULLIF(r.body ->> '$.holder', ''), 'people') AS held_by,
	NULLIF(r.body ->> '$.team', '') AS team
FROM kanava_record AS r WHERE r.kind = 'conversation';
DROP VIEW kanava_customers;
CREATE VIEW kanava_customers AS SELECT
	NULLIF(r.body ->> '$.id', '') AS id,
	NULLIF(r.body ->> '$.channel', '') AS channel,
	COALESCE(NULLIF(r.body ->> '$.profile.name', ''), NULLIF(r.body ->> '$.name', ''), '@' || NULLIF(r.body ->> '$.username', '')) AS name,
	NULLIF(r.body ->> '$.phone', '') AS phone,
	NULLIF(r.body ->> '$.bsuid', '') AS bsuid,
	NULLIF(r.body ->> '$.username', '') AS username,
	r.body ->> '$.created' AS created,
	r.body ->> '$.marketing_stopped' AS marketing_stopped,
	NULLIF(r.body ->> '$.merged_into', '') AS merged_into,
	r.body -> '$.metadata' AS metadata,
	NULLIF(r.body ->> '$.name', '') AS whatsapp_name,
	NULLIF(r.body ->> '$.profile.first_name', '') AS first_name,
	NULLIF(r.body ->> '$.profile.email', '') AS email,
	NULLIF(r.body ->> '$.profile.company', '') AS company
FROM kanava_record AS r WHERE r.kind = 'customer';
