-- What transactions told, for followers. seq grows, but not in the order of commit: a cursor
-- knows which gaps may still be filled. told is '' in the row up to which everything is
-- forgotten, so that the table never becomes empty again.
CREATE TABLE kanava_change (
	seq  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	at   bigint NOT NULL,
	told text   NOT NULL
);
