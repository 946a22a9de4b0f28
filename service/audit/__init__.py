"""The trail of what was done with money, and the seals that show whether it is whole."""
