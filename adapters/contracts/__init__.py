"""Tests that every adapter of a kind inherits and must pass; they hold no adapter of their own."""
