"""What people report, ask for and dispute: one queue, and the answers."""
