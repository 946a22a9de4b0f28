"""A desk-top world to run topup-bot in; it imports nothing of the bot."""
