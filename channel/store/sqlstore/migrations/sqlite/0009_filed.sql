-- An entry is only appended. What was filed since is found by its key, too; the few behind it are looked at one by
-- one. Many are filed at a time, so that a commit changes neither the index of keys nor a table of numbers. The column
-- of words has a new name, so that a process of an earlier release writes nothing that would not be filed.
INSERT INTO kanava_words (rowid, words)
	SELECT e.id, replace(e.words, ' ', ' ' || char(97 + (unicode(e.kind) + length(e.kind)) % 26)) || ' 0' || hex(e.grp)
	FROM kanava_entry AS e WHERE e.id > (SELECT COALESCE(max(f.id), 0) FROM kanava_words_docsize AS f) ORDER BY e.id;
CREATE TABLE kanava_entry_filed (
	id    INTEGER PRIMARY KEY,
	filed BOOLEAN NOT NULL,
	kind  TEXT    NOT NULL,
	key   TEXT    NOT NULL,
	grp   TEXT    NOT NULL,
	said  TEXT    NOT NULL
);
INSERT INTO kanava_entry_filed (id, filed, kind, key, grp, said)
	SELECT e.id, TRUE, e.kind, e.key, e.grp, e.words FROM kanava_entry AS e ORDER BY e.id;
DROP TABLE kanava_entry;
ALTER TABLE kanava_entry_filed RENAME TO kanava_entry;
CREATE INDEX kanava_entry_key ON kanava_entry (kind, key) WHERE filed = TRUE;
CREATE TRIGGER kanava_words_drop AFTER DELETE ON kanava_entry WHEN OLD.filed = TRUE BEGIN DELETE FROM kanava_words WHERE rowid = OLD.id; END;
CREATE TRIGGER kanava_words_move AFTER UPDATE OF id ON kanava_entry WHEN OLD.filed = TRUE BEGIN DELETE FROM kanava_words WHERE rowid = OLD.id; END;
