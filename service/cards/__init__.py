"""Messages that are kept up to date in a chat: what each should show, and its delivery."""
