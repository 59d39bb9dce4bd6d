"""What these pages do."""
