"""The office's pages of units, people, rosters and waivers."""
