"""Persons, their appointments, functions and leaves."""
