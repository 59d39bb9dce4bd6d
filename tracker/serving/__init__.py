"""Running the installation: what must be true first, the server with its worker, and the worker itself."""
