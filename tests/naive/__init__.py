"""A second, deliberately naive reading of the rules of progress, for tests that check the real one against it."""
