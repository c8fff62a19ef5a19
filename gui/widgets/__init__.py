"""Reusable widgets; they know a model, never a project."""
