-- Version 3 of the project database. History tables (op, label_event, class_event, mark_event) are append-only: triggers refuse
-- everything else. JSON is checked where it is written: json_valid() counts as unsafe in a schema that is not trusted. `label`, `class` and `mark` are the history folded up to now and can be rebuilt from it.
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

CREATE TABLE op (
  id     INTEGER PRIMARY KEY AUTOINCREMENT,
  at     TEXT NOT NULL,                            -- UTC, ISO 8601, milliseconds
  actor  TEXT NOT NULL,                            -- user | import | run:<uuid>
  kind   TEXT NOT NULL CHECK (kind IN ('label','class','import','undo','redo')),
  title  TEXT NOT NULL,                            -- text of the Undo menu entry
  target INTEGER REFERENCES op(id),                -- the op that an undo or redo acts on
  CHECK ((kind IN ('undo','redo')) = (target IS NOT NULL))
) STRICT;
CREATE INDEX op_by_target ON op(target) WHERE target IS NOT NULL;

CREATE TABLE source (
  id    INTEGER PRIMARY KEY,
  root  BLOB NOT NULL UNIQUE,                      -- os.fsencode(absolute folder); empty: the project folder itself
  shown TEXT NOT NULL
) STRICT;

CREATE TABLE photo (
  id          INTEGER PRIMARY KEY,
  source_id   INTEGER NOT NULL REFERENCES source(id),
  rel_path    BLOB NOT NULL,                       -- bytes, relative to source.root
  shown       TEXT NOT NULL,
  sha256      BLOB NOT NULL CHECK (length(sha256) = 32),
  n_bytes     INTEGER NOT NULL,
  mtime_ns    INTEGER NOT NULL,
  width       INTEGER NOT NULL,
  height      INTEGER NOT NULL,
  format      TEXT NOT NULL,
  note        TEXT NOT NULL DEFAULT '',
  folder_part TEXT CHECK (folder_part IN ('train','val','test')),
  status      TEXT NOT NULL DEFAULT 'ok' CHECK (status IN ('ok','damaged','missing','changed','quarantined')),
  problem     TEXT NOT NULL DEFAULT '',
  UNIQUE (source_id, rel_path)
) STRICT;
CREATE INDEX photo_by_sha ON photo(sha256);
CREATE INDEX photo_by_name ON photo(shown COLLATE NOCASE, id);

CREATE TABLE photo_meta (                          -- how a photo was taken, as far as its file tells
  photo_id  INTEGER PRIMARY KEY REFERENCES photo(id),
  taken     TEXT NOT NULL,                         -- local time of the camera, ISO 8601; empty: unknown
  camera    TEXT NOT NULL,
  latitude  REAL,
  longitude REAL
) STRICT;

CREATE TABLE copy_member (                         -- photos that are one picture, as the last search found them
  photo_id INTEGER PRIMARY KEY REFERENCES photo(id),
  group_no INTEGER NOT NULL
) STRICT;
CREATE INDEX copy_member_by_group ON copy_member(group_no);

CREATE TABLE refused (                             -- files that could not become photos, newest reason each
  path   BLOB PRIMARY KEY,
  shown  TEXT NOT NULL,
  kind   TEXT NOT NULL,
  reason TEXT NOT NULL,
  at     TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE class (
  id          INTEGER PRIMARY KEY,
  uuid        TEXT NOT NULL UNIQUE,
  name        TEXT NOT NULL,
  colour      TEXT NOT NULL,
  key         TEXT NOT NULL DEFAULT '',
  merged_into INTEGER REFERENCES class(id),
  alive       INTEGER NOT NULL DEFAULT 1 CHECK (alive IN (0, 1))
) STRICT;

CREATE TABLE class_event (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  op_id    INTEGER NOT NULL REFERENCES op(id),
  class_id INTEGER NOT NULL REFERENCES class(id),
  before   TEXT,   -- NULL: the class was not there
  after    TEXT
) STRICT;
CREATE INDEX class_event_by_op ON class_event(op_id);

CREATE TABLE label_event (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  op_id        INTEGER NOT NULL REFERENCES op(id),
  photo_id     INTEGER NOT NULL REFERENCES photo(id),
  before_class INTEGER REFERENCES class(id),
  before_state TEXT NOT NULL CHECK (before_state IN ('absent','unlabelled','labelled','unsure','excluded')),
  after_class  INTEGER REFERENCES class(id),
  after_state  TEXT NOT NULL CHECK (after_state IN ('absent','unlabelled','labelled','unsure','excluded')),
  CHECK (after_state <> 'labelled' OR after_class IS NOT NULL),
  CHECK (after_state NOT IN ('absent','unlabelled') OR after_class IS NULL)
) STRICT;
CREATE INDEX label_event_by_photo ON label_event(photo_id, op_id);
CREATE INDEX label_event_by_op ON label_event(op_id);

CREATE TABLE label (
  photo_id INTEGER PRIMARY KEY REFERENCES photo(id),
  class_id INTEGER REFERENCES class(id),
  state    TEXT NOT NULL,
  event_id INTEGER NOT NULL REFERENCES label_event(id)
) STRICT;
CREATE INDEX label_by_class ON label(class_id, state);
CREATE TRIGGER fold_label AFTER INSERT ON label_event BEGIN
  INSERT INTO label VALUES (NEW.photo_id, NEW.after_class, NEW.after_state, NEW.id)
  ON CONFLICT (photo_id) DO UPDATE SET class_id = excluded.class_id, state = excluded.state, event_id = excluded.event_id;
END;
CREATE TRIGGER op_is_history          BEFORE UPDATE ON op          BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER op_is_kept             BEFORE DELETE ON op          BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER label_event_is_history BEFORE UPDATE ON label_event BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER label_event_is_kept    BEFORE DELETE ON label_event BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER class_event_is_history BEFORE UPDATE ON class_event BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER class_event_is_kept    BEFORE DELETE ON class_event BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;

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

CREATE TABLE split (                               -- never edited: a change is a new row
  id       INTEGER PRIMARY KEY,
  uuid     TEXT NOT NULL UNIQUE,
  name     TEXT NOT NULL,
  plan     TEXT NOT NULL,
  as_of_op INTEGER NOT NULL REFERENCES op(id)
) STRICT;
CREATE TABLE split_member (
  split_id INTEGER NOT NULL REFERENCES split(id),
  photo_id INTEGER NOT NULL REFERENCES photo(id),
  part     TEXT NOT NULL CHECK (part IN ('train','val','test')),
  PRIMARY KEY (split_id, photo_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE run (
  id            INTEGER PRIMARY KEY,
  uuid          TEXT NOT NULL UNIQUE,
  name          TEXT NOT NULL,
  recipe        TEXT NOT NULL,
  recipe_sha256 TEXT NOT NULL,
  split_id      INTEGER NOT NULL REFERENCES split(id),
  as_of_op      INTEGER NOT NULL REFERENCES op(id),
  parent_id     INTEGER REFERENCES run(id),        -- the run it was started from
  seed          INTEGER NOT NULL,
  versions      TEXT NOT NULL,
  state         TEXT NOT NULL CHECK (state IN ('queued','running','finished','cancelled','failed','crashed')),
  started_at    TEXT NOT NULL,
  ended_at      TEXT NOT NULL DEFAULT '',
  problem       TEXT NOT NULL DEFAULT '',
  folder        TEXT NOT NULL,                     -- name below the project's runs/
  hidden        INTEGER NOT NULL DEFAULT 0         -- deleted by the user; kept so that ids in exports stay unique
) STRICT;
CREATE TABLE run_class (                           -- which column of the probabilities is which class
  run_id    INTEGER NOT NULL REFERENCES run(id),
  column_no INTEGER NOT NULL,
  class_id  INTEGER NOT NULL REFERENCES class(id),
  PRIMARY KEY (run_id, column_no)
) STRICT, WITHOUT ROWID;
CREATE TABLE prediction (
  run_id     INTEGER NOT NULL REFERENCES run(id),
  part       TEXT NOT NULL CHECK (part IN ('test','cv')),
  photo_id   INTEGER NOT NULL REFERENCES photo(id),
  true_class INTEGER NOT NULL REFERENCES class(id),  -- the label when the run was made
  top_class  INTEGER NOT NULL REFERENCES class(id),
  top_p      REAL NOT NULL,
  margin     REAL NOT NULL,                        -- gap between the two likeliest classes
  probs      BLOB NOT NULL,                        -- float32, little-endian, in run_class order
  PRIMARY KEY (run_id, part, photo_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX prediction_by_confidence ON prediction(run_id, part, top_p);
