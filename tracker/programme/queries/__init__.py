"""What the pages of the curriculum read: what there is, its former states, and what a proposal would move."""
