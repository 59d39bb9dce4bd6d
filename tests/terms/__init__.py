"""What things are called, from day to day."""
