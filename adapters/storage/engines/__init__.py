"""SQLite and PostgreSQL: how each is opened, and what its errors mean."""
