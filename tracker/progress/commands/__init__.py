"""Deeds on completions, waivers and gates. Each appends or records, and the figures follow in the same commit."""
