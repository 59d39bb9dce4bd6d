"""Rules that are wrong in one place each: the tests must notice every one."""
