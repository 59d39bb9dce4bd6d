"""Sealing month ends, and sending figures regularly."""
