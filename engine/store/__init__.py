"""The project's one SQLite file: schema, connection, rows, queries, history, backups. All SQL lives here."""
