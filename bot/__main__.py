"""`python -m bot` is the `topup-bot` command."""

from bot.cli import main

main()
