"""The state machine: one step for each event."""
