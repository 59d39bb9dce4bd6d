"""One's own pages, claims, and what the office does for others, through the pages themselves."""
