"""What people report, ask for and dispute."""
