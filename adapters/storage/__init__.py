"""Where everything is kept: tables, rows and migrations. It decides nothing about them."""
