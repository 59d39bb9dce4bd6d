"""Facts in and out."""
