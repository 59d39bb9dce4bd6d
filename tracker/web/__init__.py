"""The Flask side that belongs to no feature: access, errors, forms, headers, pages."""
