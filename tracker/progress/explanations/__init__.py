"""Why a status is what it is, put into words: pure functions over a case, without database and Flask."""
