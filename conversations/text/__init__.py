"""Plain text and its formatting, and how sums, times and names are said."""
