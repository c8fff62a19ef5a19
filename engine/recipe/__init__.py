"""What to do, never how: frozen, typed descriptions of training that can be stored, shown and compared."""
