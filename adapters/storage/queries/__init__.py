"""Reads and deletions across tables: inspection, personal data, retention."""
