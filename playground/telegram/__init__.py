"""A played Telegram: Bot API, updates, chats, its window."""
