"""Random deeds, done twice: by a command on the database, and on the naive reading's plain facts."""
