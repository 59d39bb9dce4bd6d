"""How far a target is away. Pure."""


def people_to_target(done: int, counted: int, percent: int) -> int:
    """How many more people reach a share of at least `percent`; 0 once it is reached, or where nobody is counted."""
    return max(0, -(-percent * counted // 100) - done)
