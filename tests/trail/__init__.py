"""The trail, the background work, and the office's hub."""
