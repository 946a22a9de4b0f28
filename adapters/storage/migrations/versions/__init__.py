"""The steps themselves, numbered; each only adds to what the one before left."""
