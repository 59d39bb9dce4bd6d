"""What pages, files and the board's report read."""
