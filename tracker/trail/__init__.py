"""What was done by whom, told to those who answer for it: the trail, the background work, and the office's hub."""
