"""Modules, requirements and gates: what is asked of whom."""
