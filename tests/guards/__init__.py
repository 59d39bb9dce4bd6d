"""What must hold of all pages and all code together."""
