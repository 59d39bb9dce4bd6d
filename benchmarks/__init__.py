"""How fast and how large: see README.md."""
