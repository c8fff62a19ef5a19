-- From version 1 to 2: what keeps photos together.
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
