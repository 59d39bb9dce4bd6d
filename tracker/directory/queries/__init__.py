"""What these pages read."""
