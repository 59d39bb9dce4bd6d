"""What the worker does for rosters."""

from datetime import timedelta

from tracker.core.jobs import Kind
from tracker.directory.commands import rosters

JOBS = (
    Kind(rosters.JOB, rosters.work, every=None),
    Kind("directory.forget_rosters", rosters.forget_old, every=timedelta(days=1)),
)
