"""Foundations that know nothing of photos or models: ids, errors, events, files, time."""
