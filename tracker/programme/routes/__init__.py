"""The office's pages of the curriculum."""

from tracker.programme.routes import catalogue, editing, history, overrides, proposals, samples, titles
from tracker.programme.routes.blueprint import bp

__all__ = ["bp", "catalogue", "editing", "history", "overrides", "proposals", "samples", "titles"]
