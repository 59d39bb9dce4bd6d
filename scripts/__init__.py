"""Small programs for whoever works on the project; nothing here is needed to run it."""
