"""What leaves the house: month ends that are sealed, figures for the board, and figures that are sent regularly."""
