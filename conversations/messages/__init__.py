"""What stands on each message, page and form."""
