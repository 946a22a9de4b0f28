"""Translators, one for each payment gateway: their words into ours. They never decide."""
