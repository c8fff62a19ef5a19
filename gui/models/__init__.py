"""Item models: what views show, fetched lazily from the project."""
