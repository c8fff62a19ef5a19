"""Our side of a row where no command does just that: each a program of its own that prints one JSON object."""
