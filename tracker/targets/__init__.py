"""What share a unit means to reach of a requirement, and when: set by the office. Never changes a figure."""
