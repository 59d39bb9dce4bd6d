"""What a roster says, and what it would do: the plan that its preview shows, and that is made anew to apply it."""
