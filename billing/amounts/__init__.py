"""What people type as an amount, read or refused."""
