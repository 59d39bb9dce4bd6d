"""Whether the documents are true: links, commands, settings."""
