"""Texts made from stored numbers: model cards and reports."""
