"""How the tables came to be, one step after the other. A step that was released never changes."""
