"""The pages of requests: asking, what one asked, and the queue of those who answer."""

from tracker.requests.routes import answering, asking
from tracker.requests.routes.blueprint import bp

__all__ = ["answering", "asking", "bp"]
