"""Signing in: accounts, roles, one-time links."""
