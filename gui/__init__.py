"""Fieldmark GUI."""
