-- kanava_entry keeps the words, and kanava_words takes up many entries at a time: those behind the last one that it
-- has wait. Each of its words begins with a letter for the kind, so that a search passes over other kinds; the group
-- is one that begins with 0. What deals with kanava_words is left out where SQLite was built without FTS5.
CREATE VIRTUAL TABLE kanava_words_term USING fts5vocab('kanava_words', 'instance');
UPDATE kanava_entry AS e SET words = t.words FROM (SELECT v.doc, ' ' || group_concat(v.term, ' ') AS words
	FROM kanava_words_term AS v WHERE v.col = 'words' GROUP BY v.doc) AS t WHERE e.id = t.doc AND e.words = '';
DROP TABLE kanava_words_term;
DROP TABLE kanava_words;
CREATE VIRTUAL TABLE kanava_words USING fts5(words, content='', contentless_delete=1, detail=column, prefix='2 3 4', tokenize='ascii');
INSERT INTO kanava_words (rowid, words)
	SELECT e.id, replace(e.words, ' ', ' ' || char(97 + (unicode(e.kind) + length(e.kind)) % 26)) || ' 0' || hex(e.grp) FROM kanava_entry AS e ORDER BY e.id;
CREATE TRIGGER kanava_words_drop AFTER DELETE ON kanava_entry BEGIN DELETE FROM kanava_words WHERE rowid = OLD.id; END;
