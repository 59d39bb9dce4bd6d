"""Reads of progress for pages: what is asked of a person, her record, claims that wait. Frozen dataclasses come out."""
