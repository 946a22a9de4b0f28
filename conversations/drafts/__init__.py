"""A top-up that is being put together: lines, checks, what is still missing."""
