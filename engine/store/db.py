"""The one connection to a project's database: how it is opened, checked, written in whole transactions, and closed."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from engine.base.errors import StorageError, UserError
from engine.base.files import PART_SUFFIX

APPLICATION_ID = 0x464D524B  # "FMRK"
SCHEMA_VERSION = 3
_SCHEMA = Path(__file__).with_name("schema.sql")
_MIGRATIONS = Path(__file__).with_name("migrations")


class Database:
    """One SQLite connection, used from one thread. Reads at any time; writes only inside `transaction()`."""

    def __init__(self, path: Path, connection: sqlite3.Connection, *, read_only: bool) -> None:
        self.path = path
        self.read_only = read_only
        self._connection = connection
        self._depth = 0

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        """All rows of a query, as tuples.

        Raises:
            StorageError: the database could not be read.
        """
        with storage_errors("The project could not be read."):
            return self._connection.execute(sql, values).fetchall()

    def one(self, sql: str, values: Sequence[Any] = ()) -> Any:
        """The first row of a query, or None."""
        with storage_errors("The project could not be read."):
            return self._connection.execute(sql, values).fetchone()

    def write(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Carry out one statement inside the open transaction; returns the new row's id, if it made one."""
        assert self._depth, "writes need a transaction"
        cursor = self._connection.execute(sql, values)
        return cursor.lastrowid or 0

    def write_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Carry out one statement for each row inside the open transaction."""
        assert self._depth, "writes need a transaction"
        self._connection.executemany(sql, rows)

    def check_writable(self) -> None:
        """Nothing, if the project may be changed.

        Raises:
            StorageError: it is open for reading only.
        """
        if self.read_only:
            raise StorageError(
                "This project is open for reading only.",
                safe="Nothing was changed.",
                advice="Close it where else it is open, or copy it to a folder you may write to.",
            )

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything written within is on disk when the block ends, or none of it is. Nested blocks join the outer one.

        Raises:
            StorageError: the disk refused, or the project is open for reading only; nothing was changed.
        """
        if self._depth:
            yield
            return
        self.check_writable()
        with storage_errors("The change could not be saved."):
            self._connection.execute("BEGIN IMMEDIATE")
            self._depth = 1
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
            finally:
                self._depth = 0

    def copy_to(self, path: Path) -> None:
        """A complete, compact copy of the database is at `path`, which must not exist."""
        with storage_errors("The backup could not be written."):
            self._connection.execute("VACUUM INTO ?", (str(path),))

    def close(self) -> None:
        """The file is no longer in use; calling it again does nothing."""
        self._connection.close()


@contextmanager
def storage_errors(what: str) -> Iterator[None]:
    """SQLite's errors inside the block become `StorageError` with `what` as the first sentence."""
    try:
        yield
    except sqlite3.Error as error:
        raise StorageError(
            what,
            safe="What was saved before is unchanged.",
            advice="Check that the disk is connected and has free space, then try again.",
            details=repr(error),
        ) from error


def create_database(path: Path) -> Database:
    """An empty project database of the present schema at `path`, which must not exist."""
    if path.exists():
        raise UserError(
            f"There is already a project at {path.parent.name}.",
            advice="Open it, or choose another name.",
        )
    connection = _connect(f"{path.absolute().as_uri()}?mode=rwc")
    with storage_errors("The project could not be created."):
        _configure(connection)
        connection.executescript(
            f"BEGIN IMMEDIATE;\n{_SCHEMA.read_text('utf-8')}\n"
            f"PRAGMA application_id = {APPLICATION_ID};\nPRAGMA user_version = {SCHEMA_VERSION};\nCOMMIT;"
        )
    return Database(path, connection, read_only=False)


def open_database(path: Path, *, read_only: bool) -> Database:
    """The project database at `path`, checked.

    Raises:
        UserError: not a Fieldmark project, or made by a newer Fieldmark.
        StorageError: the file is damaged or cannot be read.
    """
    if not path.is_file():
        raise UserError(
            f"{path.parent.name} is not a Fieldmark project.",
            advice="Choose a folder that ends in .fieldmark.",
        )
    connection = _connect(f"{path.absolute().as_uri()}?mode={'ro' if read_only else 'rw'}")
    try:
        version = _check(connection, path)
        with storage_errors("The project could not be opened."):
            _configure(connection, read_only=read_only)
        database = Database(path, connection, read_only=read_only)
        if version < SCHEMA_VERSION:
            _migrate(database, connection, version)
    except BaseException:
        connection.close()
        raise
    return database


def _migrate(database: Database, connection: sqlite3.Connection, version: int) -> None:
    """The database has the present schema; a copy of it as it was lies among the backups."""
    if database.read_only:
        raise UserError(
            "This project was made by an older Fieldmark.",
            safe="Nothing was changed.",
            advice="Open it once where it may be changed; then it can be looked at anywhere.",
        )
    try:
        _copy_aside(database)
    except OSError as error:
        raise StorageError(
            "An older Fieldmark made this project, and no copy of it could be made before bringing it up to date.",
            safe="Nothing was changed.",
            advice="Free some space on its disk, see that its folder `backups` may be written to, and open it again.",
            details=repr(error),
        ) from error
    for target in range(version + 1, SCHEMA_VERSION + 1):
        with storage_errors("The project could not be brought up to date."):
            script = (_MIGRATIONS / f"to_{target}.sql").read_text("utf-8")
            connection.executescript(f"BEGIN IMMEDIATE;\n{script}\nPRAGMA user_version = {target};\nCOMMIT;")


def _connect(uri: str) -> sqlite3.Connection:
    with storage_errors("The project could not be opened."):
        return sqlite3.connect(uri, uri=True, isolation_level=None, timeout=5.0, check_same_thread=True)


def _configure(connection: sqlite3.Connection, *, read_only: bool = False) -> None:
    # TRUNCATE rather than WAL: SQLite before 3.51.3 can lose a WAL in a rare race, and one label costs about 1 ms
    # either way.
    for pragma in (
        "foreign_keys = ON",
        "trusted_schema = OFF",
        "cell_size_check = ON",
        "synchronous = FULL",
    ):
        connection.execute(f"PRAGMA {pragma}")
    if not read_only:
        connection.execute("PRAGMA journal_mode = TRUNCATE")


def _copy_aside(database: Database) -> None:
    """A copy as it is lies among the backups; several if that happens to several databases."""
    folder = database.path.parent / "backups"
    folder.mkdir(exist_ok=True)
    part = folder / f"before-version-{SCHEMA_VERSION}{PART_SUFFIX}"
    part.unlink(missing_ok=True)
    database.copy_to(part)
    digest = hashlib.sha256(part.read_bytes()).hexdigest()[:8]
    os.replace(part, folder / f"before-version-{SCHEMA_VERSION}-{digest}.sqlite")


def _check(connection: sqlite3.Connection, path: Path) -> int:
    """The version of its schema; raises as `open_database` does."""
    damaged = "The project's database is damaged."
    safe = "Your photos are not touched, and nothing was changed."
    advice = f"Earlier copies are in {path.parent.name}/backups; put the newest good one in place of {path.name}."
    try:
        application_id = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        result = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise StorageError(damaged, safe=safe, advice=advice, details=repr(error)) from error
    if result != "ok":
        raise StorageError(damaged, safe=safe, advice=advice, details=str(result))
    if application_id != APPLICATION_ID:
        raise UserError(
            f"{path.name} is not a Fieldmark project.",
            safe=safe,
            details=f"application_id {application_id:#x}",
        )
    if version > SCHEMA_VERSION:
        raise UserError(
            "This project was made by a newer Fieldmark.",
            safe=safe,
            advice="Update Fieldmark and open the project again.",
        )
    return int(version)
