"""Who somebody is, what they may do, and what they are shown of it."""
