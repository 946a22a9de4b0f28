"""What is in the played Slack: workspaces, people, channels, messages, installations."""
