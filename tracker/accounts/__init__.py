"""Signing in: accounts, passwords, one-time links, invitations; and what each role may do."""
