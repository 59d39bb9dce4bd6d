"""Explanations: every status and every turn of the rules in its whole words, and no word that disagrees with them."""
