"""The pages of units: where they stand and who is outstanding."""
