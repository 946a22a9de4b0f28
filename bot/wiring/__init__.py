"""Which adapter stands behind which port: the bot is put together here."""
