"""Changes of the curriculum: propose one, see what it moves, bring it about; keep what was before; gates by hand."""
