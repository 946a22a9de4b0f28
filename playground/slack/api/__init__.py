"""The Web API, OAuth and response URLs of the played Slack."""
