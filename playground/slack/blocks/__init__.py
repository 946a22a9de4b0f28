"""Block Kit as the played Slack accepts it."""
