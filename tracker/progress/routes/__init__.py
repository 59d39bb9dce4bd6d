"""The pages of one's own record, and of claims that wait."""
