"""The dated tree."""
