"""The forms of these pages. Shape and wording only; commands check what matters."""
