"""Figures: held to the rules in every way but by eye."""
