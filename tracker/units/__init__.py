"""The dated tree of schools, departments and divisions."""
