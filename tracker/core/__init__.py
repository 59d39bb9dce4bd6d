"""What every feature stands on: actor, clock, settings, database, audit, jobs, outbox. Knows no feature."""
