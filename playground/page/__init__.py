"""The demo's page: its files, what it tells of the bot, its inspector and promises."""
