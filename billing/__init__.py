"""What money means: pure rules about amounts, top-ups, payments, ledger. No I/O, no clock."""
