"""What a person does and sees in the played Slack."""
