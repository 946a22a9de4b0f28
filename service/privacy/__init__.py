"""What is known of a person ends: exported, erased, or dropped after a time."""
