"""What a person sends: taken in, answered by the machine, and performed."""
