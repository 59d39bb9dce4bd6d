"""The office's desk for units and people: the tree, persons and their posts, whole rosters, and waivers."""
