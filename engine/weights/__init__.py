"""The weights library: which weights are on this machine, fetching more, and where they are kept. Needs no torch."""
