"""Writing to people, from the list of ids to the mail server and back."""
