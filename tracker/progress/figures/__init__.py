"""How spans and counts come to be and stay exact: compiled rules, rebuilds, revisions, kept days, gates, the check."""
