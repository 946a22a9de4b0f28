"""A played Slack, as one application."""
