"""Modules, requirements and gates."""
