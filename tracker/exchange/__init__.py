"""Files in and out: load, dump, the sample institution."""
