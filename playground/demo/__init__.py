"""The demo's command: everything played together."""
