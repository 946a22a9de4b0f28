"""What the played Slack sends to the bot: events, their faults, Socket Mode."""
