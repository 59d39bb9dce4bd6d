"""Writing to people: messages of champions and the office, which leave as letters through the outbox."""
