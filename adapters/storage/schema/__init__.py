"""Tables and columns, and how statements are written."""
