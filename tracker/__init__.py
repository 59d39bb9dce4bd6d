"""Waymark: who has completed what, in every unit, on any day."""
