-- From version 2 to 3: what is said of photos beside their class; photos by name without sorting.
CREATE INDEX photo_by_name ON photo(shown COLLATE NOCASE, id);

CREATE TABLE mark_event (                          -- what people and tables say of photos beside their class
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  op_id    INTEGER NOT NULL REFERENCES op(id),
  photo_id INTEGER NOT NULL REFERENCES photo(id),
  kind     TEXT NOT NULL CHECK (kind IN ('tag','column','reason','apart','kept')),
  name     TEXT NOT NULL,                          -- tag, heading of the column, id of the photo it is no copy of; or empty
  before   TEXT,                                   -- NULL: it was not said
  after    TEXT
) STRICT;
CREATE INDEX mark_event_by_op ON mark_event(op_id);

CREATE TABLE mark (                                -- the marks of now, folded up from their history
  photo_id INTEGER NOT NULL REFERENCES photo(id),
  kind     TEXT NOT NULL,
  name     TEXT NOT NULL,
  value    TEXT NOT NULL,
  PRIMARY KEY (photo_id, kind, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX mark_by_name ON mark(kind, name, value);
CREATE TRIGGER fold_mark AFTER INSERT ON mark_event WHEN NEW.after IS NOT NULL BEGIN
  INSERT INTO mark VALUES (NEW.photo_id, NEW.kind, NEW.name, NEW.after)
  ON CONFLICT (photo_id, kind, name) DO UPDATE SET value = excluded.value;
END;
CREATE TRIGGER fold_mark_gone AFTER INSERT ON mark_event WHEN NEW.after IS NULL BEGIN
  DELETE FROM mark WHERE photo_id = NEW.photo_id AND kind = NEW.kind AND name = NEW.name;
END;
CREATE TRIGGER mark_event_is_history BEFORE UPDATE ON mark_event BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER mark_event_is_kept    BEFORE DELETE ON mark_event BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
