"""Champions' terms, who stands in, and what units lack."""
