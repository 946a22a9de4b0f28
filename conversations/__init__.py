"""What the bot says: pure dialogue, shared by every chat. No I/O, no clock, no randomness."""
