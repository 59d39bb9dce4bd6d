"""Completions, waivers, and what follows from them: spans, counts, gates, reports."""
