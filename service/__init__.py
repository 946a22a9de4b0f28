"""Use cases on ports: what the bot does, whatever chat, gateway or database it is given."""
