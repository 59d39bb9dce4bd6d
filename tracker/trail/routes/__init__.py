"""The pages of the office's hub, of the trail, and of the background work."""

from tracker.trail.routes import events, hub, jobs

BLUEPRINTS = (hub.bp, events.bp, jobs.bp)
