"""What `topup-bot` can be told, a file for each kind of work. bot/cli.py puts it together."""
