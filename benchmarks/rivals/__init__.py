"""What others do: each a program of its own that does the same work the usual way and prints one JSON object."""
