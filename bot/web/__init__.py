"""The bot's pages and its web server."""
