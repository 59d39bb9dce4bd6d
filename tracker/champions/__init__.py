"""Who champions which unit, and for how long."""
