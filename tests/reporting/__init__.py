"""Sealed reports, the report for the board, files of tables, and what is sent regularly."""
