"""What the pages of units show, as frozen dataclasses; every figure and name has passed the actor's sight."""
