"""The office's pages of the curriculum."""
