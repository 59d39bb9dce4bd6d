"""What share a unit means to reach of a requirement: one target each, set by the office. Never changes a figure."""
