"""One module for each kind of row: how it is read and written."""
